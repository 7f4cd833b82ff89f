import { comment, firstSentence, harmless } from "./docs.js";
import { codeHeader, type Origin } from "./header.js";
import type { Model, ResourceModel } from "./model.js";

/** `resources/index.ts`: all classes, and the one that holds an object of each. */
export function printResourceIndex(model: Model, origin: Origin): string {
  const resources = [...model.resources].sort((a, b) => (a.file < b.file ? -1 : 1));
  return `${codeHeader(origin)}import type { Caller } from "../../wrappers/call.js";
${resources.map((resource) => `import { ${resource.className} } from "./${resource.file}.js";\n`).join("")}
export { ${resources.map(({ className }) => className).join(", ")} };

/** One field per resource of the API. */
export class Resources {
${model.resources.map(printField).join("")}
  constructor(caller: Caller) {
${model.resources.map(({ field, className }) => `    this.${field} = new ${className}(caller);\n`).join("")}  }
}
`;
}

function printField({ field, className, description }: ResourceModel): string {
  return `${comment([firstSentence(harmless(description))], "  ")}  readonly ${field}: ${className};\n`;
}
