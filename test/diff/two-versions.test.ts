import { expect, it } from "vitest";
import { SHADOW } from "../../packages/devtools/src/impact/message.js";
import { applyOverlay } from "../../scripts/generate/overlay.js";
import { shadow, virtualProgram } from "../../scripts/spec/compiler.js";
import { makeSide } from "../../scripts/spec/side.js";
import { ROOT, readBase } from "../mutations/base.js";
import { Draft } from "../mutations/mutation.js";
import { listErrors } from "../support/list-errors.js";

const STABLE = [
  "/preview/v2/instances",
  "/preview/v2/instances/{id}",
  "/preview/v2/instances/{id}/replace",
  "/preview/v2/orders",
  "/preview/v2/pools",
];

/** The announced stable paths beside those of the preview, with their own operationIds. */
const bothVersions = makeBothVersions();

async function makeBothVersions() {
  const base = readBase(true);
  const draft = new Draft(structuredClone(base.description));
  for (const path of STABLE) {
    const item = structuredClone(draft.path(path));
    for (const operation of Object.values(item)) operation.operationId = `stable_${operation.operationId}`;
    draft.paths[path.replace("/preview", "")] = item;
  }
  const { document } = applyOverlay(draft.document, base.overlay);
  return makeSide({ document, source: base.source, table: base.table }, { document });
}

it("stable paths become resources of the same client beside the preview ones, which keep their names", async () => {
  const side = await bothVersions;
  const called = new Map(side.model.operations.map(({ descriptor }) => [descriptor.name, descriptor.path]));
  expect(called.get("instances.list")).toBe("/preview/v2/instances");
  expect([...called].filter(([, path]) => path.startsWith("/v2/")).map(([name]) => name.split(".")[0])).toEqual([
    ...Array(7).fill("instancesV2"),
    ...Array(2).fill("ordersV2"),
    ...Array(2).fill("poolsV2"),
  ]);
  for (const [name, path] of called) {
    const isStable = name.split(".")[0]?.endsWith("V2");
    expect(path.startsWith(isStable ? "/v2/" : "/preview/v2/"), name).toBe(true);
  }
});

it("both have their keys, retry classes and paging", async () => {
  const { operations } = (await bothVersions).model;
  const facts = (id: string) => {
    const descriptor = operations.find((operation) => operation.id === id)?.descriptor;
    return { retry: descriptor?.retry, paging: descriptor?.paging };
  };
  for (const id of ["create_order", "replace_instance", "list_instances", "create_instance", "delete_instance"]) {
    expect(facts(`stable_${id}`)).toEqual(facts(id));
  }
});

it("a user's code that calls both type-checks", async () => {
  const side = await bothVersions;
  const [list, create] = ["stable_list_instances", "stable_create_order"].map(
    (id) => side.model.operations.find((operation) => operation.id === id)?.descriptor.name,
  );
  const use = `${ROOT}/src/${SHADOW}both/use.ts`;
  const files = new Map([
    ...shadow(ROOT, "both", side.code),
    [
      use,
      `import type { Resources } from "./resources/index.js";
       import type { Instance, OrderCreate } from "./types.js";
       export async function both(sfc: Resources, order: OrderCreate): Promise<Instance[]> {
         await sfc.orders.create(order, { idempotencyKey: "a" });
         await sfc.${create}(order, { idempotencyKey: "b" });
         return [...(await sfc.instances.list()).data, ...(await sfc.${list}()).data];
       }`,
    ],
  ]);
  expect(listErrors(virtualProgram(ROOT, files), files.keys())).toEqual([]);
});
