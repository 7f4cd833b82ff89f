import type { OperationId } from "../http/api-types.js";
import type { OperationInfo } from "../http/description.js";
import type { Random } from "../world/random.js";
import { checkRule, isPossible } from "./fault-checks.js";

/** One way to misbehave. */
export type Fault =
  /** The connection is destroyed before the request is read. */
  | { readonly kind: "refuse" }
  /** The connection is reset before anything is done, or after it is done and before the answer. */
  | { readonly kind: "reset"; readonly when: "before" | "after" }
  /** Another answer than the real one. `body` left out: the usual error envelope; `""`: no body; a text is sent as HTML. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      /** Whether the operation is carried out all the same. @default false */
      readonly commit?: boolean;
    }
  /** Nothing more comes: before the headers, or half-way through the body. Ends when the client or the simulator leaves. */
  | { readonly kind: "stall"; readonly at: "headers" | "body" /** @default true */; readonly commit?: boolean }
  /** The connection ends half-way through the body. */
  | { readonly kind: "truncate" }
  /** Half of the JSON, as a complete body with the right length. */
  | { readonly kind: "half-json" }
  /** A success whose body is no JSON. */
  | { readonly kind: "not-json"; readonly body?: string }
  | { readonly kind: "redirect"; readonly location: string; readonly status?: 301 | 302 | 303 | 307 | 308 }
  /** The real answer, after which the connection is closed. */
  | { readonly kind: "close" }
  /** A list with a misleading cursor. */
  | {
      readonly kind: "page";
      readonly change: "repeat-cursor" | "null-cursor" | "missing-cursor" | "empty-cursor" | "empty-page";
    }
  /** An answer of a later version: members or enum values that are not known yet. */
  | { readonly kind: "unknown"; readonly what: "members" | "enums" }
  /** A response before the body of the request has been read. `body` as in `answer`. */
  | {
      readonly kind: "early";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** The real response, one byte at a time. Ends when the client or the simulator leaves. */
  | {
      readonly kind: "drip" /** Milliseconds of real time between two bytes. @default 1000 */;
      readonly everyMs?: number;
    }
  /** Bytes that are not a response of HTTP, after the operation is carried out. The connection stays open. */
  | { readonly kind: "malformed"; readonly what: "protocol" | "status-line" | "header" | "length" | "chunk" }
  /** The real response with another reason phrase, sent as UTF-8 whatever is in it. The connection is closed after it. */
  | { readonly kind: "reason"; readonly phrase: string }
  /** The real response, and behind it on the same connection one that no request asked for. */
  | { readonly kind: "unsolicited"; readonly status?: number; readonly body?: unknown }
  /** No response. The operation is carried out when the client has given up and closed the connection. */
  | { readonly kind: "late-commit" }
  /** The request is delivered twice, as by a proxy that repeats it; `requests` shows both. */
  | {
      readonly kind: "twice" /** Which response comes back. @default "first" */;
      readonly response?: "first" | "second";
    }
  /** A read that does not see the last writes yet, of those made since the rule was added. */
  | { readonly kind: "lag" /** How many writes it does not see. @default 1 */; readonly writes?: number };

/** The operation of a request, or one of the two presigned URLs. */
export type FaultTarget = OperationInfo | "upload_part" | "download_bytes";

/** When a fault strikes. Without `nth` and `probability`: at every call. */
export interface FaultRule {
  /** Left out: any operation. `upload_part` and `download_bytes` are the presigned URLs. */
  readonly operation?: OperationId | "upload_part" | "download_bytes";
  /** The n-th matching call since the rule was added, from 1; or several of them. */
  readonly nth?: number | readonly number[];
  /** From 0 to 1, by the simulator's seed. */
  readonly probability?: number;
  /** How often it strikes at most. */
  readonly times?: number;
}

export interface FaultHandle {
  /** How often it has struck. */
  readonly struck: number;
  remove(): void;
}

class ActiveFault implements FaultHandle {
  readonly fault: Fault;
  readonly #rule: FaultRule;
  readonly #random: Random;
  readonly #onRemove: (fault: ActiveFault) => void;
  #calls = 0;
  #struck = 0;

  constructor(rule: FaultRule, fault: Fault, random: Random, onRemove: (fault: ActiveFault) => void) {
    this.#rule = rule;
    this.fault = fault;
    this.#random = random;
    this.#onRemove = onRemove;
  }

  get struck(): number {
    return this.#struck;
  }

  remove(): void {
    this.#onRemove(this);
  }

  /** Counts a call, and returns whether the fault is due. */
  isDue(target: FaultTarget): boolean {
    const { operation: wanted, nth, probability } = this.#rule;
    const times = this.#rule.times ?? Number.POSITIVE_INFINITY;
    if (wanted ? wanted !== nameOf(target) : !isPossible(this.fault, target)) return false;
    this.#calls += 1;
    if (this.#struck >= times) return false;
    if (nth !== undefined && nth !== null && ![nth].flat().includes(this.#calls)) return false;
    return probability === undefined || probability === null || this.#random() < probability;
  }

  strike(): Fault {
    this.#struck += 1;
    return this.fault;
  }
}

export function nameOf(target: FaultTarget): string {
  return typeof target === "string" ? target : target.id;
}

/** The faults of one simulator. */
export class Faults {
  readonly #random: Random;
  readonly #operations: readonly OperationInfo[];
  #active: ActiveFault[] = [];

  constructor(random: Random, operations: readonly OperationInfo[]) {
    this.#random = random;
    this.#operations = operations;
  }

  /** Throws a `TypeError` for a rule that could never strike: an unknown operation, kind or member. */
  add(given: FaultRule & { readonly fault: Fault }, name = "rule"): FaultHandle {
    checkRule(given, name, this.#operations);
    const { fault, ...rule } = given;
    const active = new ActiveFault(rule, fault, this.#random, (gone) => {
      this.#active = this.#active.filter((other) => other !== gone);
    });
    this.#active.push(active);
    return active;
  }

  clear(): void {
    this.#active = [];
  }

  /** The fault that strikes this call. Every rule counts the call; of several that are due, the one added first strikes. */
  next(target: FaultTarget): Fault | undefined {
    const due = this.#active.filter((fault) => fault.isDue(target));
    return due[0]?.strike();
  }

  /** How many writes the reads that lag most do not see. */
  get mostLag(): number {
    return this.#active.reduce(
      (most, { fault }) => (fault.kind === "lag" ? Math.max(most, fault.writes ?? 1) : most),
      0,
    );
  }
}

/** Answers that clients must be able to take, by name. */
export const badAnswers = {
  timeout: (): Fault => ({ kind: "answer", status: 408 }),
  tooMany: (retryAfter?: string): Fault => withRetryAfter(429, retryAfter),
  internal: (): Fault => ({ kind: "answer", status: 500 }),
  badGateway: (): Fault => ({
    kind: "answer",
    status: 502,
    body: "<html><body><h1>502 Bad Gateway</h1></body></html>",
  }),
  /** `retryAfter` is sent as it is: digits, an HTTP date, or garbage. */
  unavailable: (retryAfter?: string): Fault => withRetryAfter(503, retryAfter),
  /** A response of 413 before the body is read, as gateways send it. */
  tooLarge: (): Fault => ({ kind: "early", status: 413, body: "" }),
  empty: (status: number): Fault => ({ kind: "answer", status, body: "" }),
};

function withRetryAfter(status: number, retryAfter: string | undefined): Fault {
  return { kind: "answer", status, ...(retryAfter === undefined ? {} : { headers: { "retry-after": retryAfter } }) };
}
