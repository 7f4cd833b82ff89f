import { type PrismOptions, type RunningServer, startPrism } from "./prism.js";

/**
 * Starts Prism as a mock of the API. It has no memory: every operation answers with an example of the description, and every request is
 * checked against it; what breaks the contract comes back in the `sl-violations` header. Choose an answer with the `Prefer` header: `code=404`, or
 * `example=first_page`. Needs `@stoplight/prism-cli` to be installed.
 */
export function startMockServer(options: PrismOptions = {}): Promise<RunningServer> {
  return startPrism(["mock"], options);
}
