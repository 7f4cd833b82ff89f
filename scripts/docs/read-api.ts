import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildModel, type Model } from "../generate/model.js";
import type { OperationModel } from "../generate/operation-model.js";
import { exampleValue } from "../generate/operations.js";
import { readSdkTable } from "../generate/sdk-table.js";
import { type JsonObject, objectAt } from "../lib/json.js";
import { deref } from "../lib/openapi.js";
import { parseSource } from "../lib/source.js";

/** The bundled description with the names of the SDK. */
export interface Api {
  readonly document: JsonObject;
  readonly model: Model;
}

/** One operation of the description. */
export interface RawCall {
  readonly summary: string;
  readonly parameters: readonly RawParameter[];
  /** The schema of the JSON body, and an example of it. */
  readonly body?: RawBody;
  readonly responses: readonly RawResponse[];
}

export interface RawParameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: unknown;
  readonly example: unknown;
}

export interface RawBody {
  readonly schema: unknown;
  readonly example: unknown;
}

export interface RawResponse {
  readonly status: string;
  readonly description: string;
  readonly body?: RawBody;
}

/** Reads the output of `npm run generate`. */
export function readApi(root: string): Api {
  const read = (file: string) => parseSource(readFileSync(join(root, file), "utf8"), file);
  const bundled = read("openapi/bundled.json");
  const model = buildModel(bundled.value, bundled, readSdkTable(read("openapi/sdk.yaml")));
  return { document: bundled.value as JsonObject, model };
}

/** The parts of one operation that come from the description. */
export function rawCall({ document }: Api, { descriptor }: OperationModel): RawCall {
  const node = objectAt(objectAt(objectAt(document, "paths"), descriptor.path), descriptor.method.toLowerCase());
  const body = node.requestBody === undefined ? undefined : readBody(document, deref(document, node.requestBody));
  return {
    summary: text(node.summary),
    parameters: list(node.parameters).map((parameter) => readParameter(document, parameter)),
    ...(body && { body }),
    responses: Object.entries(objectAt(node, "responses")).map(([status, response]) =>
      readResponse(document, status, response),
    ),
  };
}

function readParameter(document: JsonObject, node: unknown): RawParameter {
  const { name, in: place, required, description, schema, ...rest } = deref(document, node);
  return {
    name: text(name),
    in: text(place),
    required: required === true,
    description: text(description),
    schema,
    example: exampleValue(document, { ...rest, schema }),
  };
}

function readResponse(document: JsonObject, status: string, node: unknown): RawResponse {
  const response = deref(document, node);
  const body = readBody(document, response);
  return { status, description: text(response.description), ...(body && { body }) };
}

function readBody(document: JsonObject, carrier: JsonObject): RawBody | undefined {
  const media = objectAt(objectAt(carrier, "content"), "application/json");
  return media.schema === undefined ? undefined : { schema: media.schema, example: exampleValue(document, media) };
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
