import { badAnswers, type Fault, type Simulator } from "../../packages/devtools/src/simulator.js";
import type { Fetch } from "../../src/wrappers/options.js";

/** The faults of a write, by name. Each is added to the simulator for one operation. */
export const faultMatrix: readonly (readonly [string, Fault])[] = [
  ["the connection is refused", { kind: "refuse" }],
  ["a reset before the write", { kind: "reset", when: "before" }],
  ["a reset after the write", { kind: "reset", when: "after" }],
  ["a 408", badAnswers.timeout()],
  ["a 429", badAnswers.tooMany()],
  ["a 500", badAnswers.internal()],
  ["a 500 although it was written", { kind: "answer", status: 500, commit: true }],
  ["a 502 in HTML", badAnswers.badGateway()],
  ["a 502 although it was written", { kind: "answer", status: 502, body: "<html>", commit: true }],
  ["a 503", badAnswers.unavailable()],
  ["an error without a body", badAnswers.empty(500)],
  ["a body that ends half-way", { kind: "truncate" }],
  ["half of the JSON", { kind: "half-json" }],
  ["a success that is not JSON", { kind: "not-json" }],
  ["a redirect", { kind: "redirect", location: "https://elsewhere.example/" }],
  ["a connection that closes after the response", { kind: "close" }],
  ["unknown members", { kind: "unknown", what: "members" }],
];

/** Acts like a killed process: no code is left that could see the result of the request. */
class Killed extends Error {}

/** A `fetch` whose process is killed at the n-th request of one method and path, before the request or after its response. */
export function killedAt(
  { url: base }: Simulator,
  { method, path, when, nth = 1 }: { method: string; path: RegExp; when: "before" | "after"; nth?: number },
): { fetch: Fetch; died: AbortController } {
  const died = new AbortController();
  let matched = 0;
  const fetch: Fetch = async (url, init) => {
    // A dead process sends nothing more.
    if (died.signal.aborted) return new Promise(() => undefined);
    const hit = init.method === method && path.test(url.slice(base.length)) && ++matched === nth;
    if (hit && when === "before") return die(died);
    const response = await globalThis.fetch(url, init);
    if (!hit) return response;
    await response.text();
    return die(died);
  };
  return { fetch, died };
}

function die(died: AbortController): Promise<Response> {
  died.abort(new Killed());
  return new Promise(() => undefined);
}

/** Waits until the promise settles or the process is dead. */
export async function untilKilled(died: AbortController, run: Promise<unknown>): Promise<void> {
  run.catch(() => undefined);
  await Promise.race([run, new Promise((resolve) => died.signal.addEventListener("abort", resolve))]);
}
