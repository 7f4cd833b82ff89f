import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuseContradictions } from "../generate/check-description.js";
import { absoluteReferences } from "../generate/external-references.js";
import { type KnownSources, readInputs } from "../generate/inputs.js";
import { applyOverlay } from "../generate/overlay.js";
import { bundle } from "../generate/redocly.js";
import type { SdkTable } from "../generate/sdk-table.js";
import { walk } from "../generate/walk.js";
import type { Description } from "./side.js";

/** The files that stand beside a description, when they are not the project's own. */
export interface Companions {
  readonly overlay?: string;
  readonly sdk?: string;
}

/** A description with the table that stands beside it. */
export interface ReadDescription extends Description {
  readonly table: SdkTable;
}

/** Reads a description as `npm run generate` does: corrected, checked, in one document. */
export async function readDescription(
  file: string,
  companions: Companions,
  root: string,
  cwd: string,
  known?: KnownSources,
): Promise<ReadDescription> {
  const options = { ...companions, spec: file, check: false, help: false };
  const { sources, table, folder } = readInputs(options, root, cwd, known);
  const source = sources.description;
  const { document } = applyOverlay(source.value, sources.overlay);
  refuseContradictions(document, source, folder);
  if (!refersToFiles(document)) return { document, source, table };
  return inScratch(async (scratch) => {
    writeFileSync(join(scratch, "overlaid.json"), JSON.stringify(absoluteReferences(document, folder)));
    return { document: await bundle(scratch, "overlaid.json", source), source, table };
  });
}

function refersToFiles(document: unknown): boolean {
  let found = false;
  walk(document, ({ $ref }) => {
    found ||= typeof $ref === "string" && !$ref.startsWith("#");
  });
  return found;
}

/** Gives work a folder that is gone afterwards. */
export async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "description-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
