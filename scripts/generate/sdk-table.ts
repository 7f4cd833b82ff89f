import type { Paging, RetryClass } from "../../src/operation.js";
import { objectAt } from "../lib/json.js";
import { refuseInvalid, type Source } from "../lib/source.js";

/** A row of `openapi/sdk.yaml`: facts about an operation that the description cannot express. */
export interface OperationRow {
  readonly resource: string;
  readonly method: string;
  readonly retry: RetryClass;
  readonly paging?: Paging;
  readonly repeat404?: "done";
}

/** A row in the format of the table: `{ resource: orders, method: get, retry: read }`. */
export function columns(row: OperationRow): string {
  const entries = Object.entries(row).map(([column, value]) => `${column}: ${value}`);
  return `{ ${entries.join(", ")} }`;
}

/** The tags whose operations without a row belong to the resource, and the description of the class. */
export interface ResourceRow {
  readonly tags: readonly string[];
  readonly paths: readonly string[];
  readonly description?: string;
}

export type SdkTable = ReturnType<typeof readSdkTable>;

const FIX = "see the comment at the top of openapi/sdk.yaml for what each column may hold.";

export function readSdkTable(source: Source) {
  refuseInvalid(source, new URL("sdk.schema.json", import.meta.url), FIX);
  const rows = <Row>(section: string) => Object.entries(objectAt(source.value, section)) as [string, Row][];
  return {
    source,
    operations: new Map(rows<OperationRow>("operations")),
    resources: new Map<string, ResourceRow>(
      rows<Partial<ResourceRow>>("resources").map(([name, row]) => [name, { tags: [], paths: [], ...row }]),
    ),
    /** Type names by schema name, for schemas whose name by rule is not good. */
    types: new Map(rows<string>("types")),
  };
}
