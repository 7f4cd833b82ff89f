/** Steps on the market: orders and pool transfers. */
import { type OrderCreate, type PoolTransferCreate, UsageError } from "../../src/index.js";
import { placeOrder, waitForOrder, waitForPoolTransfer } from "../../src/workflows.js";
import type { Result, Scene } from "./messages.js";
import type { Clients, StepOf } from "./perform.js";
import { idFrom } from "./result.js";

const hour = 3_600;
/** The delay between the two orders of a key that is used twice. */
export const slotsApart = 1_000;

export async function placeKeyed({ sfc, paths, scene, runtime }: Clients, step: StepOf<"order">): Promise<Result> {
  const body = orderBody(scene, step.slot);
  const id =
    step.client === "methods"
      ? (await sfc.orders.create(body, { idempotencyKey: step.key })).id
      : (
          await idFrom(
            await paths.POST("/preview/v2/orders", { body, params: { header: { "Idempotency-Key": step.key } } }),
          )
        ).id;
  if (!step.waits || id === undefined) return { id };
  const order = await waitForOrder(sfc, id, "settled", { runtime }).catch((error: unknown) => keepsWrite(error));
  return { id, status: order?.status };
}

export async function transfer({ sfc, paths, scene, runtime }: Clients, step: StepOf<"transfer">): Promise<Result> {
  const { start_at, end_at } = range(scene, step.slot);
  const body: PoolTransferCreate = {
    from_pool: scene.pool,
    to_pool: scene.otherPool,
    instance_sku: scene.sku,
    allocation_schedule_delta: [{ start_at, end_at, node_count: 1 }],
  };
  const id =
    step.client === "methods"
      ? (await sfc.poolTransfers.create(body, { idempotencyKey: step.key })).id
      : (
          await idFrom(
            await paths.POST("/preview/v2/pool_transfers", {
              body,
              params: { header: { "Idempotency-Key": step.key } },
            }),
          )
        ).id;
  if (!step.waits || id === undefined) return { id };
  const moved = await waitForPoolTransfer(sfc, id, { runtime }).catch((error: unknown) => keepsWrite(error));
  return { id, status: moved?.status };
}

/** The preceding write has succeeded, whether waiting succeeds or fails. */
function keepsWrite(error: unknown): undefined {
  if (!(error instanceof Error)) throw error;
  return undefined;
}

export async function placeWithoutKey(
  { sfc, paths, scene }: Clients,
  step: StepOf<"order without key">,
): Promise<Result> {
  const body = orderBody(scene, step.slot);
  if (step.client === "methods") return { id: (await sfc.orders.create(body)).id };
  return idFrom(await paths.POST("/preview/v2/orders", { body }));
}

/** The service may return the first order for the second request, so the client must refuse to send it. */
export async function reuseKey({ sfc, scene }: Clients, { key, slot }: StepOf<"reused key">): Promise<Result> {
  const options = { idempotencyKey: key };
  const { id } = await sfc.orders.create(orderBody(scene, slot), options);
  try {
    await sfc.orders.create(orderBody(scene, slot + slotsApart), options);
    return { id, refused: false };
  } catch (error) {
    return { id, refused: UsageError.is(error) };
  }
}

export async function placeIntent(
  { sfc, scene, runtime }: Clients,
  { key, slot }: StepOf<"placeOrder">,
): Promise<Result> {
  const { start_at, end_at } = range(scene, slot);
  const plan = { side: "buy", pool: scene.pool, start_at, duration_seconds: end_at - start_at } as const;
  const { order, totalDollars } = await placeOrder(
    sfc,
    { ...plan, node_count: 1, instance_sku: scene.sku },
    { intent: key, maxSpend: "40", runtime },
  );
  return { id: order.id, total: totalDollars };
}

export async function orderAgain({ sfc, scene }: Clients, step: StepOf<"order again">): Promise<Result> {
  const options = { idempotencyKey: step.idempotencyKey };
  return { id: (await sfc.orders.create(orderBody(scene, step.slot), options)).id };
}

function range({ slots }: Scene, slot: number) {
  return { start_at: slots + slot * hour, end_at: slots + (slot + 1) * hour };
}

function orderBody(scene: Scene, slot: number): OrderCreate {
  const { start_at, end_at } = range(scene, slot);
  return {
    side: "buy",
    pool: scene.pool,
    instance_sku: scene.sku,
    allocation_schedule_delta: [{ start_at, end_at, node_count: 1 }],
    limit_price_dollars_per_node_hour: "20.000000",
    allow_standing: true,
  };
}
