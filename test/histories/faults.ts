/** The faults of the network for one request. Times refer to the client's virtual clock. */
import type { Choices } from "./random.js";

export type Fault =
  /** The response is delayed. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The connection is reset before the request is delivered, or after it was executed. */
  | { readonly kind: "drop" }
  | { readonly kind: "reset" }
  /** A gateway responds before or after the request is executed. */
  | { readonly kind: "refuse"; readonly status: 429 | 503; readonly retryAfter: number }
  | { readonly kind: "gateway"; readonly status: 502 | 504 }
  /** The request is delivered twice, and the first response is returned. */
  | { readonly kind: "duplicate" }
  /** The request is delivered only after the client has given up. */
  | { readonly kind: "late" }
  /** A read gets an earlier response to the same request. */
  | { readonly kind: "stale" }
  /** A request for a page of a list gets the previous page, so that its cursor is repeated. */
  | { readonly kind: "loop" }
  /** There is no response. The request is executed or not. */
  | { readonly kind: "stall"; readonly delivered: boolean }
  /** Half of the body arrives. The rest arrives later, or the connection ends. */
  | { readonly kind: "drip"; readonly ms: number }
  | { readonly kind: "truncate" }
  /** The process is killed before its request is delivered, or before it receives the response. */
  | { readonly kind: "kill"; readonly delivered: boolean };

export type FaultKind = Fault["kind"];

/** The share of requests with a fault, and the probability of each kind of fault. */
export interface Rates {
  readonly all: number;
  readonly weights: Readonly<Record<FaultKind, number>>;
}

const kinds = [
  ...(["delay", "drop", "reset", "refuse", "gateway", "duplicate"] as const),
  ...(["late", "stale", "loop", "stall", "drip", "truncate", "kill"] as const),
];
/** Faults that do not affect writes, or cannot apply to them. */
const readsOnly: ReadonlySet<FaultKind> = new Set(["stale", "loop"]);

export function ratesFor(choose: Choices): Rates {
  const all = choose.oneOf([0.15, 0.3, 0.45, 0.6]);
  // Two or three kinds are frequent in each plan, so that situations with several faults of one kind occur too.
  const frequent = new Set([choose.oneOf(kinds), choose.oneOf(kinds), choose.oneOf(kinds)]);
  const weightOf = (kind: FaultKind) => {
    const weight = kind === "kill" ? choose.between(0, 2) / 4 : choose.between(0, 3);
    return frequent.has(kind) ? (weight + 1) * 3 : weight;
  };
  const weights = Object.fromEntries(kinds.map((kind) => [kind, weightOf(kind)])) as Record<FaultKind, number>;
  // Both faults that leave a write uncertain occur in each plan.
  return { all, weights: { ...weights, reset: weights.reset + 2, gateway: weights.gateway + 2 } };
}

export function faultFor(choose: Choices, { all, weights }: Rates, method: string): Fault | undefined {
  if (choose.random() >= all) return undefined;
  const possible = kinds.filter((kind) => !readsOnly.has(kind) || method === "GET");
  let rest = choose.random() * possible.reduce((sum, kind) => sum + weights[kind], 0);
  const kind = possible.find((one) => {
    rest -= weights[one];
    return rest < 0;
  });
  if (kind === undefined) return undefined;
  const delivered = choose.random() < 0.6;
  switch (kind) {
    case "delay":
    case "drip":
      return { kind, ms: choose.between(50, 20_000) };
    case "refuse":
      return { kind, status: choose.oneOf([429, 503] as const), retryAfter: choose.between(1, 20) };
    case "gateway":
      return { kind, status: choose.oneOf([502, 504] as const) };
    case "stall":
    case "kill":
      return { kind, delivered };
    default:
      return { kind };
  }
}
