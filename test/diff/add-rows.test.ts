import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { closeIds } from "../../scripts/generate/names.js";
import { specRows } from "../../scripts/spec/rows.js";
import { addRows } from "../../scripts/spec/sdk-table.js";
import { createProject, run, THINGS } from "../pipeline/project.js";
import { outputs } from "./outputs.js";

describe("spec:rows", () => {
  it("writes the rows that generation would derive by rule, so that no notice about them is left", async () => {
    const project = createProject({ spec: THINGS.spec });
    const before = await run(project, ["--out", project.path("out")]);
    expect(before.stdout).toContain("has no row in openapi/sdk.yaml");
    const out = outputs({ root: project.root, cwd: project.root });
    expect(await specRows([], out.world)).toBe(0);
    expect(out.stderr).toBe("");
    expect(out.stdout).toMatch(
      /\d+ rows added to openapi\/sdk\.yaml by rule\. Review each, then run npm run generate\.\n$/,
    );
    const after = await run(project, ["--out", project.path("out")]);
    expect({ code: after.code, stderr: after.stderr }).toEqual({ code: 0, stderr: "" });
    expect(after.stdout).not.toContain("has no row");

    const text = project.read("openapi/sdk.yaml");
    const again = outputs({ root: project.root, cwd: project.root });
    expect(await specRows([], again.world)).toBe(0);
    expect(again.stdout).toBe("Every operation has a row in openapi/sdk.yaml.\n");
    expect(project.read("openapi/sdk.yaml")).toBe(text);
  }, 120_000);

  it("adds nothing while a row has no operation, and names the operation that may replace it", async () => {
    const row = "{ resource: things, method: list, retry: read, paging: whole }";
    const sdk = `operations:\n  v3.list_things: ${row}\n`;
    const project = createProject({ spec: THINGS.spec, sdk });
    const out = outputs({ root: project.root, cwd: project.root });
    expect(await specRows([], out.world)).toBe(1);
    expect(out.stderr).toContain("the description has no operation of this name (there is `list_things`).");
    expect(project.read("openapi/sdk.yaml")).toBe(sdk);
  });
});

describe("rows are added", () => {
  const row = { resource: "x", method: "get", retry: "read" } as const;
  const rows = new Map([["v3.get: x", row]]);
  const heading = "  # Written by rule: review names, retry classes and paging, then remove this line.\n";
  const added = `${heading}  "v3.get: x": { resource: x, method: get, retry: read }\n`;

  it.each([
    [
      "after the last",
      "operations:\n  a: { resource: x, method: list, retry: read } # stays\n# end\n",
      "# stays\n\nADDED# end\n",
    ],
    [
      "before the next section",
      "operations:\n  a: { resource: x, method: list, retry: read }\ntypes:\n  A: B\n",
      "read }\n\nADDEDtypes:\n  A: B\n",
    ],
    ["to an empty section", "types: {}\noperations: {}\n", "types: {}\noperations:\nADDED"],
    ["to a table without one", "types: {}", "types: {}\noperations:\nADDED"],
    [
      "where the last line does not end",
      "operations:\n  a: { resource: x, method: list, retry: read }",
      "read }\n\nADDED",
    ],
  ])("%s, and every other byte is unchanged", (_, text, expected) => {
    const after = addRows(text, rows);
    expect(after.replace(added, "ADDED")).toContain(expected);
    expect(after.replace(`\n${added}`, "").replace(added, "").length).toBeLessThanOrEqual(
      text.length + "\noperations:\n".length,
    );
    expect(parse(after).operations["v3.get: x"]).toEqual(row);
  });

  it("and nothing changes without new rows", () => expect(addRows("a: 1", new Map())).toBe("a: 1"));
});

describe("the operationId that may replace another one", () => {
  it.each([
    ["list_instances", ["v3.list_instances", "list_pools", "delete_instances"], ["v3.list_instances"]],
    [
      "list_instances",
      ["listInstances_handler", "v2.listInstancesAndMore"],
      ["listInstances_handler", "v2.listInstancesAndMore"],
    ],
    ["fetch_order", ["get_order", "cancel_order"], ["get_order"]],
    ["delete_instance_template", ["list_instance_template"], []],
    ["list", ["list_things"], []],
  ])("%s", (id, others, expected) => expect(closeIds(id, others)).toEqual(expected));
});
