import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { reportApi } from "../../scripts/release/api.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "api-"));
  writeFileSync(join(root, "tsconfig.json"), '{ "compilerOptions": { "noLib": true, "types": [] } }');
  exports({ ".": "index" });
  declare("index", "export declare function list(): void;\nexport declare function get(): void;\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function exports(entries: Readonly<Record<string, string>>): void {
  const targets = Object.entries(entries).map(([entry, file]) => [
    entry,
    { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` },
  ]);
  const manifest = { name: "sample", version: "1.0.0", exports: Object.fromEntries(targets) };
  writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
}

function declare(entry: string, text: string): void {
  writeFileSync(join(root, `${entry}.d.ts`), text);
}

const report = () => reportApi(root, [{ folder: root, declarations: root }]);

describe("the report of the public API", () => {
  test("has each line of the exports of an entry point, also lines that occur more than once", () => {
    declare("index", "export declare class A {\n  a(): void;\n}\nexport declare class B {\n  a(): void;\n}\n");
    expect(
      report()
        .get("index.api.md")
        ?.match(/^\s+a\(\): void;$/gm),
    ).toHaveLength(2);
  });

  test("changes with the exports of an entry point", () => {
    const before = report().get("index.api.md");
    expect(before).toMatch(/^export function get\(\): void;$/m);
    declare("index", "export declare function list(): void;\nexport declare function find(): void;\n");
    const after = report().get("index.api.md");
    expect(after).toMatch(/^export function find\(\): void;$/m);
    expect(after).not.toContain("get()");
  });

  test("detects a new and a removed entry point", () => {
    expect([...report().keys()]).toEqual(["index.api.md"]);
    exports({ "./paths": "paths" });
    declare("paths", "export declare function create(): void;\n");
    expect([...report().keys()]).toEqual(["paths.api.md"]);
  });
});

test("the public types compile with TypeScript 5.5, in which typed arrays have no type argument", () => {
  const reports = readdirSync("etc").map((name) => readFileSync(join("etc", name), "utf8"));
  expect(reports.length).toBeGreaterThan(5);
  for (const report of reports) expect(report).not.toMatch(/(Array|DataView)<Array(Buffer|BufferLike)>/);
});
