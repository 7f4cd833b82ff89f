import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { trimDeclarations } from "../../scripts/release/declarations.js";

/** Trims the files from the entry `index.d.ts`, and returns the rest of each. */
function trimmed(files: Readonly<Record<string, string>>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "trim-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  trimDeclarations(folder, Object.keys(files), ["index.d.ts"]);
  const left = Object.keys(files).filter((name) => existsSync(join(folder, name)));
  return Object.fromEntries(left.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

it("keeps exactly the exports of an entry and everything to which their types refer", () => {
  const left = trimmed({
    "index.d.ts": 'export { send } from "./send.js";\n',
    "send.d.ts": `/// <reference lib="dom" preserve="true" />
import type { Policy, Unused } from "./policy.js";
import { other } from "./other.js";
/** Sends. */
export declare function send(policy: Policy): void;
export declare function internal(unused: Unused): typeof other;
`,
    "policy.d.ts": `interface Base {
    a: number;
}
/** A policy. */
export interface Policy extends Base {
}
export interface Unused {
}
export {};
`,
    "other.d.ts": "export declare const other: 1;\n",
  });
  expect(left).toEqual({
    "index.d.ts": 'export { send } from "./send.js";\n',
    "send.d.ts": `/// <reference lib="dom" preserve="true" />
import type { Policy } from "./policy.js";
/** Sends. */
export declare function send(policy: Policy): void;
`,
    "policy.d.ts": `interface Base {
    a: number;
}
/** A policy. */
export interface Policy extends Base {
}
export {};
`,
  });
});

it("follows star exports, renamed exports, overloads and inline imports of types", () => {
  const files = {
    "index.d.ts": 'export * from "./all.js";\nexport { inner as outer } from "./renamed.js";\n',
    "all.d.ts":
      'export declare function f(a: string): import("./place.js").Place;\nexport declare function f(a: number): void;\n',
    "renamed.d.ts": 'import * as whole from "./whole.js";\nexport declare const inner: whole.Part;\n',
    "place.d.ts": '/// <reference lib="esnext.disposable" preserve="true" />\nexport interface Place {\n}\n',
    "whole.d.ts": "export interface Part {\n}\n",
  };
  expect(trimmed(files)).toEqual(files);
});
