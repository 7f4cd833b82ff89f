import { type Caller, createCaller } from "../../src/wrappers/call.js";
import type { SfcEvent } from "../../src/wrappers/events.js";
import type { ClientOptions, Fetch } from "../../src/wrappers/options.js";
import { type VirtualRuntime, virtualRuntime } from "./virtual-runtime.js";

export const testToken = "sk_live_5up3r_s3cr3t";
export const testBaseUrl = "https://api.test";

export interface TestCaller {
  readonly caller: Caller;
  readonly clock: VirtualRuntime;
  readonly events: SfcEvent[];
}

/** A caller with its own clock for one test. */
export function testCaller(fetch: Fetch, options: ClientOptions & { runtime?: VirtualRuntime } = {}): TestCaller {
  const clock = options.runtime ?? virtualRuntime();
  const events: SfcEvent[] = [];
  const caller = createCaller({
    token: testToken,
    baseUrl: testBaseUrl,
    fetch,
    onEvent: (event) => events.push(event),
    ...options,
    runtime: clock,
  });
  return { caller, clock, events };
}
