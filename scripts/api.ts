/**
 * The public API as text, one report per entry point in `etc/`: `npm run api` writes them, `npm run api:check` fails when one is not as it would be written.
 * Committed, so that a change of what users see is seen in review.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareReports, writeReports } from "./api/files.js";
import { apiReports } from "./api/reports.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "etc");
// Inside the project, so that the declarations find the packages that they mention; not among those, or they would count as one of them.
mkdirSync(join(root, ".tmp"), { recursive: true });
const scratch = mkdtempSync(join(root, ".tmp/api-"));

try {
  const reports = await apiReports(root, scratch);
  if (process.argv.includes("--check")) {
    const differences = compareReports(folder, reports);
    for (const line of differences) console.error(line);
    if (differences.length > 0)
      console.error("\nThe public API is not as its report says. If that is meant: npm run api, and commit etc/.");
    else console.log(`The public API is as etc/ says (${reports.size} entry points).`);
    process.exitCode = differences.length > 0 ? 1 : 0;
  } else {
    writeReports(folder, reports);
    console.log([...reports.keys()].map((name) => `etc/${name}`).join("\n"));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
