import { type Span, spanMs } from "../time/clock.js";
import { type Random, seededRandom } from "../world/random.js";
import { checkRule } from "./fault-checks.js";
import { type FaultOperation, type FaultTarget, type Targets, targetName } from "./targets.js";

/** One kind of misbehavior. */
export type Fault =
  /** The connection is destroyed before the request is read. */
  | { readonly kind: "refuse" }
  /** The connection is reset before the operation is executed, or after it and before the response. */
  | { readonly kind: "reset"; readonly when: "before" | "after" }
  /** A different response. Without `body` it has the usual error envelope, with `""` no body. Any other string is sent as HTML. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: unknown;
      /** Whether the operation is executed anyway. @default false */
      readonly commit?: boolean | undefined;
    }
  /** Sends nothing more: before the headers, or halfway through the body. Ends when the client disconnects or the simulator closes. */
  | {
      readonly kind: "stall";
      readonly at: "headers" | "body";
      /** @default true */
      readonly commit?: boolean | undefined;
    }
  /** The connection ends halfway through the body. */
  | { readonly kind: "truncate" }
  /** Half of the JSON as a complete body with the right length. */
  | { readonly kind: "half-json" }
  /** A success whose body is not JSON. */
  | { readonly kind: "not-json"; readonly body?: string | undefined }
  | { readonly kind: "redirect"; readonly location: string; readonly status?: 301 | 302 | 303 | 307 | 308 | undefined }
  /** The real response, after which the connection is closed. */
  | { readonly kind: "close" }
  /** A list with a misleading cursor. */
  | {
      readonly kind: "page";
      readonly change: "repeat-cursor" | "null-cursor" | "missing-cursor" | "empty-cursor" | "empty-page";
    }
  /** A response of a later API version, with unknown members or enum values. */
  | { readonly kind: "unknown"; readonly what: "members" | "enums" }
  /** A response before the body of the request has been read. `body` as in `answer`. */
  | {
      readonly kind: "early";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: unknown;
    }
  /** The real response, one byte at a time. Ends when the client disconnects or the simulator closes. */
  | {
      readonly kind: "drip" /** Milliseconds of real time between two bytes. @default 1000 */;
      readonly everyMs?: number | undefined;
    }
  /** Bytes that are not an HTTP response, after the operation is executed. The connection stays open. */
  | { readonly kind: "malformed"; readonly what: "protocol" | "status-line" | "header" | "length" | "chunk" }
  /** The real response with a different reason phrase, sent as UTF-8. The connection is closed after it. */
  | { readonly kind: "reason"; readonly phrase: string }
  /** The real response, followed on the same connection by a response that belongs to no request. */
  | { readonly kind: "unsolicited"; readonly status?: number | undefined; readonly body?: unknown }
  /** No response. The operation is executed after the client has closed the connection. */
  | { readonly kind: "late-commit" }
  /** The request is delivered twice, as by a proxy that repeats it; `requests` contains both. */
  | {
      readonly kind: "twice" /** Which response is returned. @default "first" */;
      readonly response?: "first" | "second" | undefined;
    }
  /** The real response after this many milliseconds of real time. Ends when the client disconnects or the simulator closes. */
  | { readonly kind: "latency"; readonly ms: number }
  /** A read that does not include the latest writes. Only writes since the rule was added count. */
  | {
      readonly kind: "lag";
      /** Number of writes that it does not include. @default 1 */
      readonly writes?: number | undefined;
    };

/** When a fault applies. Without `nth` and `probability`: to every call. */
export interface FaultRule {
  /**
   * A method (`orders.create`), an operation id (`create_order`), all methods of a resource (`orders.*`), a presigned URL (`upload_part`,
   * `download_bytes`), or a list of them. @default any operation
   */
  readonly operation?: FaultOperation | readonly FaultOperation[] | undefined;
  /** The number of the matching call since the rule was added, from 1, or several numbers. */
  readonly nth?: number | readonly number[] | undefined;
  /** The probability for each matching call, from 0 to 1. */
  readonly probability?: number | undefined;
  /** The seed of `probability`: the same seed selects the same calls. @default the simulator's seed, shared by all rules */
  readonly seed?: string | undefined;
  /** Maximum number of times that it applies. */
  readonly times?: number | undefined;
  /** Simulated time from adding the rule until it becomes active. @default 0 */
  readonly startsAfter?: Span | undefined;
  /** Simulated time for which the rule is active, for example to simulate an outage. @default no end */
  readonly lasts?: Span | undefined;
}

export interface FaultHandle {
  /** Id of the rule, such as `fault_1`. */
  readonly id: string;
  readonly rule: FaultRule & { readonly fault: Fault };
  /** The number of times that the rule has applied. */
  readonly struck: number;
  remove(): void;
}

class ActiveFault implements FaultHandle {
  readonly id: string;
  readonly rule: FaultRule & { readonly fault: Fault };
  readonly #targets: ReadonlySet<string>;
  readonly #random: Random;
  readonly #fromMs: number;
  readonly #untilMs: number;
  readonly #onRemove: (fault: ActiveFault) => void;
  #calls = 0;
  #struck = 0;

  constructor(
    id: string,
    rule: FaultRule & { readonly fault: Fault },
    targets: ReadonlySet<string>,
    { random, nowMs, onRemove }: { random: Random; nowMs: number; onRemove: (fault: ActiveFault) => void },
  ) {
    this.id = id;
    this.rule = rule;
    this.#targets = targets;
    this.#random = rule.seed === undefined || rule.seed === null ? random : seededRandom(rule.seed);
    this.#fromMs = nowMs + spanMs(rule.startsAfter ?? 0);
    const { lasts } = rule;
    this.#untilMs = this.#fromMs + (lasts === undefined || lasts === null ? Number.POSITIVE_INFINITY : spanMs(lasts));
    this.#onRemove = onRemove;
  }

  get struck(): number {
    return this.#struck;
  }

  remove(): void {
    this.#onRemove(this);
  }

  /** Counts a call, and returns whether the fault applies to it. */
  isDue(target: FaultTarget, nowMs: number): boolean {
    const { nth, probability } = this.rule;
    const times = this.rule.times ?? Number.POSITIVE_INFINITY;
    if (!this.#targets.has(targetName(target)) || nowMs < this.#fromMs || nowMs >= this.#untilMs) return false;
    this.#calls += 1;
    if (this.#struck >= times) return false;
    if (nth !== undefined && nth !== null && ![nth].flat().includes(this.#calls)) return false;
    return probability === undefined || probability === null || this.#random() < probability;
  }

  strike(): Fault {
    this.#struck += 1;
    return this.rule.fault;
  }
}

/** The faults of one simulator. */
export class Faults {
  readonly #random: Random;
  readonly #targets: Targets;
  readonly #nowMs: () => number;
  #active: ActiveFault[] = [];
  #added = 0;

  constructor(random: Random, targets: Targets, nowMs: () => number) {
    this.#random = random;
    this.#targets = targets;
    this.#nowMs = nowMs;
  }

  /** If several rules match a call, the one that was added first applies. Throws a `TypeError` for a rule that could never apply: an unknown operation, kind or member. */
  add(given: FaultRule & { readonly fault: Fault }, name = "rule"): FaultHandle {
    const targets = checkRule(given, name, this.#targets);
    this.#added += 1;
    const active = new ActiveFault(`fault_${this.#added}`, given, targets, {
      random: this.#random,
      nowMs: this.#nowMs(),
      onRemove: (gone) => {
        this.#active = this.#active.filter((other) => other !== gone);
      },
    });
    this.#active.push(active);
    return active;
  }

  /** The current rules, oldest first. */
  list(): readonly FaultHandle[] {
    return [...this.#active];
  }

  clear(): void {
    this.#active = [];
  }

  /** Returns the fault that applies to this call. Every rule counts the call. If several match, the one that was added first applies. */
  next(target: FaultTarget): Fault | undefined {
    const nowMs = this.#nowMs();
    const due = this.#active.filter((fault) => fault.isDue(target, nowMs));
    return due[0]?.strike();
  }

  /** The largest number of writes that a lagging read may not include. */
  get mostLag(): number {
    return this.#active.reduce(
      (most, { rule: { fault } }) => (fault.kind === "lag" ? Math.max(most, fault.writes ?? 1) : most),
      0,
    );
  }
}

/** Error responses that clients must handle, by name. */
export const badAnswers = {
  timeout: (): Fault => ({ kind: "answer", status: 408 }),
  tooMany: (retryAfter?: string): Fault => withRetryAfter(429, retryAfter),
  internal: (): Fault => ({ kind: "answer", status: 500 }),
  badGateway: (): Fault => ({
    kind: "answer",
    status: 502,
    body: "<html><body><h1>502 Bad Gateway</h1></body></html>",
  }),
  /** `retryAfter` is sent unchanged: digits, an HTTP date, or garbage. */
  unavailable: (retryAfter?: string): Fault => withRetryAfter(503, retryAfter),
  /** A 413 response before the body is read, as gateways send it. */
  tooLarge: (): Fault => ({ kind: "early", status: 413, body: "" }),
  empty: (status: number): Fault => ({ kind: "answer", status, body: "" }),
};

function withRetryAfter(status: number, retryAfter: string | undefined): Fault {
  return { kind: "answer", status, ...(retryAfter === undefined ? {} : { headers: { "retry-after": retryAfter } }) };
}
