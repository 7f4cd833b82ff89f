/** The clients that are measured. The programs of each are in `contenders/`. */
export const contenders = {
  raw: "raw fetch",
  "raw-timeout": "raw fetch, timeout",
  "openapi-fetch": "openapi-fetch",
  redocly: "redocly client",
  ours: "ours",
  "ours-node": "ours, ./node",
} as const;

export type Contender = keyof typeof contenders;

export const names = Object.keys(contenders) as Contender[];

/** The contenders, except for those that differ from another one only in how a request is sent. */
export const clients = ["raw", "openapi-fetch", "redocly", "ours"] as const satisfies readonly Contender[];

/** The calls of every contender: `calls.ts` in its file exports a `connect`. All contenders send the same requests. */
export interface Calls {
  /** One page of instances. */
  list(): Promise<unknown>;
  /** An order with the program's own key. */
  create(key: string): Promise<unknown>;
  /** An order with a random key. The client makes the key if it can, and otherwise the program does. */
  createWithFreshKey(): Promise<unknown>;
  /** Every instance of every page. */
  walk(onRow: (row: { id: string }) => void): Promise<void>;
  /** The same, with the next page requested while the current one is processed. Missing when the client cannot do that. */
  walkAhead?(onRow: (row: { id: string }) => void): Promise<void>;
}

export type Connect = (baseUrl: string, token: string) => Calls;
