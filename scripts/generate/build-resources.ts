import { arrayAt, textAt } from "../lib/json.js";
import type { Assigned } from "./assign-rows.js";
import type { OperationModel, ResourceModel } from "./model.js";
import { kebabCase, pascalCase } from "./names.js";
import type { SdkTable } from "./sdk-table.js";
import { freeTypeName } from "./type-names.js";

type ResourceNames = Pick<ResourceModel, "field" | "className" | "file">;

/** The names of each resource, in the order of first use. */
export function resourceNames(assigned: readonly Assigned[]): ResourceNames[] {
  return [...new Set(assigned.map(({ row }) => row.resource))].map(namesOf);
}

export function buildResources(
  document: unknown,
  operations: readonly OperationModel[],
  table: SdkTable,
): ResourceModel[] {
  const fields = [...new Set(operations.map(({ resource }) => resource))];
  return fields.map((field) => ({
    ...namesOf(field),
    description: resourceDescription(document, field, table),
    operations: operations.filter(({ resource }) => resource === field),
  }));
}

function namesOf(field: string): ResourceNames {
  const pascal = pascalCase(field);
  const free = freeTypeName(pascal);
  return {
    field,
    className: free === pascal ? pascal : `${pascal}Resource`,
    file: field === "index" ? "index-resource" : kebabCase(field),
  };
}

function resourceDescription(document: unknown, field: string, table: SdkTable): string {
  const row = table.resources.get(field);
  if (row?.description !== undefined) return row.description;
  const tag = arrayAt(document, "tags").find((candidate) => {
    const name = textAt(candidate, "name") ?? "";
    return row === undefined ? pascalCase(name) === pascalCase(field) : row.tags.includes(name);
  });
  return textAt(tag, "description") ?? `Operations of \`${field}\`.`;
}
