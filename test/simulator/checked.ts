import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

/** Checks responses against the description: declared status, declared schema, patterns that match the whole text, and one branch of a union. */

type Json = Record<string, unknown>;
interface Described {
  readonly operationId: string;
  readonly responses: Record<string, { content?: Record<string, { schema?: Json }> }>;
}

const description = JSON.parse(readFileSync(new URL("../../openapi/bundled.json", import.meta.url), "utf8")) as {
  paths: Record<string, Record<string, Described>>;
  components: Json;
};

const routes = Object.entries(description.paths)
  .flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
      holes: path.split("{").length,
      operation,
    })),
  )
  .sort((a, b) => a.holes - b.holes);

export const operationIds = routes.map(({ operation }) => operation.operationId).sort();

const ajv = new Ajv2020({ strict: false, logger: false });
formats.default(ajv);
for (const format of ["u-int16", "u-int32", "u-int64"]) ajv.addFormat(format, true);
ajv.addSchema({ $id: "description", components: anchored(description.components) as Json });
const compiled = new Map<string, ValidateFunction>();

function anchored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(anchored);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      if (key === "pattern" && typeof child === "string") return [key, `^(?:${child})$`];
      if (key === "$ref" && typeof child === "string") return [key, child.replace(/^#/, "description#")];
      return [key, anchored(child)];
    }),
  );
}

/** Returns the violation in a response, or `undefined`. */
export function violation(method: string, path: string, status: number, text: string): string | undefined {
  const route = routes.find((candidate) => candidate.method === method && candidate.pattern.test(path));
  if (route === undefined) return `${method} ${path} is no operation`;
  const { operationId, responses } = route.operation;
  const declared = responses[status];
  if (declared === undefined) return `${operationId} does not declare ${status}`;
  const schema = declared.content?.["application/json"]?.schema;
  if (schema === undefined) return text === "" ? undefined : `${operationId} declares no body for ${status}`;
  const key = `${operationId} ${status}`;
  const validate = compiled.get(key) ?? ajv.compile(anchored(schema) as Json);
  compiled.set(key, validate);
  return validate(JSON.parse(text)) ? undefined : `${key}: ${ajv.errorsText(validate.errors)}\n${text}`;
}
