import { onTestFinished } from "vitest";
import { createNodeFetch, type NodeFetch, type NodeFetchOptions } from "../../src/node.js";

/** Makes a fetch for one test. */
export function nodeFetch(options: NodeFetchOptions = {}): NodeFetch {
  const fetch = createNodeFetch(options);
  onTestFinished(() => fetch.close());
  return fetch;
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** Whether the agent of this Node obeys the proxy variables. */
export const readsProxyVariables: boolean = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
