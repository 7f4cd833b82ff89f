import { createNodeFetch } from "../../src/node.js";

/* Puts the fetch over node:http in the place of the global one, which clients use that are given none. */
const fetch = createNodeFetch();
const { fetch: global } = globalThis;
globalThis.fetch = (input, init) =>
  input instanceof Request ? global(input, init) : fetch(String(input), init as RequestInit);
