import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownDescription } from "./own-description.js";

/** An API description as a file. */
export interface DescriptionFile {
  readonly path: string;
  /** Removes the file if it is temporary. May be called twice. */
  remove(): void;
}

/** Returns the given file, or a temporary one with the description that this package was built from. */
export function descriptionFile(given?: string): DescriptionFile {
  if (given !== undefined) return { path: given, remove: () => {} };
  const folder = mkdtempSync(join(tmpdir(), "sfc-description-"));
  const path = join(folder, "bundled.json");
  writeFileSync(path, ownDescription());
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
