import { describe, expect, test } from "vitest";
import type { Instance } from "../../src/generated/types.js";
import { WaitError } from "../../src/workflows/errors.js";
import {
  waitForImage,
  waitForInstance,
  waitForOrder,
  waitForPoolTransfer,
  waitForSsh,
} from "../../src/workflows/wait.js";
import { ApiError } from "../../src/wrappers/errors.js";
import { clientOf, errorOf, hastyRuntime, operationsOf, type Stage, stage } from "./support.js";

/** A `#cloud-config` script: without a startup script, an instance has no SSH. */
const script = { cloud_init_user_data: "I2Nsb3VkLWNvbmZpZwo=" };

async function instanceOn({ sim, sfc }: Stage, pool = "sfc:pool:acme:default:main", more = {}): Promise<Instance> {
  const [sku] = sim.state.instanceSkus;
  const image = "sfc:image:acme:default:trainer";
  return sfc.instances.create({ name: "job", pool, image, instance_sku: sku?.id ?? "", ...more });
}

const withScript = (scene: Stage) => instanceOn(scene, undefined, script);

/** A client of one instance that has these statuses in turn. The last one stays. */
function scripted(...statuses: (string | Error)[]) {
  const asked: string[] = [];
  const get = async (id: string) => {
    const status = statuses[Math.min(asked.push(id), statuses.length) - 1];
    if (status instanceof Error) throw status;
    return { id: "inst_1", status };
  };
  return { asked, sfc: { instances: { get } } as unknown as Parameters<typeof waitForInstance>[0] };
}

function apiError(status: number, retryAfterMs?: number): ApiError {
  const response = {
    status,
    type: "api_error",
    details: [],
    headers: new Headers(),
    requestId: undefined,
    retryAfterMs,
  };
  return new ApiError("no", response, {});
}

describe("waitForInstance", () => {
  test("returns the instance once it runs", async () => {
    const scene = await stage();
    const { id } = await instanceOn(scene);
    const instance = await waitForInstance(scene.sfc, id, "running", { runtime: scene.runtime });
    expect(instance).toMatchObject({ id, status: "running" });
  });

  test("ends at once with the last state when the goal can no longer be reached", async () => {
    const scene = await stage();
    const { id } = await instanceOn(scene, "sfc:pool:acme:default:spare");
    await scene.sfc.instances.terminate(id);
    const error = (await errorOf(
      waitForInstance(scene.sfc, id, "running", { runtime: scene.runtime }),
    )) as WaitError<Instance>;
    expect(error).toMatchObject({ name: "WaitError", reason: "unreachable", state: "terminated" });
    expect(error.last).toMatchObject({ id, status: "terminated" });
    expect(scene.runtime.waits).toEqual([]);
  });

  test("treats running as unreachable after failed, but not terminated", async () => {
    const failed = scripted("running", "failed", "failed", "terminated");
    await expect(
      waitForInstance(failed.sfc, "inst_1", "terminated", { runtime: hastyRuntime() }),
    ).resolves.toMatchObject({ status: "terminated" });
    const again = scripted("awaiting_allocation", "failed");
    await expect(waitForInstance(again.sfc, "inst_1", "running", { runtime: hastyRuntime() })).rejects.toMatchObject({
      reason: "unreachable",
      state: "failed",
    });
  });

  test("gives up at the deadline, and returns the last state on the error", async () => {
    const scene = await stage();
    const { id } = await instanceOn(scene, "sfc:pool:acme:default:spare");
    const wait = waitForInstance(scene.sfc, id, "running", { runtime: scene.runtime, deadlineMs: 59_000 });
    const error = await errorOf(wait);
    expect(error).toMatchObject({ name: "WaitError", reason: "deadline", state: "awaiting_allocation" });
    expect(scene.runtime.waits.reduce((sum, ms) => sum + ms, 0)).toBe(59_000);
  });

  test("resolves a path once and then uses the id, so that a rename does not matter", async () => {
    const scene = await stage();
    const { id } = await instanceOn(scene);
    const get = async (idOrPath: string) => {
      const instance = await scene.sfc.instances.get(idOrPath);
      await scene.sfc.instances.update(id, { name: "renamed" });
      return instance;
    };
    const sfc = { instances: { get } } as unknown as typeof scene.sfc;
    const path = "sfc:instance:acme:default:job";
    const instance = await waitForInstance(sfc, path, "running", { runtime: scene.runtime });
    expect(instance).toMatchObject({ id, name: "renamed", status: "running" });
  });

  test("continues after an unknown status", async () => {
    const { sfc } = scripted("awaiting_allocation", "migrating", "running");
    await expect(waitForInstance(sfc, "inst_1", "running", { runtime: hastyRuntime() })).resolves.toMatchObject({
      status: "running",
    });
  });

  test("survives an outage that outlasts the client's own retries", async () => {
    const { sfc } = scripted("awaiting_allocation", apiError(503), apiError(500), apiError(429), "running");
    await expect(waitForInstance(sfc, "inst_1", "running", { runtime: hastyRuntime() })).resolves.toMatchObject({
      status: "running",
    });
  });

  test("waits at least as long as Retry-After states", async () => {
    const runtime = hastyRuntime();
    const { sfc } = scripted(apiError(503, 40_000), "running");
    await waitForInstance(sfc, "inst_1", "running", { runtime });
    expect(runtime.waits).toEqual([40_000]);
  });

  test("ends with the service's error when Retry-After exceeds an hour", async () => {
    const { sfc, asked } = scripted("awaiting_allocation", apiError(503, 3_600_001), "running");
    const wait = waitForInstance(sfc, "inst_1", "running", { runtime: hastyRuntime() });
    expect(await errorOf(wait)).toMatchObject({ name: "ApiError", status: 503, retryAfterMs: 3_600_001 });
    expect(asked).toHaveLength(2);
  });

  test("throws the error of onPoll, even when it looks like a transient failure", async () => {
    const { sfc, asked } = scripted("awaiting_allocation", "running");
    const own = apiError(503);
    const wait = waitForInstance(sfc, "inst_1", "running", {
      runtime: hastyRuntime(),
      onPoll: () => {
        throw own;
      },
    });
    expect(await errorOf(wait)).toBe(own);
    expect(asked).toHaveLength(1);
  });

  test("throws the error of an async onPoll", async () => {
    const { sfc, asked } = scripted("awaiting_allocation", "running");
    const own = apiError(503);
    const onPoll = () => Promise.reject(own);
    const wait = waitForInstance(sfc, "inst_1", "running", { runtime: hastyRuntime(), onPoll });
    expect(await errorOf(wait)).toBe(own);
    expect(asked).toHaveLength(1);
  });

  test.each([401, 403, 404])("ends with the service's error on a %i", async (status) => {
    const { sfc, asked } = scripted("awaiting_allocation", apiError(status));
    await expect(waitForInstance(sfc, "inst_1", "running", { runtime: hastyRuntime() })).rejects.toMatchObject({
      name: "ApiError",
      status,
    });
    expect(asked).toHaveLength(2);
  });

  test("polls less and less often, up to maxPollMs", async () => {
    const runtime = hastyRuntime();
    const { sfc } = scripted(...Array.from({ length: 9 }, () => "awaiting_allocation"), "running");
    await waitForInstance(sfc, "inst_1", "running", { runtime, pollMs: 1_000, maxPollMs: 5_000 });
    expect(runtime.waits).toEqual([1_000, 1_500, 2_250, 3_375, 5_000, 5_000, 5_000, 5_000, 5_000]);
  });

  test("ends with an AbortError when the caller aborts during a delay, and leaves no timer", async () => {
    const controller = new AbortController();
    const { sfc, asked } = scripted("awaiting_allocation");
    const wait = waitForInstance(sfc, "inst_1", "running", {
      runtime: hastyRuntime(),
      signal: controller.signal,
      onPoll: () => queueMicrotask(() => controller.abort()),
    });
    await expect(wait).rejects.toMatchObject({ name: "AbortError" });
    expect(asked).toHaveLength(1);
  });

  test("does not print the instance when the error is printed", async () => {
    const { sfc } = scripted("terminated");
    const error = await errorOf(waitForInstance(sfc, "inst_1", "running", { runtime: hastyRuntime() }));
    expect(WaitError.is(error)).toBe(true);
    expect(JSON.stringify(error)).not.toContain('"last"');
  });
});

describe("waitForSsh", () => {
  test("returns the details once the machine has booted", async () => {
    const scene = await stage();
    const { id } = await withScript(scene);
    const states: string[] = [];
    const ssh = await waitForSsh(scene.sfc, id, {
      runtime: scene.runtime,
      onPoll: ({ instance }) => states.push(instance.status),
    });
    expect(ssh.hostname).not.toBe("");
    expect(new Set(states)).toEqual(new Set(["awaiting_allocation", "running"]));
  });

  test("ends when the machine fails while it boots", async () => {
    const scene = await stage();
    const { id } = await withScript(scene);
    const onPoll = ({ instance }: { instance: Instance }) => {
      if (instance.status === "running") scene.sim.failInstance(id);
    };
    await expect(waitForSsh(scene.sfc, id, { runtime: scene.runtime, onPoll })).rejects.toMatchObject({
      reason: "unreachable",
      state: "failed",
    });
  });

  test("ends at once without a startup script, because no one could ever log in", async () => {
    const scene = await stage();
    const { id } = await instanceOn(scene);
    const error = await errorOf(waitForSsh(scene.sfc, id, { runtime: scene.runtime }));
    expect(error).toMatchObject({ name: "WaitError", reason: "unreachable", state: "awaiting_allocation" });
    expect(error).toMatchObject({ message: expect.stringContaining("without cloud_init_user_data") });
    expect(scene.runtime.waits).toEqual([]);
  });

  test("ends at once for a replacement without a script of its own", async () => {
    const scene = await stage();
    const { id } = await withScript(scene);
    await waitForSsh(scene.sfc, id, { runtime: scene.runtime });
    const image = "sfc:image:acme:default:trainer";
    const [without, again] = [{ image }, { image, ...script }];
    const lost = await scene.sfc.instances.replace(id, without);
    await expect(waitForSsh(scene.sfc, lost.id, { runtime: scene.runtime })).rejects.toMatchObject({
      reason: "unreachable",
    });
    const found = await scene.sfc.instances.replace(lost.id, again);
    expect((await waitForSsh(scene.sfc, found.id, { runtime: scene.runtime })).port).toBe(22);
  });

  test("returns the details if the service provides them without a script", async () => {
    const scene = await stage({ assumptions: { sshWithoutScript: "details" } });
    const { id } = await instanceOn(scene);
    scene.sim.advance({ minutes: 10 });
    expect((await waitForSsh(scene.sfc, id, { runtime: scene.runtime })).port).toBe(22);
  });

  test("distinguishes a wrong id from a machine that boots", async () => {
    const { sfc, runtime } = await stage();
    await expect(waitForSsh(sfc, "inst_000000000000000000000", { runtime })).rejects.toMatchObject({ status: 404 });
  });
});

describe("waitForOrder", () => {
  async function order({ sim, sfc }: Stage, limit: string, more: object = {}) {
    const [sku] = sim.state.instanceSkus;
    const start_at = sim.now.getTime() / 1000 + 3_600;
    return sfc.orders.create({
      pool: "sfc:pool:acme:default:main",
      side: "buy",
      instance_sku: sku?.id ?? "",
      allocation_schedule_delta: [{ start_at, end_at: start_at + 3_600, node_count: 1 }],
      limit_price_dollars_per_node_hour: limit,
      ...more,
    });
  }

  test("returns the order once it is filled", async () => {
    const scene = await stage();
    const { id } = await order(scene, "20.000000");
    await expect(waitForOrder(scene.sfc, id, "filled", { runtime: scene.runtime })).resolves.toMatchObject({
      status: "filled",
    });
  });

  test("treats cancelled as settled, but not as filled", async () => {
    const scene = await stage();
    const { id } = await order(scene, "1.000000");
    const options = { runtime: scene.runtime };
    await expect(waitForOrder(scene.sfc, id, "settled", options)).resolves.toMatchObject({ status: "cancelled" });
    await expect(waitForOrder(scene.sfc, id, "filled", options)).rejects.toMatchObject({
      reason: "unreachable",
      state: "cancelled",
    });
  });

  test("keeps waiting for an order that stays on the orderbook", async () => {
    const scene = await stage();
    const { id } = await order(scene, "1.000000", { allow_standing: true });
    const wait = waitForOrder(scene.sfc, id, "settled", { runtime: scene.runtime, deadlineMs: 50_000 });
    await expect(wait).rejects.toMatchObject({ reason: "deadline", state: "standing" });
  });
});

describe("waitForPoolTransfer", () => {
  const between = async ({ sim, sfc }: Stage, node_count: number) => {
    const [sku] = sim.state.instanceSkus;
    const start_at = sim.now.getTime() / 1000 + 3_600;
    return sfc.poolTransfers.create({
      from_pool: "sfc:pool:acme:default:main",
      to_pool: "sfc:pool:acme:default:spare",
      instance_sku: sku?.id ?? "",
      allocation_schedule_delta: [{ start_at, end_at: start_at + 3_600, node_count }],
    });
  };

  test("returns the transfer once it is executed", async () => {
    const scene = await stage();
    const { id } = await between(scene, 1);
    await expect(waitForPoolTransfer(scene.sfc, id, { runtime: scene.runtime })).resolves.toMatchObject({
      status: "executed",
    });
  });

  test("ends with the service's reason when it is rejected", async () => {
    const scene = await stage();
    const { id } = await between(scene, 99);
    const error = await errorOf(waitForPoolTransfer(scene.sfc, id, { runtime: scene.runtime }));
    expect(error).toMatchObject({
      reason: "unreachable",
      state: "rejected",
      message: expect.stringMatching(/rejected \(.+\)/),
    });
  });
});

describe("waitForImage", () => {
  test("returns once another caller has completed the upload, and fails when the image is revoked", async () => {
    const scene = await stage();
    const options = { runtime: scene.runtime };
    const path = "sfc:image:acme:default:trainer";
    await expect(waitForImage(scene.sfc, path, options)).resolves.toMatchObject({ upload_status: "completed" });
    await clientOf(scene.sim).images.revoke(path);
    await expect(waitForImage(scene.sfc, path, options)).rejects.toMatchObject({
      reason: "unreachable",
      state: "revoked",
    });
    expect(operationsOf(scene.sim).at(-1)).toBe("fetch_image");
  });
});
