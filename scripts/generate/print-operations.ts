import { codeHeader, type Origin } from "./header.js";
import type { Model, OperationModel } from "./model.js";

/** `operations.ts`: one literal per operation, so that a bundler keeps only those in use. */
export function printOperations(model: Model, origin: Origin): string {
  const constants = model.operations.map(printDescriptor).join("\n");
  return `${codeHeader(origin)}import type { Operation } from "../operation.js";\n\n${constants}`;
}

/** `operation-list.ts`: all of them, for who looks one up. By itself, because who imports it imports them all. */
export function printOperationList(model: Model, origin: Origin): string {
  const constants = model.operations.map(({ constant }) => constant).join(", ");
  const imports = `import type { Operation } from "../operation.js";\nimport { ${constants} } from "./operations.js";`;
  return `${codeHeader(origin)}${imports}\n\nexport const operationList: readonly Operation[] = [${constants}];\n`;
}

function printDescriptor({ constant, descriptor }: OperationModel): string {
  const fields = Object.entries(descriptor).map(([key, value]) => `  ${key}: ${JSON.stringify(value)},\n`);
  return `export const ${constant}: Operation = {\n${fields.join("")}};\n`;
}
