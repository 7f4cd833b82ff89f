import { createPathClient, type PathClient, type PathClientOptions } from "../../src/paths.js";
import type { SfcEvent } from "../../src/wrappers/events.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { type Settled, settle } from "./settle.js";
import { testBaseUrl, testToken } from "./test-caller.js";
import { type VirtualRuntime, virtualRuntime } from "./virtual-runtime.js";

/** The result of a call by path, for any path. */
export interface PathResult {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/** Calls any method with any path and any init, as a JavaScript program can. */
export type LooseCall = (method: string, path: string, init?: object) => Promise<PathResult>;

export interface TestPathClient {
  readonly client: PathClient;
  /** Makes a call without type checks of its arguments. */
  readonly request: LooseCall;
  readonly clock: VirtualRuntime;
  readonly events: SfcEvent[];
  /** The result of a call, while the clock moves automatically. */
  ending(method: string, path: string, init?: object): Promise<Settled<PathResult>>;
}

/** A path client with its own clock for one test. */
export function testPathClient(fetch: Fetch, options: PathClientOptions = {}): TestPathClient {
  const clock = virtualRuntime();
  const events: SfcEvent[] = [];
  const client = createPathClient({
    token: testToken,
    baseUrl: testBaseUrl,
    fetch,
    onEvent: (event) => events.push(event),
    ...options,
    runtime: clock,
  });
  const request = client.request as unknown as LooseCall;
  const ending: TestPathClient["ending"] = (method, path, init) => settle(clock, request(method, path, init));
  return { client, request, clock, events, ending };
}
