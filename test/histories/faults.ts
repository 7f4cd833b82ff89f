/** What the network can do to one request. Times are those of the client's virtual clock. */
import type { Choices } from "./random.js";

export type Fault =
  /** The response is held back. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The connection is reset before the request is delivered, or after it was carried out. */
  | { readonly kind: "drop" }
  | { readonly kind: "reset" }
  /** A gateway's response, before or after the request is carried out. */
  | { readonly kind: "refuse"; readonly status: 429 | 503; readonly retryAfter: number }
  | { readonly kind: "gateway"; readonly status: 502 | 504 }
  /** The request is delivered twice; the first response comes back. */
  | { readonly kind: "duplicate" }
  /** The request is delivered only when the client has given up. */
  | { readonly kind: "late" }
  /** A read gets an earlier response to the same request. */
  | { readonly kind: "stale" }
  /** A page of a list gets the page before it, so that its cursor comes twice. */
  | { readonly kind: "loop" }
  /** No response, although the request is carried out, or not. */
  | { readonly kind: "stall"; readonly delivered: boolean }
  /** Half of the body, the rest after a while, or an end of the connection instead. */
  | { readonly kind: "drip"; readonly ms: number }
  | { readonly kind: "truncate" }
  /** The process is killed before its request is delivered, or before the response reaches it. */
  | { readonly kind: "kill"; readonly delivered: boolean };

export type FaultKind = Fault["kind"];

/** The share of requests that meet a fault, and how likely each kind is among them. */
export interface Rates {
  readonly all: number;
  readonly weights: Readonly<Record<FaultKind, number>>;
}

const kinds = [
  ...(["delay", "drop", "reset", "refuse", "gateway", "duplicate"] as const),
  ...(["late", "stale", "loop", "stall", "drip", "truncate", "kill"] as const),
];
/** What makes no difference to a write, or cannot be done to one. */
const readsOnly: ReadonlySet<FaultKind> = new Set(["stale", "loop"]);

export function ratesFor(choose: Choices): Rates {
  const all = choose.oneOf([0.15, 0.3, 0.45, 0.6]);
  // Two or three kinds are frequent in each plan, so that what needs several of one kind happens too.
  const frequent = new Set([choose.oneOf(kinds), choose.oneOf(kinds), choose.oneOf(kinds)]);
  const weightOf = (kind: FaultKind) => {
    const weight = kind === "kill" ? choose.between(0, 2) / 4 : choose.between(0, 3);
    return frequent.has(kind) ? (weight + 1) * 3 : weight;
  };
  const weights = Object.fromEntries(kinds.map((kind) => [kind, weightOf(kind)])) as Record<FaultKind, number>;
  // Both that leave a write uncertain are in each plan.
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
