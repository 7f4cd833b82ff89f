/** What every contender can do; one `connect` per contender, in `contenders/<name>/calls.ts`. All of them send the same requests. */
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
