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

/** Without those that differ from another one only in how a request is sent. */
export const clients = ["raw", "openapi-fetch", "redocly", "ours"] as const satisfies readonly Contender[];

/** What every contender does: `calls.ts` in its file exports a `connect`. All of them send the same requests. */
export interface Calls {
  /** One page of instances. */
  list(): Promise<unknown>;
  /** An order with the program's own key. */
  create(key: string): Promise<unknown>;
  /** An order with a random key, made by the client if it makes keys, otherwise by the program. */
  createWithFreshKey(): Promise<unknown>;
  /** Every instance of every page. */
  walk(onRow: (row: { id: string }) => void): Promise<void>;
  /** The same, with the next page requested while this one is processed. Missing where the client cannot do that. */
  walkAhead?(onRow: (row: { id: string }) => void): Promise<void>;
}

export type Connect = (baseUrl: string, token: string) => Calls;
