import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { reportApi } from "../../scripts/release/api.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "api-"));
  mkdirSync(join(root, "etc"));
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

const write = () => reportApi(root, [{ folder: root, declarations: root }], join(root, "etc"), false);
const check = () => reportApi(root, [{ folder: root, declarations: root }], join(root, "etc"), true).join("\n");

describe("the report of the public API", () => {
  test("is as it should be right after it was written", () => {
    write();
    expect(check()).toBe("");
  });

  test("shows each line that is gone and each that is new, by file, and a check changes no file", () => {
    write();
    const before = readFileSync(join(root, "etc/index.api.md"), "utf8");
    declare("index", "export declare function list(): void;\nexport declare function find(): void;\n");
    const differences = check();
    expect(differences).toContain("etc/index.api.md");
    expect(differences).toMatch(/^\+export function find\(\): void;$/m);
    expect(differences).toMatch(/^-export function get\(\): void;$/m);
    expect(readFileSync(join(root, "etc/index.api.md"), "utf8")).toBe(before);
  });

  test("misses neither a new entry point nor one that is gone", () => {
    write();
    exports({ "./paths": "paths" });
    declare("paths", "export declare function create(): void;\n");
    const differences = check();
    expect(differences).toContain("The API report file is missing");
    expect(differences).toContain("index.api.md: package.json exports no such entry point");
    write();
    expect(readdirSync(join(root, "etc"))).toEqual(["paths.api.md"]);
    expect(check()).toBe("");
  });

  test("counts lines that stand there more than once", () => {
    declare("index", "export declare class A {\n  a(): void;\n}\nexport declare class B {\n  a(): void;\n}\n");
    write();
    declare("index", "export declare class A {\n  a(): void;\n}\nexport declare class B {\n}\n");
    expect(check()).toMatch(/^-\s+a\(\): void;$/m);
  });
});

test("the public types need no TypeScript newer than 5.5: a typed array is generic since 5.7 only", () => {
  const reports = readdirSync("etc").map((name) => readFileSync(join("etc", name), "utf8"));
  expect(reports.length).toBeGreaterThan(5);
  for (const report of reports) expect(report).not.toMatch(/(Array|DataView)<Array(Buffer|BufferLike)>/);
});
