import { sample, stringMatching } from "fast-check";
import type { JsonObject } from "../../scripts/lib/json.js";

const FORMATS: Record<string, string> = {
  "date-time": "2026-01-02T03:04:05Z",
  date: "2026-01-02",
  time: "03:04:05Z",
  duration: "PT1H",
  uuid: "01890a5d-ac96-774b-bcce-b302099a8057",
  email: "someone@example.com",
  hostname: "host.example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/a",
  "uri-reference": "/a",
  byte: "dGV4dA==",
  base64: "dGV4dA==",
};

const MOST_TRIES = 100;
/** Text that looks like an id, a name or a path is preferred, and then any printable text. */
const PREFERRED = [/^[a-z0-9]([\w:.-]*[a-z0-9])?$/i, /^[\x21-\x7e]+$/];

/** Texts that may fit a schema, the most likely first. `variant` selects a text other than the first. */
export function* textsFor(schema: JsonObject, variant: number): Generator<string> {
  const { pattern, format, contentEncoding } = schema;
  if (typeof pattern === "string") yield* matching(pattern, variant);
  const known = FORMATS[String(format ?? contentEncoding)];
  if (known !== undefined) yield known;
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema as { minLength?: number; maxLength?: number };
  const plain = variant === 0 ? "text" : `text${variant}`;
  yield plain.padEnd(minLength, "x").slice(0, maxLength);
}

function matching(pattern: string, variant: number): string[] {
  const texts = known.get(pattern) ?? textsMatching(pattern);
  known.set(pattern, texts);
  return [...texts.slice(variant), ...texts.slice(0, variant)];
}

const known = new Map<string, string[]>();

/** Returns the same texts for the same pattern each time. Readable texts come first, because most are used in paths and queries. */
function textsMatching(pattern: string): string[] {
  // A pattern may match anywhere in a text. Only the match itself is of use.
  const arbitrary = stringMatching(new RegExp(`^(?:${pattern})$`), { size: "small" });
  const texts = sample(arbitrary, { seed: 1, numRuns: MOST_TRIES });
  const readable = PREFERRED.flatMap((shape) => texts.filter((text) => shape.test(text)));
  return [...new Set([...readable, ...texts])];
}
