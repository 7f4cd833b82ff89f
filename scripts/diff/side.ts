import { buildModel } from "../generate/build-model.js";
import type { Texts } from "../generate/format.js";
import type { Origin } from "../generate/header.js";
import type { Model, OperationModel } from "../generate/model.js";
import { printCode } from "../generate/outputs.js";
import { printSchema } from "../generate/print-schema.js";
import { listOperations, type RawOperation } from "../generate/raw-operations.js";
import type { SdkTable } from "../generate/sdk-table.js";
import type { Source } from "../generate/source.js";
import { fitTable, type RowChange } from "./fit-table.js";

/** A description as it was read: corrected by the overlay, with everything in one document. */
export interface Description {
  readonly document: unknown;
  readonly source: Source;
}

/** One of the two descriptions that are compared, with the client that is made from it. */
export interface Side {
  readonly document: unknown;
  readonly model: Model;
  readonly operations: readonly SideOperation[];
  /** The generated TypeScript, by path from the root of the project. */
  readonly code: Texts;
  readonly rowChanges: readonly RowChange[];
}

/** An operation as the description has it, and as the client has it. */
export interface SideOperation {
  readonly raw: RawOperation;
  readonly model: OperationModel;
  readonly id: string;
  /** `instances.list`. */
  readonly name: string;
}

const ORIGIN: Origin = { spec: "the description", overlay: "the overlay", sdk: "sdk.yaml" };

/** Makes the client of a description as `npm run generate` would, with the rows that fit it. */
export async function makeSide(
  description: Description,
  other: Description,
  table: SdkTable,
  otherSide: "earlier" | "later" = "earlier",
): Promise<Side> {
  const { document, source } = description;
  const { operations } = listOperations(document);
  const fitted = fitTable(document, operations, table, listOperations(other.document).operations, otherSide);
  const model = buildModel(document, source, fitted.table);
  const schema = await printSchema(document, { ...ORIGIN, spec: source.file });
  return {
    document,
    model,
    operations: joinOperations(model, operations),
    code: printCode(model, schema, ORIGIN),
    rowChanges: fitted.changes,
  };
}

function joinOperations(model: Model, operations: readonly RawOperation[]): SideOperation[] {
  const byId = new Map(operations.map((raw) => [raw.id, raw]));
  return model.operations.flatMap((one) => {
    const raw = byId.get(one.id);
    return raw === undefined ? [] : [{ raw, model: one, id: raw.id, name: one.descriptor.name }];
  });
}
