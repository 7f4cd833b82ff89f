import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { complaints } from "../../scripts/docs/check-samples.js";
import { guidePages, readGuide } from "../../scripts/docs/guide.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Every TypeScript program of the guide, by page and number. */
function programs(): Map<string, string> {
  const found = guidePages.flatMap((page) => {
    const text = readFileSync(join(root, `docs/${page}.md`), "utf8");
    return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ([, code = ""], n) => [`${page}-${n + 1}`, code] as const,
    );
  });
  return new Map(found);
}

describe("the guide", () => {
  test("shows whole programs, and they type-check", () => {
    expect(programs().size).toBeGreaterThan(15);
    expect(complaints(root, programs())).toEqual([]);
  });

  test("takes no order's time from the clock, so that every program can be run again", () => {
    const trading = [...programs()].filter(([, code]) => code.includes("placeOrder("));
    expect(trading.length).toBeGreaterThan(0);
    for (const [name, code] of trading) expect(code, name).not.toMatch(/Date\.now|new Date\(\)|dateMs/);
  });

  test("has one title per page and no anchor twice", () => {
    for (const { title, headings } of readGuide(join(root, "docs"))) {
      expect(headings.filter(({ level }) => level === 1).map(({ text }) => text)).toEqual([title]);
      expect(new Set(headings.map(({ id }) => id)).size, title).toBe(headings.length);
    }
  });
});
