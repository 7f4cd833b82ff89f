import { comment } from "./docs.js";
import { codeHeader, type Origin } from "./header.js";
import type { Model } from "./model.js";
import type { TypeAlias } from "./type-table.js";

/** `types.ts`: every shape that goes in or comes out, under a name in plain words. */
export function printTypes(model: Model, origin: Origin): string {
  const uses = (name: string) => model.types.some((type) => type.expression.includes(`${name}[`));
  const imports = ["components", "operations"].filter(uses);
  const importLine = imports.length === 0 ? "" : `import type { ${imports.join(", ")} } from "./schema.js";\n\n`;
  const body = model.types.map(printAlias).join("\n");
  return `${codeHeader(origin)}${importLine}${body || "export {};\n"}`;
}

function printAlias({ name, expression, doc, isDeprecated }: TypeAlias): string {
  const docs = comment([doc, isDeprecated ? "@deprecated" : ""]);
  return `${docs}export type ${name} = ${expression};\n`;
}
