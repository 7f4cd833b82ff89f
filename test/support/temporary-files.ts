import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One folder for the temporary files of all tests, of the processes that they start too. Removed after the last test. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "sfc-tests-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
