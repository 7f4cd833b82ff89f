/**
 * `npx sfc-preview-sdk impact`, the published form of `npm run spec:impact`. Loads the pipeline only when the tools that it
 * stands on are there: the package does not bring them, because its other users have no need of them.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Surroundings } from "../lib/command.js";
import { impactUsage, PACKAGE_CALL } from "./arguments.js";

/** Each with the versions that are known to do, and the one to install. */
const TOOLS = [
  { name: "typescript", fits: /^(5\.([5-9]|\d\d)|6)\./, install: "5.9" },
  { name: "openapi-typescript", fits: /^7\./, install: "7.13.0" },
  { name: "@redocly/cli", fits: /^2\./, install: "2.77.0" },
  { name: "yaml", fits: /^2\./, install: "2.9.1" },
  { name: "json-p3", fits: /^2\./, install: "2.3.1" },
];

/** Gives the exit code. */
export async function packageImpact(argv: readonly string[], world: Surroundings): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    world.stdout.write(impactUsage(PACKAGE_CALL));
    return 0;
  }
  const lacking = TOOLS.filter(({ name, fits }) => !fits.test(versionOf(name)));
  if (lacking.length > 0) {
    const wanted = TOOLS.map(({ name, install }) => `${name}@${install}`).join(" ");
    const names = lacking.map(({ name }) => name).join(", ");
    world.stderr.write(
      `${PACKAGE_CALL}\n  Missing, or of a version that does not do: ${names}.\n  To mend: npm install --save-dev ${wanted}\n`,
    );
    return 1;
  }
  const { specImpact } = await import("./impact.js");
  return specImpact(argv, world, PACKAGE_CALL);
}

/** Empty when it is not installed. */
function versionOf(name: string): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
  } catch {
    return "";
  }
}
