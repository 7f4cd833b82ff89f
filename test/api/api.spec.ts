/**
 * The public API as text, with one report per entry point in `etc/`. `npm run api` writes the reports, and `npm run api:check` fails when one is not up to date.
 * They are committed, so that changes of the public API are visible in review.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/lib/package.js";
import { inScratch } from "../../scripts/lib/scratch.js";
import { emitDeclarations, reportApi } from "../../scripts/release/api.js";

// The folder is inside the project, so that the declarations can resolve packages, but not in node_modules, so that they do not count as a package.
const folder = join(root, ".tmp");
const reports = await inScratch(async (scratch) => reportApi(root, await emitDeclarations(root, scratch)), folder);

const etc = join(root, "etc");

test.each([...reports])("etc/%s", async (name, report) => {
  await expect(report).toMatchFileSnapshot(join(etc, name));
});

test("etc/ has no report of an entry point that no longer exists", () => {
  const gone = readdirSync(etc).filter((name) => !reports.has(name));
  if (process.env.MODE === "update") for (const name of gone) rmSync(join(etc, name));
  else expect(gone).toEqual([]);
});
