import type { JsonObject } from "../lib/json.js";
import { deref } from "../lib/openapi.js";
import { escapeHtml } from "./html.js";
import { renderProse } from "./markdown.js";
import { limitsOf, membersOf, typeOf, variantsOf } from "./schema-words.js";

/** The description's shapes end here; deeper ones are in the SDK reference. */
const deepest = 4;

/** The members of a shape as a list that opens to the shapes inside. Empty for what has none. */
export function schemaList(document: JsonObject, node: unknown, seen: readonly JsonObject[] = []): string {
  const schema = deref(document, node);
  if (seen.includes(schema) || seen.length >= deepest) return "";
  const within = [...seen, schema];
  const { members, required } = membersOf(document, schema);
  const rows = members.map(([name, member]) => memberItem(document, name, member, required.has(name), within));
  const own = rows.length > 0 ? `<dl>\n${rows.join("")}</dl>\n` : "";
  const inner = variantsOf(schema).map((variant) => variantBlock(document, variant, within));
  const items = schema.items === undefined ? "" : schemaList(document, schema.items, within);
  return own + inner.join("") + items;
}

function memberItem(
  document: JsonObject,
  name: string,
  node: unknown,
  required: boolean,
  seen: readonly JsonObject[],
): string {
  const schema = deref(document, node);
  const inner = schemaList(document, node, seen);
  return `${fieldTerm(document, name, node, required)}<dd>${renderProse(String(schema.description ?? ""))}${
    inner && `<details><summary>Members of <code>${escapeHtml(name)}</code></summary>\n${inner}</details>`
  }</dd>\n`;
}

/** Name, type and limits of one field; parameters look the same. */
export function fieldTerm(document: JsonObject, name: string, node: unknown, required: boolean): string {
  const limits = limitsOf(deref(document, node));
  return `<dt><code>${escapeHtml(name)}</code> <span class="type">${escapeHtml(typeOf(document, node))}</span>${
    required ? ' <span class="tag">required</span>' : ""
  }${limits.length > 0 ? ` <span class="limits">${escapeHtml(limits.join("; "))}</span>` : ""}</dt>\n`;
}

function variantBlock(document: JsonObject, variant: unknown, seen: readonly JsonObject[]): string {
  const inner = schemaList(document, variant, seen);
  const { title } = deref(document, variant);
  const name = typeof title === "string" ? title : discriminatorOf(document, variant);
  return inner && `<details><summary>When <code>${escapeHtml(name)}</code></summary>\n${inner}</details>\n`;
}

/** What distinguishes one variant from the others: a member with one value, such as `type: "quoted"`. */
function discriminatorOf(document: JsonObject, variant: unknown): string {
  const { members } = membersOf(document, deref(document, variant));
  const fixed = members.find(([, member]) => deref(document, member).const !== undefined);
  return fixed ? `${fixed[0]}: ${typeOf(document, fixed[1])}` : typeOf(document, variant);
}
