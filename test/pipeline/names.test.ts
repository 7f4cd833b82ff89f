import { describe, expect, it } from "vitest";
import {
  constantName,
  kebabCase,
  memberName,
  operationTypeName,
  parameterName,
  singular,
  typeNameByRule,
  words,
} from "../../scripts/generate/names.js";
import type { RawOperation } from "../../scripts/generate/operations.js";
import { versionedResource, versionPrefix } from "../../scripts/generate/rows.js";
import { methodByRule, retryByRule } from "../../scripts/generate/rules.js";

describe("type names by rule", () => {
  it.each([
    ["InstanceResponse", "Instance"],
    ["v2.OrderResponse", "Order"],
    ["DeploymentResource", "Deployment"],
    ["CreateOrderRequest", "OrderCreate"],
    ["v2.PatchPoolRequest", "PoolUpdate"],
    ["UpdateRoleRequest", "RoleUpdate"],
    ["ReplaceInstanceRequest", "InstanceReplace"],
    ["CreateDeploymentResourceRequest", "DeploymentCreate"],
    ["BatchPatchInstancesRequest", "InstanceBatchUpdate"],
    ["ListInstancesResponse", "InstanceList"],
    ["ListInstanceSkusResponse", "InstanceSkuList"],
    ["ListInstanceSkuAvailabilityResponse", "InstanceSkuAvailabilityList"],
    ["v2.OrderPreviewRequest", "OrderPreviewRequest"],
    ["ResourcePathOrId_PoolId", "PoolIdOrPath"],
    ["instance_templateResourcePath_InstanceTemplateId", "InstanceTemplatePath"],
    ["InstanceId", "InstanceId"],
    ["a-b", "AB"],
    ["3dModel", "N3dModel"],
    ["default", "Default"],
    ["constructor", "Constructor"],
    ["Error", "ErrorModel"],
    ["PageResponse", "PageModel"],
    ["Response", "ResponseModel"],
    ["Request", "RequestModel"],
  ])("%s becomes %s", (schema, name) => {
    expect(typeNameByRule(schema)).toBe(name);
  });

  it("ends the type name of an error with Body, because it is not a class to catch", () => {
    expect(typeNameByRule("NotFoundError", true)).toBe("NotFoundErrorBody");
    expect(typeNameByRule("Error", true)).toBe("ErrorBody");
    expect(typeNameByRule("Problem", true)).toBe("Problem");
  });

  it.each([
    ["instances", "list", "Query", "InstanceListQuery"],
    ["instanceSkus", "listAvailability", "Query", "InstanceSkuAvailabilityListQuery"],
    ["orderbook", "listFills", "Query", "OrderbookFillListQuery"],
    ["orderbook", "depth", "Query", "OrderbookDepthQuery"],
    ["pools", "get", "Query", "PoolGetQuery"],
  ])("%s.%s with %s becomes %s", (resource, method, role, name) => {
    expect(operationTypeName(resource, method, role)).toBe(name);
  });
});

describe("method names by rule", () => {
  it.each([
    ["list_firewalls", "firewalls", "list"],
    ["fetch_firewall", "firewalls", "get"],
    ["get_firewall_handler", "firewalls", "get"],
    ["patch_firewall", "firewalls", "update"],
    ["remove_firewall", "firewalls", "delete"],
    ["replace_firewall_rules", "firewalls", "replaceRules"],
    ["list_instance_sku_availability", "instanceSkus", "listAvailability"],
    ["batch_patch_instances", "instances", "batchPatch"],
    ["getMe", "account", "getMe"],
    ["listUserFeatureFlags", "featureFlags", "listUser"],
    ["archive_thing_v2", "things", "archive"],
    ["constructor", "things", "constructor"],
    ["v2", "things", "v2"],
  ])("%s of %s becomes %s", (id, resource, method) => {
    expect(methodByRule({ id } as RawOperation, resource)).toBe(method);
  });
});

describe("retry classes by rule", () => {
  const key = { in: "header", name: "idempotency-key" };
  it.each([
    ["GET", [], "read"],
    ["GET", [key], "read"],
    ["POST", [], "unsafe"],
    ["POST", [key], "keyed"],
    ["PATCH", [key], "keyed"],
    ["PUT", [], "absolute"],
    // A PATCH may add something. Only a reviewed row may state that it is absolute.
    ["PATCH", [], "unsafe"],
    ["DELETE", [], "absolute"],
    ["POST", [{ in: "query", name: "Idempotency-Key" }], "unsafe"],
  ] as const)("%s with %j is %s", (http, parameters, retry) => {
    expect(retryByRule({ http, parameters: parameters as readonly object[] } as RawOperation)).toBe(retry);
  });
});

it("finds the version at the start of a path", () => {
  expect(versionPrefix("/preview/v2/orders/{id}")).toBe("/preview/v2");
  expect(versionPrefix("/v2/orders")).toBe("/v2");
  expect(versionPrefix("/v2")).toBe("/v2");
  expect(versionPrefix("/orders/v2")).toBe("");
  expect(versionPrefix("/previews")).toBe("");
  expect(versionedResource("orders", "/v2")).toBe("ordersV2");
});

it("changes only names that are not valid in code", () => {
  expect(["create_order", "getMe", "default", "a-b", "v2.x", "1st", "Operation"].map(constantName)).toEqual([
    "create_order",
    "getMe",
    "default_",
    "a_b",
    "v2_x",
    "_1st",
    "Operation_",
  ]);
  expect(["id", "a-b", "feature_flag", "new", "query", "body", "options"].map(parameterName)).toEqual([
    "id",
    "aB",
    "featureFlag",
    "newValue",
    "queryValue",
    "bodyValue",
    "optionsValue",
  ]);
  expect(["list", "delete", "constructor", "then", "toString", "toJSON"].map(memberName)).toEqual([
    "list",
    "delete",
    "constructor_",
    "then_",
    "toString_",
    "toJSON_",
  ]);
});

it("splits names into words and joins them again", () => {
  expect(words("sfc-api_v2.SSHKeysResponse")).toEqual(["sfc", "api", "v2", "SSH", "Keys", "Response"]);
  expect(kebabCase("instanceSkus")).toBe("instance-skus");
});

it.each([
  ["instances", "instance"],
  ["Skus", "Sku"],
  ["policies", "policy"],
  ["addresses", "address"],
  ["boxes", "box"],
  ["images", "image"],
  ["Status", "Status"],
  ["access", "access"],
  ["analysis", "analysis"],
  ["GPUs", "GPU"],
])("the singular of %s is %s", (plural, one) => {
  expect(singular(plural)).toBe(one);
});
