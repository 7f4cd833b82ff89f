import type { Middleware, MiddlewareRequest } from "sfc-preview-sdk";
import { mustBe, shapeOf } from "../simulator/checks.js";
import { checkResponse } from "./check-response.js";
import { readOwnDescription } from "./description.js";
import type { Drift, OnDrift } from "./drift.js";

/** Options of `watchDrift`. */
export interface WatchDriftOptions {
  /** Receives each difference once per kind, place, operation and status. */
  readonly onDrift: OnDrift;
}

/** Maximum number of differences that are remembered. Further ones are not reported, which limits memory. */
const MOST_REPORTED = 1_000;

/** Maximum number of responses that wait to be checked. Further ones are not checked. */
const MOST_WAITING = 32;

/** Maximum size of a body that is checked, in bytes. */
const LARGEST_BODY = 4 * 2 ** 20;

const check = shapeOf<WatchDriftOptions>({
  onDrift: mustBe("a function", (value) => typeof value === "function"),
});

/**
 * Creates middleware that compares each response with the API description and reports where they differ. It checks a copy after the response is
 * returned, so it changes no response, delays none and never throws. Reports contain places and types, never values. Put it last in `middleware`, so that
 * it sees the responses as the service sent them. Throws a `TypeError` that names an unknown or invalid option.
 */
export function watchDrift(options: WatchDriftOptions): Middleware {
  check(options, "options");
  const { onDrift } = options;
  const queue = new CheckQueue(reportOnce(onDrift));
  return async (request, next) => {
    const response = await next(request);
    queue.add(request, response);
    return response;
  };
}

/** Reports each difference only once. */
function reportOnce(onDrift: OnDrift): OnDrift {
  const reported = new Set<string>();
  return (drift) => {
    const { operation, status, kind, place } = drift;
    const key = `${operation} ${status} ${kind} ${place}`;
    if (reported.has(key) || reported.size >= MOST_REPORTED) return;
    reported.add(key);
    ignoreErrors(() => onDrift(drift));
  };
}

interface Waiting {
  readonly request: MiddlewareRequest;
  readonly copy: Response;
}

/** Checks responses one after the other, and yields to the program in between. */
class CheckQueue {
  readonly #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(readonly report: OnDrift) {}

  add(request: MiddlewareRequest, response: Response): void {
    ignoreErrors(() => this.#add(request, response));
  }

  #add(request: MiddlewareRequest, response: Response): void {
    const length = Number(response.headers.get("content-length") ?? 0);
    if (this.#waiting.length >= MOST_WAITING || length > LARGEST_BODY) return;
    this.#waiting.push({ request, copy: response.clone() });
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      for (const drift of await findDrift(next).catch(() => [])) this.report(drift);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isRunning = false;
  }
}

async function findDrift({ request, copy }: Waiting): Promise<Drift[]> {
  const description = readOwnDescription();
  const described = description.find(request.method, request.url);
  if (described === undefined) return [];
  const text = await copy.text();
  if (text.length > LARGEST_BODY) return [];
  return checkResponse(description, described, { operation: request.operation, status: copy.status, text });
}

/** Runs `work` and ignores its errors, because they must not affect the call. */
function ignoreErrors(work: () => unknown): void {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // The response is returned to the caller whether it was checked or not.
  }
}
