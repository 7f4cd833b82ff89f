import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { printMarkdown } from "../diff/print-markdown.js";
import type { Report } from "../diff/report.js";
import { changesetBump } from "../diff/version.js";
import { canonicalJson } from "../lib/json.js";

/** The changeset that puts the difference into the changelog of the next version. */
export function changeset(report: Report, description: unknown, packageName: string): { name: string; text: string } {
  const bump = changesetBump(report.version.current, report.impact ?? "patch");
  const digest = createHash("sha256").update(canonicalJson(description)).digest("hex").slice(0, 8);
  const text = `---\n"${packageName}": ${bump}\n---\n\nA new description of the API.\n\n${printMarkdown(report)}`;
  return { name: `.changeset/description-${digest}.md`, text };
}

/** The changeset by its path, for a project that keeps changesets. */
export function changesets(report: Report, description: unknown, root: string): [string, string][] {
  if (!existsSync(join(root, ".changeset"))) return [];
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name: string };
  const { name, text } = changeset(report, description, manifest.name);
  return [[name, text]];
}
