import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { applyOverlay } from "../../scripts/generate/overlay.js";
import { parseSource } from "../../scripts/lib/source.js";
import { createProject, fixture, REPOSITORY, run } from "./project.js";

const OWN_OVERLAY = readFileSync(join(REPOSITORY, "openapi/overlay.yaml"), "utf8");

function apply(description: unknown, ...actions: object[]): ReturnType<typeof applyOverlay> {
  const overlay = stringify({ overlay: "1.0.0", info: { title: "t", version: "1" }, actions });
  return applyOverlay(description, parseSource(overlay, "overlay.yaml"));
}

it("merges an update deeply into each map that the target matches", () => {
  const { document } = apply(
    { a: { x: { deep: 1, list: [1] } }, b: { x: {} } },
    { target: "$.*.x", update: { deep: { er: 2 }, list: [2], more: true } },
  );
  expect(document).toEqual({
    a: { x: { deep: { er: 2 }, list: [1, 2], more: true } },
    b: { x: { deep: { er: 2 }, list: [2], more: true } },
  });
});

it("appends an update to each list that the target matches", () => {
  expect(apply({ tags: ["a"] }, { target: "$.tags", update: "b" }).document).toEqual({ tags: ["a", "b"] });
});

it("removes every node that the target matches, also several in one list", () => {
  const description = { list: Array.from({ length: 12 }, (_, index) => ({ odd: index % 2 === 1, index })) };
  const { document } = apply(description, { target: "$.list[?@.odd == true]", remove: true });
  expect((document as typeof description).list.map(({ index }) => index)).toEqual([0, 2, 4, 6, 8, 10]);
});

it("applies actions in order to a copy", () => {
  const description = { a: { old: 1 } };
  const { document } = apply(description, { target: "$.a.old", remove: true }, { target: "$.a", update: { old: 2 } });
  expect(document).toEqual({ a: { old: 2 } });
  expect(description).toEqual({ a: { old: 1 } });
});

it("copies an update, so that two updated places do not share it", () => {
  const update = { list: [] };
  const { document } = apply({ a: {}, b: {} }, { target: "$.*", update }, { target: "$.a.list", update: 1 });
  expect(document).toEqual({ a: { list: [1] }, b: { list: [] } });
});

it("edits only one place when the description repeats it with a YAML alias", () => {
  const source = parseSource("a: &x { n: 1 }\nb: *x\n", "spec.yaml");
  expect(apply(source.value, { target: "$.a", update: { n: 2 } }).document).toEqual({ a: { n: 2 }, b: { n: 1 } });
});

it("reports a target that matches nothing, and continues", () => {
  const { document, notices } = apply(
    { a: {} },
    { target: "$.gone", remove: true },
    { target: "$.a", update: { n: 1 } },
  );
  expect(document).toEqual({ a: { n: 1 } });
  expect(notices).toEqual(["overlay.yaml:6:5 #/actions/0: target $.gone matches nothing in this description"]);
});

it("refuses to update a string and to remove the whole document", () => {
  expect(() => apply({ a: "text" }, { target: "$.a", update: { n: 1 } })).toThrow("only maps and lists can be updated");
  expect(() => apply({ a: {} }, { target: "$", remove: true })).toThrow("cannot be removed");
  expect(() => apply({ a: {} }, { target: "$.a", update: "text" })).toThrow("a map takes a map");
});

it("has a reason for each of the project's own corrections, and each has an effect", () => {
  const overlay = parseSource(OWN_OVERLAY, "openapi/overlay.yaml");
  const { actions } = overlay.value as { actions: { description?: string }[] };
  expect(actions.length).toBeGreaterThan(10);
  expect(actions.filter(({ description = "" }) => description.length < 30)).toEqual([]);
  const description = parseSource(readFileSync(join(REPOSITORY, "openapi/sfc-preview.yaml"), "utf8"), "");
  expect(applyOverlay(description.value, overlay).notices).toEqual([]);
});

it("fixes the published discriminator for any content of its mapping", async () => {
  const project = createProject({
    spec: fixture("broken-mapping.yaml"),
    sdk: "types: { DeploymentResponse: GenericDeployment }",
    overlay: OWN_OVERLAY,
  });
  const { code, stderr } = await run(project);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { components } = JSON.parse(project.read("openapi/bundled.json"));
  expect(components.schemas.DeploymentResource.discriminator.mapping).toEqual({
    deployment: "#/components/schemas/DeploymentResponse",
    spot_deployment: "#/components/schemas/SpotDeploymentResponse",
  });
});
