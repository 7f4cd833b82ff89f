import { ownDescription } from "../../own-description.js";
import type { OperationId } from "./api-types.js";
import { dereference } from "./schemas.js";

/** A JSON Schema of the description. */
export type JsonSchema = { readonly [key: string]: unknown };

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

type Content = Record<string, { readonly schema?: JsonSchema }>;

interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** The parts of an OpenAPI document that the simulator reads. */
export interface Description {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** One operation of the description. */
export interface OperationInfo {
  readonly id: OperationId;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: JsonSchema | undefined;
  /** The declared statuses, each with the schema of its JSON body, or `undefined` without one. */
  readonly responses: ReadonlyMap<number, JsonSchema | undefined>;
  readonly success: number;
  /** Whether the operation declares `Idempotency-Key`. */
  readonly keyed: boolean;
  /** Whether the success response is a list with items in `data`. */
  readonly list: boolean;
}

let ours: Description | undefined;

/** Returns the description that this package contains. It is read once. */
export function bundledDescription(): Description {
  ours ??= JSON.parse(ownDescription()) as Description;
  return ours;
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export function readOperations(description: Description): OperationInfo[] {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const described = (item as Record<string, DescribedOperation | undefined>)[method.toLowerCase()];
      return described === undefined ? [] : [operationInfo(description, method, path, described)];
    }),
  );
}

function operationInfo(
  description: Description,
  method: OperationInfo["method"],
  path: string,
  described: DescribedOperation,
): OperationInfo {
  const responses = new Map(
    Object.entries(described.responses).map(([status, response]) => [Number(status), jsonSchema(response.content)]),
  );
  const parameters = described.parameters ?? [];
  const success = [...responses.keys()].find((status) => status < 300) ?? 200;
  return {
    id: described.operationId as OperationId,
    method,
    path,
    parameters,
    body: jsonSchema(described.requestBody?.content),
    responses,
    success,
    keyed: parameters.some((parameter) => parameter.name.toLowerCase() === "idempotency-key"),
    list: method === "GET" && isList(responses.get(success), description),
  };
}

function jsonSchema(content: Content | undefined): JsonSchema | undefined {
  return content?.["application/json"]?.schema;
}

function isList(schema: JsonSchema | undefined, description: Description): boolean {
  if (schema === undefined) return false;
  const { properties, allOf } = dereference(schema, description);
  if (Array.isArray(allOf)) return allOf.some((part: JsonSchema) => isList(part, description));
  return Object.hasOwn((properties ?? {}) as object, "data");
}
