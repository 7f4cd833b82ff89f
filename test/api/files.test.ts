import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compareReports, lineDifferences, writeReports } from "../../scripts/api/files.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "api-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const reports = (index: string) => new Map([["index.api.md", index]]);

describe("the report of the public API", () => {
  test("is as it should be right after it was written", () => {
    writeReports(folder, reports("a\nb\n"));
    expect(compareReports(folder, reports("a\nb\n"))).toEqual([]);
  });

  test("tells each line that is gone and each that is new, by file", () => {
    writeReports(folder, reports("a\nb\n"));
    expect(compareReports(folder, reports("a\nc\n"))).toEqual(["etc/index.api.md", "- b", "+ c"]);
  });

  test("misses neither a new entry point nor one that is gone", () => {
    writeFileSync(join(folder, "old.api.md"), "old\n");
    expect(compareReports(folder, reports("a\n"))).toEqual(["etc/index.api.md", "+ a", "etc/old.api.md", "- old"]);
    writeReports(folder, reports("a\n"));
    expect(readdirSync(folder)).toEqual(["index.api.md"]);
  });

  test("counts lines that stand there more than once, and says so when only the order changed", () => {
    expect(lineDifferences("a\na\n", "a\n")).toEqual(["- a"]);
    expect(lineDifferences("a\nb\n", "b\na\n")).toEqual(["  only the order of its lines is another one"]);
  });
});
