import type { InstalledPackage } from "./packages.js";

/** Ask for no more than their text to be kept, so they may be part of what is shipped. */
const permissive = new Set([
  "MIT",
  "MIT-0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "Apache-2.0",
  "Unlicense",
  "CC0-1.0",
  "BlueOak-1.0.0",
  "Zlib",
]);

/** Fine for tools that work here and are not passed on. */
const forTools = new Set([...permissive, "CC-BY-4.0", "MPL-2.0", "Python-2.0"]);

/** Packages whose package.json is silent or wrong, and what their licence file says. */
const known: Readonly<Record<string, string>> = { spawndamnit: "MIT" };

/** What is wrong with a package's licence, in a sentence; `undefined`: nothing. */
export function judge({ name, version, licence, isShipped }: InstalledPackage): string | undefined {
  const said = known[name] ?? licence;
  if (said === undefined || said === "") return `${name} ${version}: names no licence`;
  return fits(said, isShipped ? permissive : forTools)
    ? undefined
    : `${name} ${version}: ${said}${isShipped ? ", and it is shipped" : ""}`;
}

/** An SPDX expression: one of those joined by OR must fit, and all of those joined by AND. */
export function fits(expression: string, allowed: ReadonlySet<string>): boolean {
  const bare = expression.replace(/[()]/g, "");
  return bare.split(" OR ").some((choice) => choice.split(" AND ").every((licence) => allowed.has(licence.trim())));
}
