import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { complaints } from "../../scripts/docs/check-samples.js";
import { guidePages, readGuide } from "../../scripts/docs/guide.js";
import { callChecks, clientChecks } from "../../src/wrappers/options.js";

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

  test("links to pages and headings that exist", () => {
    const pages = readGuide(join(root, "docs"));
    const anchors = new Map(pages.map(({ href, headings }) => [href, new Set(headings.map(({ id }) => id))]));
    const broken = pages.flatMap(({ href: page, html }) =>
      [...html.matchAll(/href="([^":#]*)(?:#([^"]*))?"/g)]
        .filter(([, target, id]) => {
          const known = anchors.get(target || page);
          return known === undefined || (id !== undefined && !known.has(id));
        })
        .map(([link]) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test("lists every page of the folder", () => {
    const files = readdirSync(join(root, "docs")).filter((file) => file.endsWith(".md"));
    expect(files.map((file) => file.replace(".md", "")).sort()).toEqual([...guidePages].sort());
  });

  test("documents every option of a client and of a call, and no other", () => {
    const table = readFileSync(join(root, "docs/options.md"), "utf8");
    const rows = [...table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name = "", where = ""]) => [name, where]);
    const named = (place: string) => rows.filter(([, where]) => where?.includes(place)).map(([name]) => name);
    expect(named("client").sort()).toEqual(Object.keys(clientChecks).sort());
    expect(named("call").sort()).toEqual(Object.keys(callChecks).sort());
  });
});
