import type TS from "typescript";

/** Parsed files from disk, by the options that they were parsed for: two clients are type-checked with the same ones. */
const parsed = new Map<string, Map<string, TS.SourceFile | undefined>>();

/** Options that say where something is, which changes nothing about how a file is parsed. */
const PLACE = /(dir|dirs|file|path|root|roots|url|paths|types)$/i;

/** The files that were parsed for the same options. */
export function parsedWith(options: TS.CompilerOptions): Map<string, TS.SourceFile | undefined> {
  const key = JSON.stringify(
    Object.entries(options)
      .filter(([name]) => !PLACE.test(name))
      .sort(),
  );
  const known = parsed.get(key) ?? new Map<string, TS.SourceFile | undefined>();
  parsed.set(key, known);
  return known;
}
