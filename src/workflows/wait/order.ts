import type { Resources } from "../../generated/resources/index.js";
import type { Order } from "../../generated/types.js";
import { checkValue, oneOf } from "../../wrappers/checks.js";
import { type Verdict, type WaitOptions, watch } from "./poll.js";

const fiveMinutesMs = 5 * 60_000;
const aGoal = /* @__PURE__ */ oneOf("settled", "filled");

/** Statuses after which nothing more happens to an order. */
const final: readonly string[] = ["filled", "cancelled", "rejected"];

/**
 * Waits for an order: until nothing more can happen to it (`"settled"`: filled, cancelled or rejected, whichever), or until it is `"filled"`.
 * An order that may stand settles when it is filled, cancelled, or its time is over; `partially_filled` is still active.
 *
 * Calls `orders.get` (`GET /preview/v2/orders/{id}`), again and again; it changes nothing.
 * @param options `deadlineMs` is 5 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when `"filled"` was wanted and the order is `cancelled` or `rejected` (what did fill is in `last`), `"deadline"` when the time is up
 */
export async function waitForOrder(
  sfc: Pick<Resources, "orders">,
  id: string,
  goal: "settled" | "filled" = "settled",
  options: WaitOptions<Order> = {},
): Promise<Order> {
  checkValue(goal, aGoal, "goal");
  return watch(
    {
      what: `order ${id}`,
      goal,
      read: (call) => sfc.orders.get(id, call),
      stateOf: ({ status }) => status,
      verdict: ({ status }) => verdictOf(status, goal),
    },
    options,
    fiveMinutesMs,
  );
}

function verdictOf(status: string, goal: "settled" | "filled"): Verdict {
  if (!final.includes(status)) return "pending";
  return goal === "settled" || status === "filled" ? "reached" : "unreachable";
}
