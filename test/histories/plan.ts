/** The plan of a seed: the operations of each process, the fault of each request, and the behavior of the service. */
import { type Fault, faultFor, type Rates, ratesFor } from "./faults.js";
import { type Choices, choicesFrom } from "./random.js";
import type { Assumptions } from "./simulator.js";

export type Listed = "pools" | "orders" | "instances" | "instanceTemplates";
export type Created = "pools" | "instances" | "instanceTemplates";

/** One operation of a client. `key` names its effect: all operations with the same key may have only one effect together. */
export type Operation =
  | { readonly kind: "order"; readonly key: string; readonly slot: number; readonly waits: boolean }
  | { readonly kind: "order without key"; readonly key: string; readonly slot: number }
  /** Repeats an order whose first call failed, with the idempotency key in its error. */
  | { readonly kind: "order again"; readonly key: string; readonly slot: number; readonly idempotencyKey: string }
  /** Uses one key for two consecutive orders. */
  | { readonly kind: "reused key"; readonly key: string; readonly slot: number }
  | { readonly kind: "placeOrder"; readonly key: string; readonly slot: number }
  | { readonly kind: "transfer"; readonly key: string; readonly slot: number; readonly waits: boolean }
  | { readonly kind: "replace"; readonly key: string; readonly instance: number }
  | { readonly kind: "createOnce"; readonly key: string; readonly resource: Created | "workspaces" }
  | { readonly kind: "create"; readonly key: string; readonly resource: Created }
  | { readonly kind: "deployment"; readonly key: string }
  | { readonly kind: "upload"; readonly key: string }
  /** Uploads a file, with a record from which the next process continues. */
  | { readonly kind: "upload file"; readonly key: string }
  /** Looks for the effect of a call whose outcome was uncertain, as the error advises. */
  | { readonly kind: "look up"; readonly key: string; readonly resource: Created | "deployments" | "images" }
  /** Makes many reads during an outage, with a separate client. */
  | { readonly kind: "outage" }
  | { readonly kind: "download" }
  | { readonly kind: "batch"; readonly priority: "yield" | "preferred"; readonly instances: readonly number[] }
  | { readonly kind: "list"; readonly resource: Listed; readonly limit: number; readonly lookAhead: boolean }
  | { readonly kind: "logs" };

export type Step = Operation & {
  /** For example `1.0.3`: process 1, lane 0, fourth step. */
  readonly id: string;
  readonly client: "methods" | "paths";
};

export interface Plan {
  readonly seed: string;
  readonly transport: "global" | "node";
  readonly assumptions: Partial<Assumptions>;
  readonly rates: Rates;
  /** The steps of each lane of each process. */
  readonly processes: readonly (readonly (readonly Step[])[])[];
  /** The faults stop when this many steps have begun. */
  readonly quietAfter: number;
}

/** A part of a plan, to find out which steps and faults a violation needs. */
export interface Subset {
  /** The ids of the steps that remain. @default all */
  readonly steps?: ReadonlySet<string>;
  /** The faults that remain. `1.0.3:2` is that of the second request of a step. @default all */
  readonly strikes?: ReadonlySet<string>;
}

export interface PlanOptions {
  readonly transport?: Plan["transport"] | undefined;
  readonly processes?: number | undefined;
  /** The number of steps of each lane. */
  readonly steps?: number | undefined;
}

export function planFor(seed: string, options: PlanOptions = {}, { steps }: Subset = {}): Plan {
  const choose = choicesFrom(`${seed} plan`);
  const processCount = options.processes ?? Math.min(choose.between(2, 6), choose.between(2, 6));
  const laneCount = choose.between(1, 3);
  const stepCount = options.steps ?? choose.between(3, 6);
  const transport = options.transport ?? choose.oneOf(["global", "node"] as const);
  const assumptions = assumptionsFor(choose);
  const rates = ratesFor(choose);
  const likely = kindsFor(choose);
  const quietShare = 0.6 + choose.random() * 0.35;
  const processes = numbers(processCount).map((process) =>
    numbers(laneCount).map((lane) =>
      numbers(stepCount)
        .map((index): Step => {
          const id = `${process}.${lane}.${index}`;
          const own = choicesFrom(`${seed} step ${id}`);
          return { ...operationFor(own, own.oneOf(likely), id), id, client: own.oneOf(["methods", "paths"] as const) };
        })
        .filter(({ id }) => steps?.has(id) ?? true),
    ),
  );
  const count = processes.flat(2).length;
  return { seed, transport, assumptions, rates, processes, quietAfter: Math.floor(count * quietShare) + 1 };
}

/** The fault of the nth request of a step. Only the seed decides it. */
export function strikeFor(
  plan: Plan,
  { strikes }: Subset,
  step: string,
  nth: number,
  method: string,
): Fault | undefined {
  if (!(strikes?.has(`${step}:${nth}`) ?? true)) return undefined;
  const [process = 0, lane = 0] = step.split(".").map(Number);
  const kind = plan.processes[process]?.[lane]?.find(({ id }) => id === step)?.kind;
  if (kind === "outage") return { kind: "refuse", status: 503, retryAfter: 1 } as const;
  const choose = choicesFrom(`${plan.seed} strike ${step} ${nth}`);
  // The record of an upload matters only to the next process.
  if (kind === "upload file" && choose.random() < 0.15) return { kind: "kill", delivered: choose.random() < 0.8 };
  return faultFor(choose, plan.rates, method);
}

type Planned = Exclude<Operation["kind"], "order again" | "look up">;
const weights: Readonly<Record<Planned, number>> = {
  order: 6,
  "order without key": 4,
  placeOrder: 5,
  transfer: 4,
  replace: 4,
  createOnce: 6,
  create: 5,
  deployment: 2,
  upload: 2,
  "upload file": 3,
  "reused key": 2,
  outage: 1,
  download: 2,
  batch: 5,
  list: 5,
  logs: 2,
};
const kinds = Object.keys(weights) as Planned[];

/** The kinds to choose from, each repeated according to its probability. Three are frequent in each plan, so that they interact. */
function kindsFor(choose: Choices): readonly Planned[] {
  const usual = kinds.filter((kind) => kind !== "outage");
  const frequent = new Set<Planned>([choose.oneOf(usual), choose.oneOf(usual), choose.oneOf(usual)]);
  return kinds.flatMap((kind) => Array<Planned>(weights[kind] * (frequent.has(kind) ? 4 : 1)).fill(kind));
}

/** The number of keys and intents. There are few, so that processes share them. */
const sharedKeys = 3;
const createds = ["pools", "instances", "instanceTemplates"] as const;
const listeds = ["pools", "orders", "instances", "instanceTemplates"] as const;

function operationFor(choose: Choices, kind: Planned, id: string): Operation {
  const shared = choose.between(0, sharedKeys - 1);
  const own = Number(id.replaceAll(".", "")) + 20;
  const waits = choose.random() < 0.5;
  switch (kind) {
    case "order":
      return { kind, key: `order-${shared}`, slot: shared, waits };
    case "order without key":
    case "reused key":
      return { kind, key: `order-of-${id}`, slot: own };
    case "placeOrder":
      return { kind, key: `intent-${shared}`, slot: 5 + shared };
    case "transfer":
      return { kind, key: `transfer-${shared}`, slot: shared, waits };
    case "replace":
      return { kind, key: `replace-${shared}`, instance: shared };
    case "createOnce": {
      const resource = choose.oneOf([...createds, "workspaces"] as const);
      return { kind, key: `once-${resource}-${shared}`, resource };
    }
    case "create":
      return { kind, key: `create-${id}`, resource: choose.oneOf(createds) };
    case "deployment":
      return { kind, key: `deployment-${id.replaceAll(".", "-")}` };
    case "upload":
      return { kind, key: `image-${shared}` };
    case "upload file":
      return { kind, key: `image-of-${id.replaceAll(".", "-")}` };
    case "batch":
      return { kind, priority: choose.oneOf(["yield", "preferred"] as const), instances: [3, 4, 5] };
    case "list":
      return {
        kind,
        resource: choose.oneOf(listeds),
        limit: choose.between(1, 4),
        lookAhead: choose.random() < 0.5,
      };
    default:
      return { kind };
  }
}

/** Possible behavior of the service for which the SDK has the same guarantees. */
function assumptionsFor(choose: Choices): Partial<Assumptions> {
  return {
    keyScope: choose.oneOf(["operation", "account"] as const),
    keyReplayStatus: choose.oneOf(["original", 200] as const),
    keyReplayBody: choose.oneOf(["original", "current"] as const),
    keyMismatch: choose.oneOf(["replay", 400, 409, 422] as const),
    defaultOrder: choose.oneOf(["newest", "oldest"] as const),
    hasMoreBackward: choose.oneOf(["direction", "forward"] as const),
    limitOutOfRange: choose.oneOf(["refuse", "clamp"] as const),
    tagFilters: choose.oneOf(["all", "any"] as const),
    buyHold: choose.oneOf(["limit", "nothing"] as const),
    replacementPublicIp: choose.oneOf(["new", "same"] as const),
    partialImmediateStatus: choose.oneOf(["cancelled", "partially_filled", "filled"] as const),
    patchNull: choose.oneOf(["ignore", "refuse"] as const),
    assignSeconds: choose.oneOf([0, 1, 30]),
    logOrder: choose.oneOf(["seqnum", "-seqnum"] as const),
    onAllocationLoss: choose.oneOf(["terminate", "wait"] as const),
    uploadStateRefusal: choose.oneOf([400, 404] as const),
    orderSeconds: choose.oneOf([0, 1, 30]),
    transferSeconds: choose.oneOf([0, 1, 30]),
  };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
