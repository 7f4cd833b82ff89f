import { bundle, refuseContradictions } from "../generate/check.js";
import { buildModel, type Model } from "../generate/model.js";
import { capitalize } from "../generate/names.js";
import type { OperationModel } from "../generate/operation-model.js";
import { isOwnHeader, isSuccess, listOperations, type Payload, type RawOperation } from "../generate/operations.js";
import { applyOverlay } from "../generate/overlay.js";
import { printCode } from "../generate/print.js";
import { type InputFiles, type KnownSources, readInputs } from "../generate/read.js";
import { reachableSchemas } from "../generate/references.js";
import { printSchema } from "../generate/schema.js";
import { type JsonObject, objectAt } from "../lib/json.js";
import { inScratch } from "../lib/scratch.js";
import { fitTable } from "./sdk-table.js";

/** A description that was read: one document with the overlay applied, and its table. */
export type Description = Awaited<ReturnType<typeof readDescription>>;

/** One of the two compared descriptions, with the client that is generated from it. */
export type Side = Awaited<ReturnType<typeof makeSide>>;

/** One thing on both sides. */
export type Both<T> = Readonly<Record<"before" | "after", T>>;

/** Generates the client of a description as `npm run generate` does, with rows that match it. */
export async function makeSide(
  { document, source, table }: Description,
  other: Pick<Description, "document">,
  otherSide: "earlier" | "later" = "earlier",
) {
  const [own = [], others = []] = [document, other.document].map((one) => listOperations(one).operations);
  const fitted = fitTable(own, table, others, otherSide);
  const model = buildModel(document, source, fitted.table);
  const schema = await printSchema(document, source, model.types);
  // The code, by path from the root of the project.
  return { document, model, code: printCode(model, schema), rowChanges: fitted.changes };
}

/** Reads a description as `npm run generate` does: with the overlay applied, checked, and in one document. */
export async function readDescription(files: InputFiles, root: string, cwd: string, known?: KnownSources) {
  const { sources, table, folder } = readInputs(files, root, cwd, known);
  const source = sources.description;
  const { document } = applyOverlay(source.value, sources.overlay);
  refuseContradictions(document, source, folder);
  const bundled = await inScratch((scratch) => bundle(document, folder, source, scratch));
  return { document: bundled, source, table };
}

/** Something with members: a named schema, or the parameters, body or response of a single operation. */
export interface Owner {
  /** The key, which is equal on both sides unless it was renamed: `schema Tags`, `query list_orders`. */
  readonly key: string;
  /** The exported type, when there is one. */
  readonly type?: string | undefined;
  readonly schema: unknown;
  /** The methods that send it. */
  readonly sentBy: readonly string[];
  /** The methods that return it or fail with it. */
  readonly receivedBy: readonly string[];
  /** The operation, if the type belongs to a single one. */
  readonly operation?: string;
  /** The kind of its entries, if no type of the client has its members. */
  readonly kind?: "header" | "limits";
}

export function listOwners(side: Side): Owner[] {
  return [...schemaOwners(side), ...side.model.operations.flatMap(operationOwners)];
}

function schemaOwners({ document, model }: Side): Owner[] {
  // The named schemas that an operation sends, and those that it returns or fails with.
  const reach = (...nodes: unknown[]) => new Set(reachableSchemas(document, { nodes }));
  const uses = model.operations.map(({ descriptor: { name }, raw }) => ({
    name,
    sent: reach(...raw.parameters, raw.node.requestBody),
    received: reach(...raw.responses.map(({ payload }) => payload?.schema)),
  }));
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  return reachableSchemas(document).map((schema) => ({
    key: `schema ${schema}`,
    type: findType(model, schema),
    schema: schemas[schema],
    sentBy: uses.filter(({ sent }) => sent.has(schema)).map(({ name }) => name),
    receivedBy: uses.filter(({ received }) => received.has(schema)).map(({ name }) => name),
  }));
}

/** The exported type of a named schema. */
export function findType({ types }: Model, schema: string): string | undefined {
  return types.find(({ place }) => place?.[0] === "components" && place[2] === schema)?.name;
}

function operationOwners({ id, descriptor: { name }, raw, query, body, response }: OperationModel): Owner[] {
  const sent = { sentBy: [name], receivedBy: [], operation: name };
  const received = { sentBy: [], receivedBy: [name], operation: name };
  const success = raw.responses.find(isSuccess)?.payload;
  // A named schema is compared under its name.
  const isOwn = (payload: Payload | undefined) => payload !== undefined && payload.name === undefined;
  const owners: Owner[] = [
    { key: `headers ${id}`, kind: "header", schema: parameterSchema(raw, "header", "cookie"), ...sent },
    { key: `path ${id}`, kind: "limits", schema: parameterSchema(raw, "path"), ...sent },
    { key: `query ${id}`, type: query?.type, schema: parameterSchema(raw, "query"), ...sent },
  ];
  if (isOwn(raw.body)) owners.push({ key: `body ${id}`, type: body?.type, schema: raw.body?.schema, ...sent });
  if (isOwn(success)) owners.push({ key: `response ${id}`, type: response, schema: success?.schema, ...received });
  return owners;
}

/** The parameters of some places, as the object in which a user passes them. */
function parameterSchema({ parameters }: RawOperation, ...places: string[]): unknown {
  const chosen = parameters.filter((parameter) => places.includes(String(parameter.in)) && !isOwnHeader(parameter));
  const entries = chosen.map((parameter) => {
    const { schema, description, deprecated } = parameter;
    const own = { ...(description !== undefined && { description }), ...(deprecated === true && { deprecated }) };
    return [nameParameter(parameter), { ...Object(schema), ...own }];
  });
  return {
    type: "object",
    required: chosen.filter(({ required }) => required === true).map(nameParameter),
    properties: Object.fromEntries(entries),
  };
}

/** The name in an entry. */
function nameParameter({ in: place, name }: JsonObject): string {
  if (place === "path") return `\`${name}\` in the path`;
  if (place === "query") return String(name);
  // Header names are case-insensitive.
  const inOneCase = String(name).replace(/\w+/g, (word) => capitalize(word.toLowerCase()));
  return `the ${place} \`${place === "header" ? inOneCase : name}\``;
}
