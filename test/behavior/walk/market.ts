import { type Simulator, startSimulator, type World } from "../../../packages/devtools/src/simulator.js";
import { ApiError, type Instance, type InstancePriority, SfcClient } from "../../../src/index.js";
import { namesIn } from "../names.js";

/** Little money and a small market, so that a walk reaches the limits: orders above the balance, and nodes that other orders hold. */
const smallWorld: Partial<World> = {
  balance: "300.00",
  book: [
    { side: "sell", sku: "richmond", nodes: 6, price: "16.800000", fromHours: 0, untilHours: 336 },
    { side: "buy", sku: "richmond", nodes: 3, price: "12.000000", fromHours: 0, untilHours: 336 },
    { side: "sell", sku: "alameda", nodes: 4, price: "21.600000", fromHours: 0, untilHours: 336 },
  ],
};
export const startingBalance = 300_000_000n;
/** The initial nodes of the pool `main`, which last until long after the walk. */
export const startingNodes = 4;

/** What a walk acts on: a simulator, and a client that calls it directly. */
export interface Market {
  readonly simulator: Simulator;
  readonly sfc: SfcClient;
  readonly skus: readonly string[];
  readonly image: string;
  /** Unix seconds on a whole minute, the given number of half hours from now. */
  slot(halfHours: number): number;
  pools(): readonly string[];
  instances(): readonly Instance[];
  orders(): readonly string[];
}

export async function openMarket(): Promise<Market> {
  // Keys last longer than the walk, so that a repeat returns the first result no matter how much time has passed.
  const simulator = await startSimulator({ world: smallWorld, assumptions: { keyLifetimeSeconds: 10 ** 9 } });
  const { sku, image, hour } = namesIn(simulator);
  const { state, url, token } = simulator;
  return {
    simulator,
    sfc: new SfcClient({ baseUrl: url, token, maxRetries: 0 }),
    skus: [sku("richmond"), sku("alameda")],
    // The image is public, so that instances of every workspace can start from it.
    image: image("ubuntu-24.04-cuda-13"),
    slot: (halfHours) => hour(0) + halfHours * 1800,
    pools: () => state.pools.map(({ id }) => id),
    instances: () => state.instances,
    orders: () => state.orders.map(({ id }) => id),
  };
}

/** What a walk must remember itself. */
export interface Memory {
  /** The instances that any call has created. */
  created: number;
  deleted: number;
  /** A function that repeats the first request with a key, and the id that this request returned. */
  readonly keys: Map<string, { readonly id: string; readonly repeat: () => PromiseLike<{ id: string }> }>;
  /** Orders that were refused because their money was held by other orders or spent. */
  unpaid: number;
  /** Commands that were carried out. */
  steps: number;
}

export function emptyMemory(): Memory {
  return { created: 0, deleted: 0, keys: new Map(), unpaid: 0, steps: 0 };
}

export const priorities: readonly InstancePriority[] = ["yield", "normal", "preferred", "critical"];

/** Chooses one of the present items by a random number. */
export function choose<T>(from: readonly T[], random: number): T | undefined {
  return from[random % Math.max(1, from.length)];
}

/** The response, or the status of a declared error. Any other error fails the walk. */
export async function outcome<T>(call: PromiseLike<T>): Promise<{ ok: T } | { refused: number }> {
  try {
    return { ok: await call };
  } catch (error) {
    if (ApiError.is(error) && error.status >= 400 && error.status < 500) return { refused: error.status };
    throw error;
  }
}
