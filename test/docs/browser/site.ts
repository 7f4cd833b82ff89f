import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** The site that `npm run docs` has built. */
export const site = fileURLToPath(new URL("../../../docs/.vitepress/dist/", import.meta.url));

/** The path of every page of the site, such as `/`, `/errors` and `/api/orders`. */
export function allPages(): string[] {
  return filesOfSite()
    .filter((file) => file.endsWith(".html") && file !== "404.html")
    .map((file) => `/${file.replace(/(^|\/)index\.html$/, "$1").replace(/\.html$/, "")}`)
    .sort();
}

/** The links and sources of all pages that lead to a missing file or anchor. */
export function brokenLinks(): string[] {
  const files = new Set(filesOfSite());
  const pages = new Map(
    [...files].filter((file) => file.endsWith(".html")).map((file) => [file, readFileSync(join(site, file), "utf8")]),
  );
  const anchors = new Map([...pages].map(([file, html]) => [file, idsOf(html)]));
  const fileOf = (path: string) =>
    [path, `${path}.html`, posix.join(path, "index.html")].find((file) => files.has(file));
  return [...pages].flatMap(([page, html]) =>
    targetsOf(html).flatMap((target) => {
      const [path = "", hash = ""] = target.split("#");
      const absolute = posix.join(path.startsWith("/") ? "/" : `/${dirname(page)}`, decodeURIComponent(path)).slice(1);
      const file = path === "" ? page : fileOf(absolute);
      const isFound = file !== undefined && (hash === "" || anchors.get(file)?.has(decodeURIComponent(hash)) === true);
      return isFound ? [] : [`${page}: ${target}`];
    }),
  );
}

function filesOfSite(): string[] {
  return readdirSync(site, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
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
