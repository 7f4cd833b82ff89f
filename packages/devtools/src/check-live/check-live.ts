import type { Middleware } from "sfc-preview-sdk";
import { createPathClient, type PathClientOptions } from "sfc-preview-sdk/paths";
import { checkResponse } from "../drift/check-response.js";
import { type ApiDescription, readOwnDescription } from "../drift/description.js";
import type { Drift } from "../drift/drift.js";
import { callParams, listReads, type Params, type Read, readIds, type UntypedClient } from "./reads.js";

/** The result of one operation. */
export interface CheckedOperation {
  /** The method, as in `"instances.get"`. */
  readonly operation: string;
  /** Method and path template. */
  readonly request: string;
  /** The status of each response; empty when it was not called. */
  readonly statuses: readonly number[];
  /** Why it was not called, or why its call had no response. */
  readonly reason?: string;
  readonly drift: readonly Drift[];
}

export interface CheckLiveOptions extends Pick<PathClientOptions, "token" | "baseUrl" | "fetch" | "runtime"> {
  /** Maximum number of requests, retries included. */
  readonly maxCalls: number;
  /** Called between two operations, to wait. */
  readonly pause: () => Promise<void>;
  /** The current time, in milliseconds. Orderbook requests ask for a window that starts after it. */
  readonly nowMs: number;
  /** Called before each operation is called. */
  readonly onProgress?: (operation: string) => void;
}

/** Consecutive calls without a response after which the service counts as unreachable. */
const MOST_FAILURES = 3;

/** Calls each read of the description once, one at a time, and compares each response with the description. Sends GET requests only. */
export async function checkLive(options: CheckLiveOptions): Promise<CheckedOperation[]> {
  const description = readOwnDescription();
  const run = new LiveRun(description, options);
  const reads = await listReads(description);
  const done = new Map<Read, CheckedOperation>();
  // A list can need an id from another list, so this repeats until a round calls nothing more.
  for (let before = -1; before !== done.size; ) {
    before = done.size;
    for (const read of reads) {
      if (done.has(read) || run.missing(read) !== undefined) continue;
      done.set(read, await run.check(read));
    }
  }
  return reads.map((read) => done.get(read) ?? notCalled(read, run.stopped ?? run.missing(read) ?? ""));
}

function notCalled({ name, path }: Read, reason: string): CheckedOperation {
  return { operation: name, request: `GET ${path}`, statuses: [], reason, drift: [] };
}

interface CallResult {
  /** Whether the response is a success, and not an empty list. */
  readonly hasContent: boolean;
  /** The name of the error, if no response was received. */
  readonly failure?: string;
}

class LiveRun {
  /** The ids in each list, by the path of the list. No report contains them. */
  readonly #ids = new Map<string, readonly string[]>();
  readonly #client: UntypedClient;
  /** Why no more operations are called; `undefined` until then. */
  stopped: string | undefined;
  #calls = 0;
  #failures = 0;
  #statuses: number[] = [];
  #drift: Drift[] = [];

  constructor(
    readonly description: ApiDescription,
    readonly options: CheckLiveOptions,
  ) {
    const { token, baseUrl, fetch, runtime } = options;
    const client = createPathClient({ token, baseUrl, fetch, runtime, middleware: [this.#record] });
    this.#client = client as unknown as UntypedClient;
  }

  /** Why a read cannot be called now; `undefined` when it can. */
  missing(read: Read): string | undefined {
    const params = this.#paramsFor(read);
    return typeof params === "string" ? params : undefined;
  }

  #paramsFor(read: Read): Params[] | string {
    return callParams(read, this.#ids, this.options.nowMs);
  }

  /** Calls a read until it returns a success with content, or no parameters are left to try. */
  async check(read: Read): Promise<CheckedOperation> {
    if (this.stopped !== undefined) return notCalled(read, this.stopped);
    const params = this.#paramsFor(read);
    this.#statuses = [];
    this.#drift = [];
    let result: CallResult = { hasContent: false };
    for (const one of typeof params === "string" ? [] : params) {
      if (this.#calls > 0) await this.options.pause();
      this.options.onProgress?.(read.name);
      result = await this.#call(read, one);
      if (result.hasContent || result.failure !== undefined || this.stopped !== undefined) break;
    }
    return {
      operation: read.name,
      request: `GET ${read.path}`,
      statuses: this.#statuses,
      ...(result.failure !== undefined && { reason: result.failure }),
      drift: withoutRepeats(this.#drift),
    };
  }

  async #call(read: Read, params: Params): Promise<CallResult> {
    const { maxCalls } = this.options;
    const maxRetries = Math.min(2, maxCalls - this.#calls - 1);
    try {
      const { data, response } = await this.#client.request("get", read.path, { params, maxRetries });
      this.#failures = 0;
      this.#stopAfter(response.status);
      if (read.parameter !== undefined || !response.ok) return { hasContent: response.ok };
      const ids = readIds(data);
      this.#ids.set(read.path, ids);
      return { hasContent: ids.length > 0 };
    } catch (error) {
      const { name } = error as Error;
      // The response was received and compared, although the client cannot use it.
      if (name === "DecodeError" && this.#statuses.length > 0) return { hasContent: true };
      // An invalid option or a missing token makes every call fail.
      if (name === "UsageError") throw error;
      this.#failures += 1;
      if (this.#failures === MOST_FAILURES) this.stopped = `${MOST_FAILURES} calls in a row had no response`;
      return { hasContent: false, failure: name };
    } finally {
      if (this.#calls >= maxCalls) this.stopped ??= `the limit of ${maxCalls} calls is reached`;
    }
  }

  #stopAfter(status: number): void {
    if (status === 401) this.stopped = "the token is not accepted (401)";
    // The client has already waited for Retry-After and retried, or the requested wait is longer than a minute.
    if (status === 429) this.stopped = "the service limits requests (429)";
  }

  readonly #record: Middleware = async (request, next) => {
    this.#calls += 1;
    const response = await next(request);
    const described = this.description.find(request.method, request.url);
    const text = await response.clone().text();
    this.#statuses.push(response.status);
    if (described !== undefined) {
      const received = { operation: request.operation, status: response.status, text };
      this.#drift.push(...checkResponse(this.description, described, received));
    }
    return response;
  };
}

function withoutRepeats(drift: readonly Drift[]): Drift[] {
  return [...new Map(drift.map((one) => [`${one.status} ${one.kind} ${one.place}`, one])).values()];
}
