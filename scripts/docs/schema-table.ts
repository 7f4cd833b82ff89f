import { isObject, type JsonObject } from "../lib/json.js";
import { deref, listArms } from "../lib/openapi.js";
import { cell, code, table } from "./markdown.js";
import { listLimits, listMembers, printType } from "./schema.js";

/** The maximum depth of nested schemas and arrays. Deeper members are in the SDK reference, which has a page for each type. */
const deepest = 5;

interface Row {
  readonly name: string;
  readonly schema: unknown;
  readonly required: boolean;
}

/** The members of a schema as tables: one, or one for each of its variants. Empty when it has no members. */
export function schemaTables(document: JsonObject, node: unknown): string[] {
  const variants = listArms(deref(document, node));
  if (variants.length === 0) return [memberTable(document, node)].filter((text) => text !== "");
  return variants.flatMap((variant) => {
    const text = memberTable(document, variant);
    return text === "" ? [] : [`When ${discriminator(document, variant)}:`, text];
  });
}

function memberTable(document: JsonObject, node: unknown): string {
  const rows = flatten(document, node, "", []);
  if (rows.length === 0) return "";
  return table(
    ["field", "type", "description"],
    rows.map((row) => fieldRow(document, row)),
  );
}

/** The name, type and description of one field or parameter. */
export function fieldRow(document: JsonObject, { name, schema, required }: Row, description?: string): string[] {
  const resolved = deref(document, schema);
  const limits = listLimits(resolved);
  // The description beside a reference states what the schema means in this place.
  const here = isObject(schema) ? schema.description : undefined;
  const text = description ?? String(here ?? resolved.description ?? "");
  const label = `${code(name)}${required ? "<br>required" : ""}`;
  const notes = limits.length === 0 ? "" : `<br>${cell(limits.join("; "))}`;
  return [label, code(printType(document, schema)), cell(text) + notes];
}

/** The name of a nested member is its path: `requirements.accelerators[].type`. */
function flatten(document: JsonObject, node: unknown, prefix: string, seen: readonly JsonObject[]): Row[] {
  const schema = deref(document, node);
  if (seen.includes(schema) || seen.length >= deepest) return [];
  const within = [...seen, schema];
  const { members, required } = listMembers(document, schema);
  const own = members.flatMap(([name, member]) => [
    { name: prefix + name, schema: member, required: required.has(name) },
    ...flatten(document, member, `${prefix}${name}.`, within),
  ]);
  const variants = prefix === "" ? [] : listArms(schema);
  return [
    ...own,
    ...variants.flatMap((variant) => flatten(document, variant, prefix, within)),
    ...(schema.items === undefined ? [] : flatten(document, schema.items, `${prefix.replace(/\.$/, "")}[].`, within)),
  ];
}

/** The member that distinguishes a variant from the others because it has a single value, such as `kind: "spot"`. */
function discriminator(document: JsonObject, variant: unknown): string {
  const { members } = listMembers(document, deref(document, variant));
  const fixed = members.find(([, member]) => deref(document, member).const !== undefined);
  return fixed ? `${code(fixed[0])} is ${code(printType(document, fixed[1]))}` : code(printType(document, variant));
}
