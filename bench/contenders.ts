/** The clients that are measured. The programs of each stand in `contenders/`. */
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

/** Those that differ in more than what sends the request. */
export const clients = ["raw", "openapi-fetch", "redocly", "ours"] as const satisfies readonly Contender[];

/** What every contender can do; one `connect` per contender, in the part `calls.ts` of its file. All of them send the same requests. */
export interface Calls {
  /** One page of instances. */
  list(): Promise<unknown>;
  /** An order under the program's own key. */
  create(key: string): Promise<unknown>;
  /** An order under a fresh random key, made by the client where it makes one, else by the program. */
  createWithFreshKey(): Promise<unknown>;
  /** Every instance of every page. */
  walk(onRow: (row: { id: string }) => void): Promise<void>;
  /** The same, with the next page on its way while this one is worked on. Left out: the client cannot. */
  walkAhead?(onRow: (row: { id: string }) => void): Promise<void>;
}

export type Connect = (baseUrl: string, token: string) => Calls;
