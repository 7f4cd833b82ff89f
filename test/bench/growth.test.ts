import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { multiply, ownInputs } from "../../bench/multiply.js";
import { buildModel } from "../../scripts/generate/model.js";
import { printCode } from "../../scripts/generate/print.js";
import { readSdkTable } from "../../scripts/generate/sdk-table.js";
import { type BundleOptions, bundled, gzipBytes, writePrograms } from "../../scripts/lib/measure.js";
import { dependencies } from "../../scripts/lib/npm.js";
import { root } from "../../scripts/lib/package.js";
import { parseSource } from "../../scripts/lib/source.js";

const times = 3;
const scratch = mkdtempSync(join(tmpdir(), "growth-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeAll(async () => {
  for (const many of [1, times]) await writePackage(join(scratch, `${many}`), many);
});

test("a program that uses one resource does not grow by a single byte with the number of operations", async () => {
  const program = async (many: number, options?: BundleOptions) =>
    Buffer.from(await bundled(join(scratch, `${many}`, "ours/one-resource.ts"), options)).toString();
  // The short names of variables depend on the other files that the bundler has read. Everything else is the same.
  expect(await program(times, { minifyIdentifiers: false })).toBe(await program(1, { minifyIdentifiers: false }));
  expect((await program(times)).length).toBe((await program(1)).length);
});

test("the whole client grows no faster than the number of operations", async () => {
  const size = (many: number) => gzipBytes(join(scratch, `${many}`, "ours/whole.ts"));
  const [once, more] = [await size(1), await size(times)];
  expect(more).toBeGreaterThan(once);
  expect(more / once).toBeLessThanOrEqual(times);
});

test("every operation exists as many times as the description was multiplied", () => {
  expect(modelOf(times).operations.length).toBe(times * modelOf(1).operations.length);
});

function modelOf(many: number) {
  const { description, table } = multiply(ownInputs(), many);
  const source = parseSource(JSON.stringify(description), "openapi/sfc-preview.yaml");
  return buildModel(source.value, source, readSdkTable(parseSource(stringify(table), "openapi/sdk.yaml")));
}

/** The client as a package that a user bundles, so that unused parts can be removed. There is no schema file, because types are not read. */
async function writePackage(folder: string, many: number): Promise<void> {
  const sources = join(folder, "sources");
  cpSync(join(root, "src"), sources, { recursive: true });
  for (const [name, text] of printCode(modelOf(many), { text: "", declared: new Set() })) {
    const file = join(folder, name.replace(/^src/, "sources"));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const modules = join(folder, "node_modules");
  const own = join(modules, "sfc-preview-sdk");
  await build({ entryPoints: [join(sources, "**/*.ts")], outdir: join(own, "dist"), format: "esm", target: "es2022" });
  const manifest = { name: "sfc-preview-sdk", type: "module", sideEffects: false, exports: "./dist/index.js" };
  writeFileSync(join(own, "package.json"), JSON.stringify(manifest));
  for (const name of dependencies()) symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
  writePrograms("ours", folder);
}
