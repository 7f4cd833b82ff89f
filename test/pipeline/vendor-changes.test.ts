import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseSource } from "../../scripts/lib/source.js";
import { Draft } from "../mutations/mutation.js";
import { REPOSITORY, run, temporaryFolder } from "./project.js";

const DESCRIPTION = readFileSync(join(REPOSITORY, "openapi/sfc-preview.yaml"), "utf8");

/** Generates the whole client, including hand-written sources, from a changed description. */
async function generateCopy(change: (draft: Draft) => void): Promise<{ lines: string[]; folder: string }> {
  const draft = new Draft(parseSource(DESCRIPTION, "").value as Draft["document"]);
  change(draft);
  const folder = temporaryFolder();
  const spec = join(folder, "changed.json");
  writeFileSync(spec, JSON.stringify(draft.document));
  const copy = join(folder, "copy");
  const { code, stdout, stderr } = await run({ root: REPOSITORY }, ["--spec", spec, "--out", copy]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return { lines: stdout.trimEnd().split("\n"), folder: copy };
}

// The compiler reads the whole client, which takes long on a busy machine.
describe("an ordinary change of the vendor's description", () => {
  let lines: string[];
  let folder: string;
  beforeAll(async () => {
    const copy = await generateCopy((draft) => {
      for (const name of ["Instance", "Pool", "v2.Order", "Workspace", "v2.PoolTransfer", "User"]) {
        draft.renameSchema(`${name}Response`, `${name}Resource`);
      }
      draft.move("/preview/v2/orders/{id}", "/preview/v2/orders/{order}");
      for (const id of ["fetch_order", "cancel_order"]) draft.parameter(id, "id").name = "order";
      draft.move("/preview/v2/workspaces/{workspace}", "/preview/v2/workspaces/{id}");
      for (const operation of Object.values(draft.path("/preview/v2/workspaces/{id}"))) {
        draft.parameter(operation.operationId, "workspace").name = "id";
      }
      draft.setProperty("v2.OrderResource", "desk", { type: "string", description: "Who trades." }, true);
    });
    ({ lines, folder } = copy);
  }, 300_000);
  const misfits = () => lines.filter((line) => line.includes("no longer fits the description"));

  it("does not affect hand-written code when schemas with the same types or a path parameter are renamed", () => {
    // Only the new member below causes an error.
    expect(misfits().filter((line) => !line.includes("desk"))).toEqual([]);
    const read = (name: string) => readFileSync(join(folder, "src/generated", name), "utf8");
    expect(read("schema.ts")).toContain("InstanceResource: Instance;");
    expect(read("types.ts")).toMatch(/^ {2}Instance,$/m);
    expect(read("resources/orders.ts")).toContain("get(order: string,");
  });

  it("leads to a complete copy of the client", () => {
    for (const name of ["src/generated/resources/orders.ts", "openapi/bundled.json", "package.json", "src/index.ts"]) {
      expect(existsSync(join(folder, name))).toBe(true);
    }
  });

  it("that affects hand-written code reports each file once, with its first error", () => {
    for (const line of misfits()) {
      expect(line).toMatch(/^(src|packages\/devtools\/src)\/\S+\.ts:\d+ no longer fits the description \(1 error\): /);
      expect(existsSync(join(folder, line.split(":")[0] ?? ""))).toBe(true);
    }
    expect(misfits().map((line) => line.split(":")[0])).toEqual([
      "packages/devtools/src/simulator/resources/market/present-order.ts",
    ]);
    expect(misfits().join()).toContain("desk");
    expect(lines.at(-1)).toBe(
      "1 hand-written file to correct by hand; the generated code is complete and stays as it is.",
    );
  });
});
