import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { guidePages, pageTitle } from "../../docs/.vitepress/guide.js";
import { complaints } from "../../scripts/docs/check-samples.js";
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

const pages = new Map(guidePages.map((page) => [page as string, readFileSync(join(root, `docs/${page}.md`), "utf8")]));

function headings(text: string): string[] {
  return text.replace(/^```[\s\S]*?^```$/gm, "").match(/^#+ .+$/gm) ?? [];
}

/** The anchors that VitePress makes from headings. */
function anchors(text: string): Set<string> {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
  return new Set(headings(text).map(slug));
}

function hasAnchor(target: string, id: string | undefined): boolean {
  const text = pages.get(target.replace(/\.md$/, ""));
  return text !== undefined && (id === undefined || anchors(text).has(id));
}

describe("the guide", () => {
  // The compiler takes long on a busy machine.
  test("shows complete programs that type-check", { timeout: 120_000 }, () => {
    expect(programs().size).toBeGreaterThan(15);
    expect(complaints(root, programs())).toEqual([]);
  });

  test("has no program that derives the time of an order from the clock, so that each can be run again", () => {
    const trading = [...programs()].filter(([, code]) => code.includes("placeOrder("));
    expect(trading.length).toBeGreaterThan(0);
    for (const [name, code] of trading) expect(code, name).not.toMatch(/Date\.now|new Date\(\)|dateMs/);
  });

  test("has one title per page and no duplicate anchors", () => {
    for (const [name, text] of pages) {
      expect(headings(text).filter((line) => line.startsWith("# "))).toEqual([`# ${pageTitle(text)}`]);
      expect(anchors(text).size, name).toBe(headings(text).length);
    }
  });

  test("links to pages and headings that exist", () => {
    const broken = [...pages].flatMap(([page, text]) =>
      [...text.matchAll(/\]\(([^):#]*)(?:#([^)]*))?\)/g)]
        .filter(([, target = "", id]) => !target.startsWith("pictures/") && !hasAnchor(target || `${page}.md`, id))
        .map(([link]) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test("lists every page of the folder", () => {
    const files = readdirSync(join(root, "docs")).filter((file) => file.endsWith(".md"));
    expect(files.map((file) => file.replace(".md", "")).sort()).toEqual([...guidePages].sort());
  });

  test("documents exactly the options of a client and of a call", () => {
    const table = readFileSync(join(root, "docs/options.md"), "utf8");
    const rows = [...table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name = "", where = ""]) => [name, where]);
    const named = (place: string) => rows.filter(([, where]) => where?.includes(place)).map(([name]) => name);
    expect(named("client").sort()).toEqual(Object.keys(clientChecks).sort());
    expect(named("call").sort()).toEqual(Object.keys(callChecks).sort());
  });
});
