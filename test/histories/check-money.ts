/** Checks that money and nodes have moved exactly as the orders and transfers state, in micro-dollars and node-seconds. */
import { parseDollars } from "../../src/workflows/values.js";
import type { Evidence, Violation } from "./check.js";

const startBalance = 100_000_000_000n;
const micros = (dollars: string) =>
  parseDollars(dollars.replace("-", ""), "dollars") * (dollars.startsWith("-") ? -1n : 1n);

type Ranges = readonly { readonly start_at: number; readonly end_at?: number | null; readonly node_count: number }[];

export function checkMoney({ simulator, history, scene }: Evidence): Violation[] {
  const { state } = simulator;
  const violations: Violation[] = [];
  const wrong = (rule: string, text: string) => void violations.push({ rule, text, steps: [] });
  const account = micros(state.balances.account);
  const total = account + micros(state.balances.market) + micros(state.balances.fees);
  if (total !== startBalance) wrong("money is conserved", `the balances add up to ${total}`);
  let spent = 0n;
  for (const { fills = [], side } of state.orders) {
    for (const fill of fills) {
      const price = micros(fill.price_dollars_per_node_hour);
      const cost = (price * BigInt(nodeSeconds(fill.allocation_schedule_delta))) / 3_600n;
      spent += side === "buy" ? cost : -cost;
    }
  }
  if (startBalance - account !== spent) {
    wrong("the ledger agrees", `${startBalance - account} left the account, and the fills cost ${spent}`);
  }
  for (const { step, end } of history.runs) {
    if (end?.as !== "ok" || end.result.total === undefined) continue;
    const order = state.orders.find(({ id }) => id === end.result.id);
    const price = order && micros(order.limit_price_dollars_per_node_hour);
    const most = price && (price * BigInt(nodeSeconds(order.allocation_schedule_delta))) / 3_600n;
    if (micros(end.result.total) !== most) {
      violations.push({ rule: "totals", text: `${end.result.total} returned, ${most} placed`, steps: [step.id] });
    }
  }
  checkNodes(simulator, scene, wrong);
  return violations;
}

/** At each hour, each pool must have its initial nodes plus those of its orders and transfers. */
function checkNodes(
  { state, now }: Evidence["simulator"],
  { slots, pool, otherPool, sku }: Evidence["scene"],
  wrong: (rule: string, text: string) => void,
): void {
  const nodesAt = (ranges: Ranges, time: number) =>
    ranges.reduce((sum, { start_at, end_at, node_count }) => {
      return start_at <= time && time < (end_at ?? Number.POSITIVE_INFINITY) ? sum + node_count : sum;
    }, 0);
  // Each read of the state is a new copy.
  const { orders, poolTransfers, pools, instances } = state;
  const executed = poolTransfers.filter(({ status }) => status === "executed");
  for (const id of [pool, otherPool]) {
    const schedule = pools.find((one) => one.id === id)?.allocation_schedule.by_instance_sku[sku] ?? [];
    const running = instances.filter((one) => one.pool.id === id && one.status === "running").length;
    const present = nodesAt(schedule, now.getTime() / 1_000);
    if (running > present)
      wrong("nodes are promised once", `${running} instances run on the ${present} nodes of ${id}`);
    const bought = orders
      .filter((order) => order.pool.id === id)
      .flatMap(({ filled_allocation_schedule_delta }) => filled_allocation_schedule_delta);
    const moved = (direction: "from_pool" | "to_pool") =>
      executed
        .filter((transfer) => transfer[direction] === id)
        .flatMap((transfer) => transfer.allocation_schedule_delta);
    const [received, given] = [moved("to_pool"), moved("from_pool")];
    for (let time = slots; time < slots + 600 * 3_600; time += 3_600) {
      const expected = (id === pool ? 8 : 0) + nodesAt(bought, time) + nodesAt(received, time) - nodesAt(given, time);
      const held = nodesAt(schedule, time);
      if (held !== expected) {
        wrong("nodes are conserved", `${id} has ${held} nodes at ${time}, not ${expected}`);
        break;
      }
    }
  }
}

function nodeSeconds(ranges: Ranges): number {
  return ranges.reduce(
    (sum, { start_at, end_at, node_count }) => sum + node_count * ((end_at ?? start_at) - start_at),
    0,
  );
}
