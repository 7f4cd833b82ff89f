/**
 * The public API as text, one report per entry point in `etc/`: `npm run api` writes them, `npm run api:check` fails when one is not as it would be written.
 * Committed, so that a change of what users see is seen in review.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/lib/package.js";
import { inScratch } from "../../scripts/lib/scratch.js";
import { emitDeclarations, reportApi } from "../../scripts/release/api.js";

// Inside the project, so that the declarations find the packages that they mention; not among those, or they would count as one of them.
const folder = join(root, ".tmp");
const reports = await inScratch(async (scratch) => reportApi(root, await emitDeclarations(root, scratch)), folder);

const etc = join(root, "etc");

test.each([...reports])("etc/%s", async (name, report) => {
  await expect(report).toMatchFileSnapshot(join(etc, name));
});

test("etc/ has no report of an entry point that is gone", () => {
  const gone = readdirSync(etc).filter((name) => !reports.has(name));
  if (process.env.MODE === "update") for (const name of gone) rmSync(join(etc, name));
  else expect(gone).toEqual([]);
});
