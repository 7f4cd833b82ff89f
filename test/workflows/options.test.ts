import { describe, expect, test } from "vitest";
import * as workflows from "../../src/workflows.js";
import { errorOf } from "./support.js";

type Options = Readonly<Record<string, unknown>>;

/** No call may be made before the options are checked. */
const sfc = new Proxy({} as never, {
  get: (_, name) => {
    throw new Error(`the client was asked for ${String(name)}`);
  },
});

const plan = { side: "buy", pool: "pool_1", start_at: 1_800_000_000, duration_seconds: 3_600, node_count: 1 } as const;

/** One call of each function that takes options, with valid options. */
const calls: Record<string, { with(options: unknown): unknown; good: Options }> = {
  waitForInstance: { with: (it) => workflows.waitForInstance(sfc, "inst_1", "running", it as never), good: {} },
  waitForSsh: { with: (it) => workflows.waitForSsh(sfc, "inst_1", it as never), good: {} },
  waitForOrder: { with: (it) => workflows.waitForOrder(sfc, "ordr_1", "settled", it as never), good: {} },
  waitForPoolTransfer: { with: (it) => workflows.waitForPoolTransfer(sfc, "pxfr_1", it as never), good: {} },
  waitForImage: { with: (it) => workflows.waitForImage(sfc, "image_1", it as never), good: {} },
  waitUntil: { with: (it) => workflows.waitUntil({} as never, it as never, 1_000), good: {} },
  tailLogs: { with: (it) => workflows.tailLogs(sfc, "inst_1", it as never).next(), good: {} },
  createOnce: {
    with: (it) => workflows.createOnce(sfc, "pools", { workspace: "wksp_1" }, it as never),
    good: { intent: "job-17" },
  },
  placeOrder: {
    with: (it) => workflows.placeOrder(sfc, plan, it as never),
    good: { intent: "job-17", maxSpend: "200" },
  },
  uploadImage: {
    with: (it) => workflows.uploadImage(sfc, new Blob(["x"]), it as never),
    good: { workspace: "wksp_1", name: "trainer" },
  },
  downloadImage: { with: (it) => workflows.downloadImage(sfc, "image_1", new WritableStream(), it as never), good: {} },
  price: { with: (it) => workflows.price("1", it as never), good: {} },
  unixSeconds: { with: (it) => workflows.unixSeconds(new Date(0), it as never), good: {} },
  priorityBatches: { with: (it) => workflows.priorityBatches({}, it as never), good: {} },
};

const rows = Object.entries(calls);
const paced = rows.filter(([name]) => !["price", "unixSeconds", "priorityBatches"].includes(name));
const waiters = rows.filter(([name]) => name.startsWith("wait"));

async function refusalOf({ with: call, good }: (typeof calls)[string], options: Options): Promise<unknown> {
  return errorOf((async () => call({ ...good, ...options }))());
}

const takesNoOptions = ["cloudInit", "logLines", "resourcePath", "tagFilter", "tags"];

test("every workflow with options has a row in this table", () => {
  const functions = Object.keys(workflows).filter((name) => !name.endsWith("Error"));
  expect(functions.sort()).toEqual([...Object.keys(calls), ...takesNoOptions].sort());
});

describe("an unknown option", () => {
  test.each(rows)("of %s is refused by name, with a list of the known options", async (_, call) => {
    for (const name of ["maxSpnd", "intervalMs", "constructor", "__proto__ "]) {
      const error = await refusalOf(call, { [name]: 1 });
      expect(error).toMatchObject({ name: "UsageError", field: `options.${name}`, attempts: 0, ambiguous: false });
      for (const known of Object.keys(call.good)) expect(String(error)).toContain(known);
    }
  });

  test.each(rows)("of %s is refused even when it is undefined", async (_, call) => {
    expect(await refusalOf(call, { deadline: undefined })).toMatchObject({ field: "options.deadline" });
  });

  test("is refused with the names of the known options", async () => {
    const error = await refusalOf(calls.placeOrder as never, { maxSpnd: "1" });
    expect(String(error)).toMatch(/maxSpnd: is unknown; use one of .*maxSpend/);
  });
});

describe("an invalid value is refused", () => {
  test.each(rows)("in %s: options that are not an object", async (_, { with: call }) => {
    for (const options of [1, "deadlineMs", true]) {
      expect(await errorOf((async () => call(options))())).toMatchObject({ name: "UsageError" });
    }
  });

  test.each(paced)("in %s: an invalid limit", async (_, call) => {
    for (const deadlineMs of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, "5000", true]) {
      expect(await refusalOf(call, { deadlineMs })).toMatchObject({ name: "UsageError", field: "options.deadlineMs" });
    }
    expect(await refusalOf(call, { signal: new AbortController() })).toMatchObject({ field: "options.signal" });
  });

  test.each(waiters)("in %s: invalid polling options", async (_, call) => {
    for (const pollMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1"]) {
      expect(await refusalOf(call, { pollMs })).toMatchObject({ name: "UsageError", field: "options.pollMs" });
      expect(await refusalOf(call, { maxPollMs: pollMs })).toMatchObject({ field: "options.maxPollMs" });
    }
    expect(await refusalOf(call, { onPoll: "log" })).toMatchObject({ field: "options.onPoll" });
  });

  test.each([
    ["tailLogs", { follow: "yes" }],
    ["tailLogs", { after: -1 }],
    ["tailLogs", { after: "7" }],
    ["tailLogs", { pollMs: Number.NaN }],
    ["createOnce", { intent: "" }],
    ["createOnce", { intent: undefined }],
    ["createOnce", { maxAttempts: 0 }],
    ["createOnce", { maxAttempts: 1.5 }],
    ["placeOrder", { intent: "" }],
    ["placeOrder", { intent: 17 }],
    ["placeOrder", { dryRun: "true" }],
    ["placeOrder", { dryRun: 1 }],
    ["placeOrder", { maxSpend: 200 }],
    ["placeOrder", { minProceeds: 1 }],
    ["uploadImage", { workspace: undefined }],
    ["uploadImage", { name: undefined }],
    ["uploadImage", { name: 7 }],
    ["uploadImage", { concurrency: 0 }],
    ["uploadImage", { partSize: "64" }],
    ["uploadImage", { resume: 1 }],
    ["uploadImage", { timeoutMs: 0 }],
    ["uploadImage", { fetch: {} }],
    ["uploadImage", { onProgress: true }],
    ["downloadImage", { timeoutMs: Number.POSITIVE_INFINITY }],
    ["downloadImage", { fetch: "fetch" }],
    ["downloadImage", { onProgress: {} }],
    ["price", { round: "upp" }],
    ["unixSeconds", { minute: "upp" }],
    ["priorityBatches", { size: 0 }],
  ])("in %s: %j", async (name, options) => {
    const field = `options.${Object.keys(options)[0]}`;
    expect(await refusalOf(calls[name] as never, options)).toMatchObject({ name: "UsageError", field });
  });
});

describe("an option that is null", () => {
  test.each(rows.filter(([, { good }]) => Object.keys(good).length === 0))("counts as absent in %s", async (_, it) => {
    const reached = (options: unknown) => (async () => it.with(options))().then(String, String);
    const plain = await reached(undefined);
    expect(plain).not.toContain("UsageError");
    expect(await reached(null)).toBe(plain);
    for (const name of [
      "deadlineMs",
      "signal",
      "pollMs",
      "maxPollMs",
      "after",
      "timeoutMs",
      "round",
      "minute",
      "size",
    ]) {
      const outcome = await reached({ [name]: null });
      expect([plain, `UsageError: options.${name}: is unknown`]).toContain(outcome.split("; use one of")[0]);
    }
  });
});

describe("a member of an order's plan", () => {
  test.each([
    ["limit_price", "1"],
    ["nodeCount", 2],
    ["max_spend", undefined],
  ])("is refused by name when it is unknown: %s", async (name, value) => {
    const error = await errorOf(
      workflows.placeOrder(sfc, { ...plan, [name]: value } as never, { intent: "job-17", maxSpend: "200" }),
    );
    expect(error).toMatchObject({ name: "UsageError", field: `plan.${name}` });
    expect(String(error)).toContain("limit_price_dollars_per_node_hour");
  });

  test.each([
    { side: "bye" },
    { pool: 7 },
    { pool: undefined },
    { allow_standing: "no" },
    { allow_partial: 1 },
    { instance_sku: 5 },
    { limit_price_dollars_per_node_hour: 2.5 },
    { requirements: "h100" },
  ])("is refused when its value is invalid: %j", async (member) => {
    const order = workflows.placeOrder(sfc, { ...plan, ...member } as never, { intent: "job-17", maxSpend: "200" });
    expect(await errorOf(order)).toMatchObject({ name: "UsageError", field: `plan.${Object.keys(member)[0]}` });
  });

  test("cannot be read from anything but an object, so any other plan is refused", async () => {
    for (const nothing of [undefined, null, 5]) {
      const order = workflows.placeOrder(sfc, nothing as never, { intent: "job-17", maxSpend: "200" });
      expect(await errorOf(order)).toMatchObject({ name: "UsageError" });
    }
  });
});

describe("an unknown goal or kind", () => {
  test.each([
    ["goal", () => workflows.waitForInstance(sfc, "inst_1", "runing" as never)],
    ["goal", () => workflows.waitForInstance(sfc, "inst_1", undefined as never)],
    ["goal", () => workflows.waitForOrder(sfc, "ordr_1", "fill" as never)],
    ["kind", () => workflows.createOnce(sfc, "orders" as never, {} as never, { intent: "job-17" })],
    ["kind", () => workflows.createOnce(sfc, "constructor" as never, {} as never, { intent: "job-17" })],
  ])("is refused at once: %s", async (field, call) => {
    expect(await errorOf((async () => call())())).toMatchObject({ name: "UsageError", field });
  });

  test("is refused with the names of the known ones", async () => {
    const wait = async () => workflows.waitForInstance(sfc, "inst_1", "runing" as never);
    expect(String(await errorOf(wait()))).toContain('"running" or "terminated"');
  });
});

const circular: Record<string, unknown> = { workspace: "wksp_1" };
circular.self = circular;

test("a plan that cannot be copied is refused before anything is sent", async () => {
  const unreadable = Object.defineProperty({}, "pool", {
    enumerable: true,
    get: () => {
      throw new Error("a secret");
    },
  });
  for (const plan of [{ requirements: circular }, unreadable]) {
    const placed = workflows.placeOrder(sfc, plan as never, { intent: "job-17", maxSpend: "1" });
    const error = await errorOf(placed);
    expect(error).toMatchObject({ name: "UsageError", field: "plan" });
    expect(String(error)).not.toContain("secret");
  }
});

describe("a body for createOnce", () => {
  test.each([
    ["body", undefined],
    ["body", null],
    ["body", "wksp_1"],
    ["body", []],
    ["body", new Map([["workspace", "wksp_1"]])],
    ["body", { workspace: "wksp_1", count: 1n }],
    ["body", circular],
    ["body.workspace", {}],
    ["body.workspace", { workspace: null }],
    ["body.workspace", { workspace: 7 }],
    ["body.name", { workspace: "wksp_1", name: 7 }],
    ["body.image", { workspace: "wksp_1", image: 7 }],
  ])("is refused at once when its %s is invalid: %o", async (field, body) => {
    const created = workflows.createOnce(sfc, "pools", body as never, { intent: "job-17" });
    expect(await errorOf(created)).toMatchObject({ name: "UsageError", field });
  });

  test.each(["instances", "procurements"] as const)("requires a pool: %s", async (kind) => {
    const created = workflows.createOnce(sfc, kind, {} as never, { intent: "job-17" });
    expect(await errorOf(created)).toMatchObject({ name: "UsageError", field: "body.pool" });
  });
});

test("an unknown part of a resource path is refused by name", () => {
  const parts = { type: "pool", account: "acme", workspce: "default", name: "main" };
  expect(() => workflows.resourcePath.format(parts as never)).toThrow("parts.workspce: is unknown");
});
