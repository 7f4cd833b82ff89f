import type { Random } from "./random.js";
import type { OperationId } from "./wire.js";

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
  /** A list that misleads whoever follows it. */
  | {
      readonly kind: "page";
      readonly change: "repeat-cursor" | "null-cursor" | "missing-cursor" | "empty-cursor" | "empty-page";
    }
  /** An answer of a later version: members or enum values that nobody knows yet. */
  | { readonly kind: "unknown"; readonly what: "members" | "enums" };

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

  /** Counts a call, and tells whether the fault is due. */
  isDue(operation: string): boolean {
    const { operation: wanted, nth, probability, times = Number.POSITIVE_INFINITY } = this.#rule;
    if (wanted !== undefined && wanted !== operation) return false;
    this.#calls += 1;
    if (this.#struck >= times) return false;
    if (nth !== undefined && ![nth].flat().includes(this.#calls)) return false;
    return probability === undefined || this.#random() < probability;
  }

  strike(): Fault {
    this.#struck += 1;
    return this.fault;
  }
}

/** The faults of one simulator. */
export class Faults {
  readonly #random: Random;
  #active: ActiveFault[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  add({ fault, ...rule }: FaultRule & { readonly fault: Fault }): FaultHandle {
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
  next(operation: string): Fault | undefined {
    const due = this.#active.filter((fault) => fault.isDue(operation));
    return due[0]?.strike();
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
  empty: (status: number): Fault => ({ kind: "answer", status, body: "" }),
};

function withRetryAfter(status: number, retryAfter: string | undefined): Fault {
  return { kind: "answer", status, ...(retryAfter === undefined ? {} : { headers: { "retry-after": retryAfter } }) };
}
