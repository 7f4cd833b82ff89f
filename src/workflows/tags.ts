import { UsageError } from "../wrappers/errors.js";

const maxTags = 50;
// By code points, as JSON Schema counts them.
const keyShape = /^[^_,= ][^,= ]{0,127}$/u;
const valueShape = /^[^,=]{0,256}$/u;

/**
 * Tags for a body, checked against the service's rules: at most 50; a key has 1 to 128 characters without `,`, `=` and space and does not
 * start with `_`; a value has at most 256 characters without `,` and `=`.
 *
 * An update replaces all tags, so pass the old ones along: `tags({ ...instance.tags, env: "prod" })`. Among them can be the two by which `createOnce` knows what it has created
 * (`sfc-preview-sdk.…`); without them its next call ends with an `IntentConflictError`.
 * @throws {UsageError} naming the tag that breaks a rule
 */
export function tags(values: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(values);
  if (entries.length > maxTags)
    throw new UsageError("tags", `there are ${entries.length}; at most ${maxTags} may be set`);
  for (const [key, value] of entries) checkTag(key, value);
  return Object.fromEntries(entries);
}

/**
 * The same tags as a filter: `sfc.instances.list({ tag: tagFilter({ env: "prod" }) })`. Whether several mean all or any is not stated by the vendor.
 * @throws {UsageError} when there is no tag, which would match everything, or one breaks a rule
 */
export function tagFilter(values: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(values);
  if (entries.length === 0) throw new UsageError("tags", "no tag filters nothing; leave the filter out or name one");
  return entries.map(([key, value]) => {
    checkTag(key, value);
    return `${key}=${value}`;
  });
}

function checkTag(key: string, value: unknown): void {
  if (!keyShape.test(key)) {
    throw new UsageError(
      `tags[${JSON.stringify(key)}]`,
      'a key has 1 to 128 characters, no "," "=" or space, and no "_" in front',
    );
  }
  if (typeof value !== "string" || !valueShape.test(value)) {
    throw new UsageError(
      `tags[${JSON.stringify(key)}]`,
      'a value is a string of at most 256 characters without "," and "="',
    );
  }
}
