import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What `npm run docs` made. */
export const site = fileURLToPath(new URL("../../../site/", import.meta.url));

/** Every page, from the root of the site. */
export function allPages(): string[] {
  return readdirSync(site, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html"))
    .sort();
}

/** Links and sources of every page that lead to no file, or to no place in it. */
export function brokenLinks(): string[] {
  const pages = new Map(allPages().map((page) => [page, readFileSync(join(site, page), "utf8")]));
  const files = new Set(readdirSync(site, { recursive: true, encoding: "utf8" }));
  const anchors = new Map([...pages].map(([page, html]) => [page, idsOf(html)]));
  return [...pages].flatMap(([page, html]) =>
    targetsOf(html).flatMap((target) => {
      const [path = "", hash = ""] = target.split("#");
      const file = path === "" ? page : relative(site, resolve(site, dirname(page), decodeURIComponent(path)));
      const found = files.has(file) && (hash === "" || anchors.get(file)?.has(decodeURIComponent(hash)) !== false);
      return found ? [] : [`${page}: ${target}`];
    }),
  );
}

function targetsOf(html: string): string[] {
  const body = html.replace(/<script[\s\S]*?<\/script>/g, (script) => script.slice(0, script.indexOf(">") + 1));
  const targets = [...body.matchAll(/<(?!use)[^>]+?\s(?:href|src)="([^"]*)"/g)].map(([, target = ""]) =>
    target.replaceAll("&amp;", "&"),
  );
  return [...new Set(targets)].filter((target) => !/^(https?|data|mailto):/.test(target));
}

function idsOf(html: string): Set<string> {
  return new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = ""]) => id));
}
