/** The types that an editor shows, and code that must not compile. */
import { describe, expectTypeOf, test } from "vitest";
import type { components } from "../../src/generated/schema.js";
import {
  ApiError,
  type ApiErrorType,
  type Call,
  type CallResult,
  type ImageUploadStatus,
  type Instance,
  type InstanceCreate,
  type InstanceList,
  type InstanceListQuery,
  type OperationErrors,
  type Order,
  type OrderCreate,
  type Page,
  type SfcClient,
  SfcError,
} from "../../src/index.js";
import { createPathClient, type Middleware, type PathClient, wrapAsPathBasedClient } from "../../src/paths.js";

declare const sfc: SfcClient;
declare const order: OrderCreate;
declare const instance: InstanceCreate;

describe("responses", () => {
  test("a single object is a promise that also provides its response", () => {
    expectTypeOf(sfc.orders.get("ordr_1")).toEqualTypeOf<Call<Order>>();
    expectTypeOf(sfc.orders.get("ordr_1").withResponse()).toEqualTypeOf<Promise<CallResult<Order>>>();
    expectTypeOf<CallResult<Order>["attempts"]>().toEqualTypeOf<number>();
  });

  test("a list is awaited for a page and iterated for rows", async () => {
    expectTypeOf(await sfc.instances.list()).toEqualTypeOf<Page<Instance, InstanceList>>();
    for await (const row of sfc.instances.list()) expectTypeOf(row).toEqualTypeOf<Instance>();
    for await (const page of sfc.instances.list().pages()) expectTypeOf(page.data).toEqualTypeOf<readonly Instance[]>();
    expectTypeOf(sfc.instances.list().toArray({ max: 1 })).toEqualTypeOf<Promise<Instance[]>>();
  });

  test("toArray requires max, because it would have no limit without it", () => {
    // @ts-expect-error max is required
    sfc.instances.list().toArray();
  });

  test("a deletion returns undefined, except for that of an image, which returns the image", () => {
    expectTypeOf(sfc.instances.delete("inst_1")).toEqualTypeOf<Call<void>>();
    expectTypeOf(sfc.images.delete("image_1")).resolves.toHaveProperty("deleted");
  });

  test("enums of responses are open, so that code for future values compiles", () => {
    expectTypeOf<"hibernating">().toExtend<Instance["status"]>();
    expectTypeOf<"archived">().toExtend<ImageUploadStatus>();
    expectTypeOf<"expired">().toExtend<Order["status"]>();
  });
});

describe("requests", () => {
  test("filters are closed: a typo does not compile", () => {
    expectTypeOf<"running">().toExtend<NonNullable<InstanceListQuery["status"]>[number]>();
    expectTypeOf<string>().not.toExtend<NonNullable<InstanceListQuery["status"]>[number]>();
    // @ts-expect-error "runing" is not a status
    sfc.instances.list({ status: ["runing"] });
  });

  test("required members are required, and members with defaults are not", () => {
    // @ts-expect-error image is missing
    sfc.instances.create({ pool: "pool_1", instance_sku: "isku_1" });
    expectTypeOf({ pool: "pool_1", instance_sku: "isku_1", image: "image_1" }).toExtend<InstanceCreate>();
  });

  test("discriminators are part of requests", () => {
    // @ts-expect-error side is missing
    sfc.orders.preview({ start_at: 0, duration_seconds: 60, node_count: 1, requirements: {} });
    sfc.orders.preview({ side: "buy", start_at: 0, duration_seconds: 60, node_count: 1, requirements: {} });
  });

  test("optional members of a query may be undefined, as call options may", () => {
    const side = undefined as "buy" | undefined;
    sfc.orders.list({ side, limit: undefined, status: undefined }, { timeoutMs: undefined });
    sfc.deployments.list({ workspace: "wksp_1", limit: undefined });
    // @ts-expect-error a required member may not be undefined
    sfc.deployments.list({ workspace: undefined });
    // @ts-expect-error members of a body may not be undefined, because JSON has no undefined
    sfc.pools.update("pool_1", { name: undefined });
  });

  test("a required query cannot be omitted", () => {
    // @ts-expect-error deployments are listed for one workspace
    sfc.deployments.list();
    sfc.deployments.list({ workspace: "wksp_1" });
  });
});

describe("options", () => {
  test("a key is accepted only by operations that declare one", () => {
    sfc.orders.create(order, { idempotencyKey: "job-1" });
    sfc.poolTransfers.create({} as Parameters<SfcClient["poolTransfers"]["create"]>[0], { idempotencyKey: "job-1" });
    sfc.instances.replace("inst_1", { image: "image_1" }, { idempotencyKey: "job-1" });
    // @ts-expect-error creating an instance takes no key
    sfc.instances.create(instance, { idempotencyKey: "job-1" });
    // @ts-expect-error a read takes no key
    sfc.orders.get("ordr_1", { idempotencyKey: "job-1" });
  });

  test("names of options contain their units", () => {
    sfc.account.me({ timeoutMs: 1_000, deadlineMs: 5_000, maxRetries: 0, signal: new AbortController().signal });
    // @ts-expect-error there is no option without a unit
    sfc.account.me({ timeout: 1 });
  });
});

describe("errors", () => {
  test("guards narrow", () => {
    const error: unknown = undefined;
    if (SfcError.is(error)) expectTypeOf(error.ambiguous).toEqualTypeOf<boolean>();
    if (ApiError.is(error)) {
      expectTypeOf(error.status).toEqualTypeOf<number>();
      if (error.type === "payment_required") expectTypeOf(error.details).toExtend<readonly { code: string }[]>();
    }
  });

  test("the name of a method narrows the type of an error to the values that the method declares, plus any other string", () => {
    const error: unknown = undefined;
    if (ApiError.is(error, "orders.create")) {
      expectTypeOf<Literals<typeof error.type>>().toEqualTypeOf<OperationErrors["orders.create"]>();
      expectTypeOf<"payment_required">().toExtend<Literals<typeof error.type>>();
      expectTypeOf<"conflict">().not.toExtend<Literals<typeof error.type>>();
      expectTypeOf<"a_type_of_tomorrow">().toExtend<typeof error.type>();
      expectTypeOf(error.status).toEqualTypeOf<number>();
      expectTypeOf(error).toExtend<ApiError>();
    }
    // @ts-expect-error there is no such method
    ApiError.is(error, "orders.place");
    // @ts-expect-error the name is that of a method, not of an operation of the description
    ApiError.is(error, "create_order");
  });

  test("an error that is known to be an ApiError narrows further, and guards work as callbacks", () => {
    const error: unknown = undefined;
    if (ApiError.is(error) && ApiError.is(error, "instances.delete")) {
      expectTypeOf<Literals<typeof error.type>>().toEqualTypeOf<OperationErrors["instances.delete"]>();
    }
    expectTypeOf([error].filter(ApiError.is)).toEqualTypeOf<ApiError[]>();
  });

  test("the types of errors are those that the description declares, and the client's own", () => {
    expectTypeOf<Literals<ApiErrorType>>().toEqualTypeOf<components["schemas"]["ErrorType"] | "unknown">();
    expectTypeOf<OperationErrors[keyof OperationErrors]>().toExtend<Literals<ApiErrorType>>();
  });
});

/** The literals of a union with `string & {}`. */
type Literals<T> = T extends string ? (string extends T ? never : T) : never;

describe("paths", () => {
  const client = {} as PathClient;
  const takesOrder = (_: Order) => undefined;

  test("the path client infers responses and refuses unknown paths", async () => {
    const { data } = await client.GET("/preview/v2/orders/{id}", { params: { path: { id: "ordr_1" } } });
    expectTypeOf(data?.fills).toEqualTypeOf<Order["fills"] | undefined>();
    // @ts-expect-error no such path
    client.GET("/preview/v2/nodes");
  });

  test("enums of responses are strings, at any depth", async () => {
    const params = { path: { id: "x" } };
    const { data: order, error } = await client.GET("/preview/v2/orders/{id}", { params });
    expectTypeOf(order?.status).toEqualTypeOf<string | undefined>();
    if (order) takesOrder(order);
    if (error) expectTypeOf(error.error.message).toEqualTypeOf<string>();
    const { data: instances } = await client.GET("/preview/v2/instances", {});
    for (const { status, name } of instances?.data ?? []) expectTypeOf([status, name]).toEqualTypeOf<string[]>();
    const { data: instance } = await client.GET("/preview/v2/instances/{id}", { params });
    const status: string = instance?.status ?? "";
    expectTypeOf(status).toBeString();
  });

  test("literals, numbers and nulls of responses keep their types", async () => {
    const { data } = await client.GET("/preview/v2/instances", {});
    expectTypeOf(data?.object).toEqualTypeOf<"list" | undefined>();
    expectTypeOf(data?.has_more).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(data?.cursor).toEqualTypeOf<string | null | undefined>();
  });

  test("requests stay closed: a typo in a filter or a body does not compile", () => {
    client.GET("/preview/v2/instances", { params: { query: { status: ["running"] } } });
    // @ts-expect-error "runing" is not a status
    client.GET("/preview/v2/instances", { params: { query: { status: ["runing"] } } });
    client.POST("/preview/v2/orders", { body: order, idempotencyKey: "order-1", timeoutMs: 1_000, maxRetries: 0 });
    client.POST("/preview/v2/instances", { body: instance });
    // @ts-expect-error image is missing
    client.POST("/preview/v2/instances", { body: { pool: "pool_1", instance_sku: "isku_1" } });
  });

  test("middleware and openapi-fetch's path-based client are exported by the same entry", async () => {
    const middleware: Middleware = { onRequest: ({ request }) => void request.headers.set("x-trace", "7") };
    client.use(middleware);
    const { data } = await wrapAsPathBasedClient(client)["/preview/v2/me"].GET();
    expectTypeOf(data).not.toBeAny();
    createPathClient({ headers: { "x-team": "a" }, requestInitExt: { dispatcher: {} }, cache: "no-store" });
    // @ts-expect-error there is no option without a unit
    createPathClient({ timeout: 1 });
  });
});
