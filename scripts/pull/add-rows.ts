import { isMap, parseDocument, stringify } from "yaml";
import type { OperationRow } from "../generate/sdk-table.js";
import { columns } from "./edit-rows.js";

const HEADING = "  # Written by rule: review names, retry classes and paging, then remove this line.";

/** The text of `sdk.yaml` with rows for more operations after those that it has; every other byte stays. */
export function addRows(text: string, rows: ReadonlyMap<string, OperationRow>): string {
  if (rows.size === 0) return text;
  const lines = [HEADING, ...[...rows].map(([id, row]) => `  ${stringify(id).trim()}: ${columns(row)}`)];
  const operations = parseDocument(text).get("operations");
  const end = isMap(operations) && operations.items.length > 0 ? operations.range?.[1] : undefined;
  if (end === undefined) return `${withoutSection(text)}operations:\n${lines.join("\n")}\n`;
  const newline = text.indexOf("\n", end - 1);
  const place = newline === -1 ? text.length : newline + 1;
  const before = text.slice(0, place);
  return `${before}${before.endsWith("\n") ? "" : "\n"}\n${lines.join("\n")}\n${text.slice(place)}`;
}

/** A section without rows, such as `operations: {}`, makes room for one with rows. */
function withoutSection(text: string): string {
  const rest = text.replace(/^operations:[ \t]*(\{\s*\})?[ \t]*\n?/m, "");
  return rest === "" || rest.endsWith("\n") ? rest : `${rest}\n`;
}
