import { isIdentifier } from "../generate/names.js";

const widest = 80;

/** A value as somebody would write it in TypeScript: names without quotes, short things on one line. */
export function printValue(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((item) => printValue(item, inner))
    : Object.entries(value).map(([name, member]) => `${keyOf(name)}: ${printValue(member, inner)}`);
  const [open, close, pad] = Array.isArray(value) ? ["[", "]", ""] : ["{", "}", " "];
  if (members.length === 0) return open + close;
  const short = `${open}${pad}${members.join(", ")}${pad}${close}`;
  const fits = indent.length + short.length <= widest && !short.includes("\n");
  return fits ? short : `${open}\n${members.map((member) => `${inner}${member},\n`).join("")}${indent}${close}`;
}

function keyOf(name: string): string {
  return isIdentifier(name) ? name : JSON.stringify(name);
}
