import { invalid } from "../http/errors.js";
import type { Simulation } from "../simulation.js";
import type { SkuRow } from "../storage/rows.js";
import { namePattern } from "../world/names.js";

/** Hardware constraints: the accepted values of each property. Empty means no constraint. */
export type Requirements = { readonly [key: string]: readonly string[] };

/** Parses requirements in a query: `field[:op]:value,value;…`. */
export function parseRequirements(sim: Simulation, text: string | undefined): Record<string, string[]> {
  if (text === undefined || text === "") return {};
  return Object.fromEntries(text.split(";").map((term) => parseTerm(term, sim.assumptions.requirementOperators)));
}

function parseTerm(term: string, operators: readonly string[]): [string, string[]] {
  const parts = term.split(":");
  const [key = "", operator, list = ""] = parts.length === 2 ? [parts[0], undefined, parts[1]] : parts;
  const values = list.split(",");
  const readable =
    parts.length >= 2 &&
    parts.length <= 3 &&
    (operator === undefined || operators.includes(operator)) &&
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

/** Returns the value of a property in the form that filters use. */
export function propertyValue(properties: SkuRow["properties"], key: string): string | undefined {
  const property = (properties as Record<string, { value: unknown } | string | null | undefined>)[key];
  return typeof property === "object" && property !== null ? String(property.value) : undefined;
}
