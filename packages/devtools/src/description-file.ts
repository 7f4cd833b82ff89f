import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownDescription } from "./own-description.js";

/** An API description for who takes only the path of one. */
export interface DescriptionFile {
  readonly path: string;
  /** Removes it, if it is only there for this purpose. May be called twice. */
  remove(): void;
}

/** The given file, or a temporary one with the description that this package was made from. */
export function descriptionFile(given?: string): DescriptionFile {
  if (given !== undefined) return { path: given, remove: () => {} };
  const folder = mkdtempSync(join(tmpdir(), "sfc-description-"));
  const path = join(folder, "bundled.json");
  writeFileSync(path, ownDescription());
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
