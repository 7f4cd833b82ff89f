import { invalid } from "./errors.js";
import type { SkuRow } from "./rows.js";
import type { Simulation } from "./simulation.js";

/** Hardware constraints: property to accepted values. None means no constraint. */
export type Requirements = { readonly [key: string]: readonly string[] };

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;
/** The published list of operators is missing; these two mean the same here, "one of these values". */
const operators = new Set(["eq", "in"]);

/** Reads `field[:op]:value,value;…` of a query. */
export function parseRequirements(text: string | undefined): Record<string, string[]> {
  if (text === undefined || text === "") return {};
  return Object.fromEntries(text.split(";").map(parseTerm));
}

function parseTerm(term: string): [string, string[]] {
  const parts = term.split(":");
  const [key = "", operator = "eq", list = ""] = parts.length === 2 ? [parts[0], "eq", parts[1]] : parts;
  const values = list.split(",");
  const readable =
    parts.length >= 2 &&
    parts.length <= 3 &&
    operators.has(operator) &&
    [key, ...values].every((name) => namePattern.test(name));
  if (!readable)
    throw invalid("requirements", `"${term}" is not of the form field[:op]:value`, "malformed_requirements");
  return [key, values];
}

export function matchingSkus(sim: Simulation, requirements: Requirements): SkuRow[] {
  return sim.store.skus.where((sku) => Object.entries(requirements).every(([key, values]) => meets(sku, key, values)));
}

function meets({ properties }: SkuRow, key: string, values: readonly string[]): boolean {
  const property = propertyValue(properties, key);
  return property !== undefined && values.includes(property);
}

/** The value of one property as filters write it. */
export function propertyValue(properties: SkuRow["properties"], key: string): string | undefined {
  const property = (properties as Record<string, { value: unknown } | string | null | undefined>)[key];
  return typeof property === "object" && property !== null ? String(property.value) : undefined;
}
