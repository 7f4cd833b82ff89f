import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Model } from "../../scripts/generate/model.js";
import type { OperationModel } from "../../scripts/generate/operation-model.js";
import { listOperations, type RawOperation } from "../../scripts/generate/operations.js";
import { readSdkTable, type SdkTable } from "../../scripts/generate/sdk-table.js";
import { parseSource } from "../../scripts/lib/source.js";
import { modelOf } from "./model-of.js";
import { REPOSITORY } from "./project.js";

const read = (name: string) => readFileSync(join(REPOSITORY, name), "utf8");

let table: SdkTable;
let operations: RawOperation[];
let model: Model;

beforeAll(() => {
  const bundled = read("openapi/bundled.json");
  table = readSdkTable(parseSource(read("openapi/sdk.yaml"), "openapi/sdk.yaml"));
  operations = listOperations(JSON.parse(bundled)).operations;
  model = modelOf(bundled, read("openapi/sdk.yaml"));
});

const byId = (id: string): RawOperation => operations.find((operation) => operation.id === id) as RawOperation;
const statuses = ({ node }: RawOperation): string[] => Object.keys(node.responses as object);
const idsWith = (accept: (row: OperationModel["descriptor"]) => boolean): string[] =>
  model.operations
    .filter(({ descriptor }) => accept(descriptor))
    .map(({ id }) => id)
    .sort();

it("has one row of one line for each of the 75 operations, so that no rule is used", () => {
  expect([...table.operations.keys()].sort()).toEqual(operations.map(({ id }) => id).sort());
  expect(table.operations.size).toBe(75);
  const lines = read("openapi/sdk.yaml").split("\noperations:\n")[1]?.split("\n") ?? [];
  const rows = lines.filter((line) => line.trim() !== "");
  expect(rows).toHaveLength(75);
  for (const row of rows) expect(row).toMatch(/^ {2}\w+: \{ resource: \w+, method: \w+, retry: \w+(, \w+: \w+)* \}$/);
  expect(model.notices).toEqual([]);
});

it("keeps the rows of a resource together", () => {
  const resources = [...table.operations.values()].map(({ resource }) => resource);
  const starts = resources.filter((resource, index) => resource !== resources[index - 1]);
  expect(starts).toEqual([...new Set(resources)]);
  expect([...table.resources.keys()].sort()).toEqual([...new Set(resources)].sort());
});

it("declares 402, an insufficient balance, only for placing an order", () => {
  const declare = operations.filter((operation) => statuses(operation).includes("402"));
  expect(declare.map(({ id }) => id)).toEqual(["create_order"]);
});

describe("retry classes", () => {
  const keyed = ["create_order", "create_pool_transfer", "replace_instance"];
  const readByPost = ["check_permission_handler", "create_image_upload_part_url", "get_order_preview"];
  const absoluteByPost = ["reinstate_image", "revoke_image", "terminate_instance"];

  it("keyed: exactly the operations that declare the header", () => {
    const declare = operations.filter(({ parameters }) => parameters.some(({ name }) => name === "Idempotency-Key"));
    expect(declare.map(({ id }) => id).sort()).toEqual(keyed);
    expect(idsWith(({ retry }) => retry === "keyed")).toEqual(keyed);
  });

  it("read: every GET, and the POSTs that change nothing", () => {
    expect(idsWith(({ retry, method }) => retry === "read" && method !== "GET")).toEqual(readByPost);
    expect(idsWith(({ retry, method }) => retry !== "read" && method === "GET")).toEqual([]);
  });

  it("absolute: every PUT, PATCH and DELETE, and the POSTs that set a state", () => {
    const sets = ["PUT", "PATCH", "DELETE"];
    expect(idsWith(({ retry, method }) => retry !== "absolute" && sets.includes(method))).toEqual([]);
    expect(idsWith(({ retry, method }) => retry === "absolute" && method === "POST")).toEqual(absoluteByPost);
  });

  it("unsafe: every other POST, written out because each one here can cost money", () => {
    expect(idsWith(({ retry }) => retry === "unsafe")).toEqual([
      "complete_image_upload",
      "create_deployment",
      "create_grant_handler",
      "create_image",
      "create_instance",
      "create_instance_template",
      "create_pool",
      "create_procurement",
      "create_role_handler",
      "create_workspace_handler",
      "setFeatureFlagEnrollment",
    ]);
  });

  it("repeat404: the DELETEs that return 204 and declare 404, except for canceling an order, which still exists afterwards", () => {
    const vanish = operations.filter(
      (operation) =>
        operation.http === "DELETE" && statuses(operation).includes("204") && statuses(operation).includes("404"),
    );
    const expected = vanish.map(({ id }) => id).filter((id) => id !== "cancel_order");
    expect(idsWith(({ repeat404 }) => repeat404 === "done")).toEqual(expected.sort());
    expect(expected).toHaveLength(8);
    expect(statuses(byId("delete_image"))).toContain("200");
  });
});

describe("paging", () => {
  const takes = (operation: RawOperation, name: string) =>
    operation.parameters.some((parameter) => parameter.in === "query" && parameter.name === name);

  it("is by cursor exactly when both cursors are accepted, and forward when only one is", () => {
    const both = operations.filter((one) => takes(one, "starting_after") && takes(one, "ending_before"));
    const forward = operations.filter((one) => takes(one, "starting_after") && !takes(one, "ending_before"));
    expect(idsWith(({ paging }) => paging === "cursor")).toEqual(both.map(({ id }) => id).sort());
    expect(idsWith(({ paging }) => paging === "forward")).toEqual(forward.map(({ id }) => id).sort());
    expect(forward.map(({ id }) => id).sort()).toEqual(["list_orderbook_fills", "list_orderbook_windows"]);
  });

  it("is whole for the four lists without a cursor, and seqnum for logs", () => {
    expect(idsWith(({ paging }) => paging === "whole")).toEqual([
      "listUserFeatureFlags",
      "list_grants_handler",
      "list_roles_handler",
      "list_workspaces_handler",
    ]);
    expect(idsWith(({ paging }) => paging === "seqnum")).toEqual(["get_instance_logs"]);
  });

  it("has the largest page of each paged list", () => {
    expect(idsWith(({ maxLimit }) => maxLimit === 50)).toEqual([
      "list_deployments",
      "list_instance_templates",
      "list_procurements",
    ]);
    expect(idsWith(({ maxLimit }) => maxLimit === 2500)).toEqual(["get_instance_logs"]);
    const paged = idsWith(({ paging }) => paging === "cursor" || paging === "forward");
    expect(idsWith(({ maxLimit }) => maxLimit === 200 || maxLimit === 50)).toEqual(paged);
  });
});

it("has the names that a user would guess", () => {
  const methods = Object.fromEntries(
    model.resources.map(({ field, operations: own }) => [field, own.map(({ method }) => method).join(" ")]),
  );
  expect(methods).toEqual({
    instances: "list create get update delete batchUpdate replace terminate getSsh listLogs",
    instanceTemplates: "list create get delete",
    instanceSkus: "list get listAvailability getAvailability listProperties",
    images: "list create get delete createUploadPart complete download revoke reinstate",
    pools: "list create get update delete",
    poolTransfers: "list create get",
    orders: "list create get cancel preview",
    orderbook: "quote depth listFills listWindows",
    procurements: "list create get update delete",
    deployments: "list create get update delete",
    account: "me",
    users: "list get",
    workspaces: "list create get update delete",
    roles: "list create get update delete",
    grants: "list create get delete",
    permissions: "check",
    featureFlags: "list setEnrollment",
  });
});

it("has plain type names: without versions, and with Request or Response only when the API means one", () => {
  const names = model.types.map(({ name }) => name);
  for (const name of [
    "Instance",
    "Order",
    "InstanceCreate",
    "InstanceListQuery",
    "Image",
    "ImageCreate",
    "InstanceId",
  ]) {
    expect(names).toContain(name);
  }
  expect(names.filter((name) => /^[a-z]|V2|Handler|_|(Response|Resource)$/.test(name))).toEqual([]);
  expect(names.filter((name) => /Request$/.test(name))).toEqual([
    "BuyOrderPreviewRequest",
    "OrderPreviewRequest",
    "SellOrderPreviewRequest",
  ]);
});

it("has every error type from the error schemas of the description", () => {
  const types = new Set(model.operations.flatMap(({ errors }) => errors.flatMap((error) => error.types)));
  expect([...types].sort()).toEqual([
    "api_error",
    "authentication_error",
    "conflict",
    "forbidden",
    "invalid_request_error",
    "not_found",
    "payment_required",
    "service_unavailable",
    "unprocessable_entity",
  ]);
});
