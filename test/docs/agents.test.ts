import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { complaints } from "../../scripts/docs/check-samples.js";
import { readPackage } from "../../scripts/lib/package.js";
import { readBlocks } from "./run-program.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(new URL("../../AGENTS.md", import.meta.url), "utf8");

test("AGENTS.md is published with the package, in at most 60 lines", () => {
  expect(readPackage(root).files).toContain("AGENTS.md");
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
});

test("AGENTS.md lists every entry point of the package", () => {
  const { exports = {} } = readPackage(root);
  const entries = Object.keys(exports).filter((entry) => entry !== "./package.json");
  const listed = [...text.matchAll(/^\| `(sfc-preview-sdk[^`]*)` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(entries.map((entry) => `sfc-preview-sdk${entry.slice(1)}`).sort());
});

test("the program of AGENTS.md type-checks", () => {
  expect(complaints(root, new Map(readBlocks("AGENTS.md", "ts").map((code) => ["AGENTS", code])))).toEqual([]);
});
