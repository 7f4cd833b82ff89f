import { resolve } from "node:path";
import { walk } from "./walk.js";

/** A copy in which references to other files are absolute, so that the document may be bundled from another folder. */
export function absoluteReferences(description: unknown, folder: string): unknown {
  const document: unknown = structuredClone(description);
  walk(document, (node) => {
    if (typeof node.$ref !== "string" || node.$ref.startsWith("#")) return;
    const [file = "", pointer] = node.$ref.split("#");
    node.$ref = resolve(folder, file) + (pointer === undefined ? "" : `#${pointer}`);
  });
  return document;
}
