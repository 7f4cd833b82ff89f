import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Assessment } from "../../packages/devtools/src/impact/assess.js";
import { readUserProjects } from "../../packages/devtools/src/impact/user-projects.js";
import { type Compared, reportOn } from "../../scripts/spec/diff.js";
import { assess } from "../../scripts/spec/impact.js";
import { ROOT, readBase } from "../mutations/base.js";
import { Draft } from "../mutations/mutation.js";
import { nextDescription } from "./next-description.js";

const folder = mkdtempSync(join(tmpdir(), "impact-projects-"));
let compared: Compared;

beforeAll(async () => {
  const { description } = readBase(true);
  const draft = new Draft(structuredClone(description));
  nextDescription(draft);
  const [before, after] = ["before.json", "after.json"].map((name) => join(folder, name));
  writeFileSync(before ?? "", JSON.stringify(description));
  writeFileSync(after ?? "", JSON.stringify(draft.document));
  const files = { before: before ?? "", after: after ?? "" };
  compared = await reportOn({ spec: files.before }, { spec: files.after }, ROOT, ROOT);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

const TIME = 120_000;
const OPTIONS = { target: "es2022", module: "nodenext", strict: true, types: [], skipLibCheck: true };
const BREAKS = `import type { Instance } from "sfc-preview-sdk";\nexport const age = (one: Instance): number => one.created_at;\n`;

function project(files: Record<string, string | object>): string {
  const place = mkdtempSync(join(folder, "project-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return place;
}

/** The breaks in a project, one line for each place. */
function breaksIn(place: string): string[] {
  return assessed(place).found.map(({ file, line, cause }) => `${file}:${line} ${cause}`);
}

function assessed(place: string): Assessment {
  return assess(readUserProjects(place), ROOT, compared);
}

const CREATED_AT = "`Instance.created_at` is now string (was UnixEpoch)";

describe("spec:impact follows", () => {
  it(
    "references of a configuration without files, and their imports of each other before they are built",
    () => {
      const composite = { ...OPTIONS, composite: true, outDir: "dist", rootDir: "src" };
      const place = project({
        "tsconfig.json": {
          files: [],
          references: [{ path: "./packages/app" }, { path: "./packages/lib/tsconfig.lib.json" }],
        },
        "packages/lib/package.json": {
          name: "@acme/lib",
          type: "module",
          exports: { ".": { types: "./dist/index.d.ts" } },
        },
        "packages/lib/tsconfig.lib.json": { compilerOptions: composite, include: ["src"] },
        "packages/lib/src/index.ts": `import type { SfcClient } from "sfc-preview-sdk";
          export const find = async (sfc: SfcClient) => await sfc.instances.get("inst_a");`,
        "packages/app/tsconfig.json": {
          extends: ["../../base.json"],
          compilerOptions: { composite: true, outDir: "dist", rootDir: "src" },
          references: [{ path: "../lib/tsconfig.lib.json" }],
          include: ["src"],
        },
        "base.json": { compilerOptions: OPTIONS },
        "packages/app/package.json": { type: "module" },
        "packages/app/src/main.ts": `import type { SfcClient } from "sfc-preview-sdk";
          import { find } from "@acme/lib";
          export const age = async (sfc: SfcClient): Promise<number> => (await find(sfc)).created_at;`,
      });
      mkdirSync(join(place, "node_modules/@acme"), { recursive: true });
      symlinkSync(join(place, "packages/lib"), join(place, "node_modules/@acme/lib"));
      expect(breaksIn(place)).toEqual([`packages/app/src/main.ts:3 ${CREATED_AT}`]);
    },
    TIME,
  );

  it(
    "imports of files that the configuration does not list, its own paths, and JavaScript that it does not check",
    () => {
      const place = project({
        "tsconfig.json": {
          compilerOptions: {
            ...OPTIONS,
            module: "esnext",
            moduleResolution: "bundler",
            allowJs: true,
            paths: { "~/*": ["./source/*"] },
          },
          files: ["main.ts"],
        },
        "main.ts": `export { age } from "~/age";\nexport { time } from "./time.js";\n`,
        "source/age.ts": BREAKS,
        "time.js": `/** @param {import("sfc-preview-sdk").Instance} one\n * @returns {number} */\nexport const time = (one) => one.created_at;\n`,
      });
      expect(breaksIn(place)).toEqual([`source/age.ts:2 ${CREATED_AT}`, `time.js:3 ${CREATED_AT}`]);
    },
    TIME,
  );

  it(
    "a configuration that is given as a file, and a jsconfig.json",
    () => {
      const place = project({
        "tsconfig.app.json": { compilerOptions: OPTIONS, files: ["age.ts"] },
        "age.ts": BREAKS,
      });
      expect(breaksIn(join(place, "tsconfig.app.json"))).toEqual([`age.ts:2 ${CREATED_AT}`]);
      const script = `import { SfcClient } from "sfc-preview-sdk";\nexport const run = () => new SfcClient().pools.delete("pool_a");\n`;
      const javascript = project({ "jsconfig.json": { compilerOptions: { module: "nodenext" } }, "run.mjs": script });
      expect(breaksIn(javascript)).toEqual(["run.mjs:2 `pools.delete`: is gone (DELETE /preview/v2/pools/{id})"]);
    },
    TIME,
  );
});

it(
  "type-checks projects that refer to each other in a cycle, in which the compiler alone would check neither",
  () => {
    const composite = (other: string) => ({
      compilerOptions: { ...OPTIONS, composite: true, outDir: "dist" },
      references: [{ path: `../${other}` }],
      files: ["age.ts"],
    });
    const place = project({
      "tsconfig.json": { files: [], references: [{ path: "./a" }] },
      "a/tsconfig.json": composite("b"),
      "a/age.ts": BREAKS,
      "b/tsconfig.json": composite("a"),
      "b/age.ts": BREAKS,
    });
    expect(breaksIn(place).sort()).toEqual([`a/age.ts:2 ${CREATED_AT}`, `b/age.ts:2 ${CREATED_AT}`]);
  },
  TIME,
);

it(
  "follows the return values of workflows",
  () => {
    const code = `import type { SfcClient } from "sfc-preview-sdk";
      import { waitForInstance } from "sfc-preview-sdk/workflows";
      export async function imageName(sfc: SfcClient): Promise<string> {
        return (await waitForInstance(sfc, "inst_a", "running")).image.name;
      }`;
    const place = project({ "tsconfig.json": { compilerOptions: OPTIONS, files: ["wait.ts"] }, "wait.ts": code });
    expect(breaksIn(place)).toEqual(["wait.ts:4 `Instance.image` may now be absent"]);
  },
  TIME,
);

describe("spec:impact refuses", () => {
  it(
    "a project in which no file imports the client",
    () => {
      const place = project({
        "tsconfig.json": { compilerOptions: OPTIONS, files: ["a.ts"] },
        "a.ts": "export const a = 1;\n",
      });
      expect(() => assessed(place)).toThrow(
        "None of the 1 file of this project imports sfc-preview-sdk, so nothing can be said about it.",
      );
    },
    TIME,
  );

  it(
    "a configuration without files, and references without a target",
    () => {
      const empty = project({ "tsconfig.json": { files: [], references: [] } });
      expect(() => assessed(empty)).toThrow("Neither this configuration nor those that it refers to name a file.");
      const lost = project({ "tsconfig.json": { files: [], references: [{ path: "./nowhere" }] } });
      expect(() => assessed(lost)).toThrow("nowhere/tsconfig.json");
    },
    TIME,
  );
});

it(
  "shows no file that exists only in memory",
  () => {
    const code = `import { InstanceSshInfo } from "sfc-preview-sdk";\nexport type A = InstanceSshInfo | import("sfc-preview-sdk").InstanceSshInfo;\n`;
    const place = project({ "tsconfig.json": { compilerOptions: OPTIONS, files: ["a.ts"] }, "a.ts": code });
    const raw = JSON.stringify(assessed(place));
    expect(raw).toContain("sfc-preview-sdk");
    expect(raw).not.toMatch(/@shadow|\/(src|dist)\//);
  },
  TIME,
);
