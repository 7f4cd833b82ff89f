import { isObject, objectAt } from "../lib/json.js";
import type { RawOperation } from "./raw-operations.js";
import { deref, schemaName } from "./shapes.js";

/** A JSON body or answer: where its schema stands, and its name when it has one. */
export interface Payload {
  readonly schema: unknown;
  readonly name?: string;
  /** Steps below `operations["id"]` in the generated types, for a schema without a name. */
  readonly typePath: readonly (string | number)[];
}

export interface Answer {
  readonly status: string;
  readonly description: string;
  readonly payload?: Payload;
  /** Names of the headers that it declares. */
  readonly headers: readonly string[];
}

/** The JSON body that the operation takes. */
export function requestBody(document: unknown, operation: RawOperation): (Payload & { required: boolean }) | undefined {
  if (operation.node.requestBody === undefined) return undefined;
  const body = deref(document, operation.node.requestBody);
  const payload = jsonPayload(body.content, ["requestBody"]);
  return payload && { ...payload, required: body.required === true };
}

/** Every declared answer, in the order of the description. */
export function answers(document: unknown, operation: RawOperation): Answer[] {
  return Object.entries(objectAt(operation.node, "responses")).map(([status, node]) => {
    const response = deref(document, node);
    const payload = jsonPayload(response.content, ["responses", /^\d+$/.test(status) ? Number(status) : status]);
    const description = typeof response.description === "string" ? response.description : "";
    const headers = Object.keys(objectAt(response, "headers"));
    return { status, description, headers, ...(payload && { payload }) };
  });
}

export function isSuccess(answer: Answer): boolean {
  return /^2/.test(answer.status);
}

/** Whether a key of `responses` speaks of a status: `404`, `4XX` and `default` all cover 404. */
export function coversStatus(key: string, status: number): boolean {
  return key === "default" || (/^\dXX$/i.test(key) ? key[0] === String(status)[0] : key === String(status));
}

export function isError(answer: Answer): boolean {
  return /^[45]/.test(answer.status) || answer.status === "default";
}

/** Whether all that the operation takes and all that it answers on success is JSON, or nothing. */
export function speaksJson(document: unknown, operation: RawOperation): boolean {
  const responses = Object.entries(objectAt(operation.node, "responses"));
  const carriers = [
    operation.node.requestBody,
    ...responses.filter(([status]) => /^2/.test(status)).map(([, node]) => node),
  ];
  return carriers.every((carrier) => {
    const types = Object.keys(objectAt(deref(document, carrier), "content"));
    return types.length === 0 || types.some(isJson);
  });
}

function isJson(mediaType: string): boolean {
  return /^application\/(.*\+)?json\b/i.test(mediaType);
}

function jsonPayload(content: unknown, typePath: Payload["typePath"]): Payload | undefined {
  if (!isObject(content)) return undefined;
  const type = Object.keys(content).find(isJson);
  if (type === undefined) return undefined;
  const schema = objectAt(content, type).schema;
  const name = schemaName(schema);
  return { schema, typePath: [...typePath, "content", type], ...(name !== undefined && { name }) };
}
