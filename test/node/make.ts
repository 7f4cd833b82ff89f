import { onTestFinished } from "vitest";
import { createNodeFetch, type NodeFetch, type NodeFetchOptions } from "../../src/node.js";

/** A fetch for one test. */
export function nodeFetch(options: NodeFetchOptions = {}): NodeFetch {
  const fetch = createNodeFetch(options);
  onTestFinished(() => fetch.close());
  return fetch;
}
