import { describe, expect, test } from "vitest";
import { findInMarkdown, findInSource, findInYaml } from "../../scripts/docs/words.js";

const summary = (found: ReturnType<typeof findInMarkdown>) => found.map(({ line, word }) => `${line} ${word}`);

describe("the style check", () => {
  test("finds each word of its list in any form, with its line and its replacement", () => {
    const text = "Nobody told\nwhoever mended it\nthat unfit is none,\nso hand out what tells somebody's.";
    expect(summary(findInMarkdown(text)).sort()).toEqual(
      [
        "1 Nobody",
        "1 told",
        "2 mended",
        "2 whoever",
        "3 is none",
        "3 unfit",
        "4 hand out",
        "4 somebody",
        "4 tells",
      ].sort(),
    );
    expect(findInMarkdown("unfit")[0]?.instead).toBe("invalid or unsupported");
  });

  test("accepts words that only contain one of them", () => {
    expect(findInMarkdown("Recommend a teller, amend, storytelling")).toEqual([]);
  });

  test("checks docstrings, strings and templates of a source, but not names", () => {
    const source = [
      "/**\n * Tells nothing. */",
      `const told = \`nobody \${1} somebody\`;`,
      'throw new Error("mend it");',
      "// nobody",
    ].join("\n");
    expect(summary(findInSource(source)).sort()).toEqual(["2 Tells", "3 nobody", "3 somebody", "4 mend"]);
  });

  test("checks summaries and descriptions, but not examples", () => {
    const yaml =
      "a:\n  summary: Told\n  description: nobody\n  example:\n    description: whoever\n  title: somebody\n";
    expect(summary(findInYaml(yaml))).toEqual(["2 Told", "3 nobody"]);
  });
});
