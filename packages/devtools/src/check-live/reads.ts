import type { Middleware } from "sfc-preview-sdk";
import { createPathClient } from "sfc-preview-sdk/paths";
import { type ApiDescription, asNode, type DescribedOperation } from "../drift/description.js";

/** A GET operation of the description, and the values that a call of it needs. */
export interface Read {
  /** The method, as in `"instances.get"`. */
  readonly name: string;
  /** Path template. */
  readonly path: string;
  /** The parameter of the path, and the list whose ids are values for it. */
  readonly parameter: { readonly name: string; readonly list: string } | undefined;
  /** Names of required query parameters. */
  readonly query: readonly string[];
}

/** Lists every GET operation of the description, lists first. No other HTTP method is ever used, so nothing can be written. */
export async function listReads(description: ApiDescription): Promise<Read[]> {
  const gets = description.operations.filter(({ method }) => method === "GET");
  const names = await operationNames(description);
  const reads = gets.map((operation) => toRead(operation, names.get(operation.path) ?? operation.path));
  return reads.sort((a, b) => Number(a.parameter !== undefined) - Number(b.parameter !== undefined));
}

function toRead({ path, node }: DescribedOperation, name: string): Read {
  const [list, rest] = path.split("/{");
  const parameters = (Array.isArray(node.parameters) ? node.parameters : []).map(asNode);
  const query = parameters.filter((one) => one.in === "query" && one.required === true);
  return {
    name,
    path,
    parameter: rest === undefined ? undefined : { name: rest.split("}")[0] ?? "", list: list ?? "" },
    query: query.map((one) => String(one.name)),
  };
}

/** Reads the client's names of operations, by path. Middleware receives them and does not call `next`, so nothing is sent. */
async function operationNames(description: ApiDescription): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const note: Middleware = async ({ method, url, operation }) => {
    names.set(description.find(method, url)?.path ?? "", operation);
    return Response.json({});
  };
  const options = { baseUrl: "http://127.0.0.1", token: "none", middleware: [note] };
  const client = createPathClient(options) as unknown as UntypedClient;
  for (const path of new Set(description.operations.map((one) => one.path))) {
    const parameters = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => [name, "x"]);
    await client.request("get", path, { params: { path: Object.fromEntries(parameters) } });
  }
  return names;
}

/** The path client, for paths that are known only at run time. */
export interface UntypedClient {
  request(method: "get", path: string, init: object): Promise<{ readonly data?: unknown; readonly response: Response }>;
}

const HOUR = 3_600;

/** Maximum number of values that are tried for an id until a response has content. */
const MOST_TRIES = 3;

/** Returns the parameters for the possible calls of a read, in order, or which value is missing for all of them. */
export function callParams(read: Read, ids: ReadonlyMap<string, readonly string[]>, nowMs: number): Params[] | string {
  const { parameter, query } = read;
  const start = (Math.floor(nowMs / 1000 / HOUR) + 1) * HOUR;
  let tries: Params[] = [{ path: {}, query: {} }];
  const add = (part: keyof Params, name: string, values: readonly (string | number)[]) => {
    const chosen = values.slice(0, MOST_TRIES);
    tries = chosen.flatMap((value) => tries.map((one) => ({ ...one, [part]: { ...one[part], [name]: value } })));
  };
  if (parameter !== undefined) add("path", parameter.name, ids.get(parameter.list) ?? []);
  if (tries.length === 0) return `no id in GET ${parameter?.list}`;
  for (const name of query) {
    if (name.endsWith("start_at")) add("query", name, [start]);
    else if (name.endsWith("end_at")) add("query", name, [start + 24 * HOUR]);
    else add("query", name, [...ids].find(([path]) => path.endsWith(`/${name}s`))?.[1] ?? []);
    if (tries.length === 0) return `no value for the query parameter ${name}`;
  }
  return tries.slice(0, MOST_TRIES);
}

/** The parameters of one call. */
export interface Params {
  readonly path: Readonly<Record<string, string | number>>;
  readonly query: Readonly<Record<string, string | number>>;
}

/** Reads the ids of the items of a list. */
export function readIds(body: unknown): string[] {
  const { data } = asNode(body);
  const ids = (Array.isArray(data) ? data : []).map((row) => asNode(row).id);
  return ids.filter((id) => typeof id === "string");
}
