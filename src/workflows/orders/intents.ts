import { UsageError } from "../../wrappers/errors.js";
import { canonicalJson } from "../canonical-json.js";
import type { Draft } from "./draft.js";
import type { OrderPlan } from "./plan.js";

/** What one client knows of an intent. */
export interface KnownIntent {
  readonly plan: string;
  /** What was sent: a repeat with a newer quote would be another request under the same key. */
  readonly draft: Draft;
  /** Absent while it is not certain what became of the request. */
  readonly orderId?: string;
}

const clients = /* @__PURE__ */ new WeakMap<object, Map<string, KnownIntent>>();
/** As many as the client remembers keys. */
const rememberedIntents = 10_000;

/** What a client has sent for each key. */
export class Intents {
  readonly #known: Map<string, KnownIntent>;

  /** `orders` stands for its client. */
  constructor(orders: object) {
    this.#known = clients.get(orders) ?? new Map();
    clients.set(orders, this.#known);
  }

  /** Throws `UsageError` for an intent that was used with another plan. */
  get(key: string, plan: OrderPlan): KnownIntent | undefined {
    const known = this.#known.get(key);
    if (known !== undefined && known.plan !== canonicalJson(plan)) {
      throw new UsageError("options.intent", "already stands for another plan; give this one an intent of its own");
    }
    return known;
  }

  set(key: string, plan: OrderPlan, draft: Draft, orderId?: string): void {
    this.#known.set(key, { plan: canonicalJson(plan) ?? "", draft, ...(orderId !== undefined && { orderId }) });
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedIntents && oldest !== undefined) this.#known.delete(oldest);
  }

  delete(key: string): void {
    this.#known.delete(key);
  }

  /** Orders that are known to be of other intents. */
  ordersOfOthers(key: string): string[] {
    return [...this.#known].flatMap(([other, { orderId }]) => (other === key || !orderId ? [] : [orderId]));
  }
}
