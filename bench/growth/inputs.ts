import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../../scripts/lib/package.js";
import type { Inputs } from "./multiply.js";

/** The project's own. */
export function ownInputs(): Inputs {
  return {
    description: JSON.parse(readFileSync(join(root, "openapi/bundled.json"), "utf8")),
    table: parse(readFileSync(join(root, "openapi/sdk.yaml"), "utf8")),
  };
}
