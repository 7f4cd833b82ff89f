import { createNodeFetch } from "../../src/node.js";
import type { Fetch } from "../../src/wrappers/options.js";

/** The functions that can send a client's requests. */
export interface Transport {
  readonly fetch: Fetch;
  close(): void;
}

const transports: Readonly<Record<string, () => Transport>> = {
  // The global fetch is read for each request, as the client does.
  global: () => ({ fetch: (url, init) => globalThis.fetch(url, init), close: () => undefined }),
  node: () => {
    const fetch = createNodeFetch();
    return { fetch, close: fetch.close };
  },
};

export function transportNamed(name: string): Transport {
  const make = transports[name];
  if (make === undefined)
    throw new Error(`no transport is called ${name}; there are ${Object.keys(transports).join(", ")}`);
  return make();
}
