import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One folder for the temporary files of all tests and of the processes that they start. It is removed after the last test. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "sfc-tests-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
