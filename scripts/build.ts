/** Makes `dist/` from `src/`: `npm run build`. */
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleCommand, bundleImpact } from "./build/bundles.js";
import { compileClient } from "./build/client.js";
import { emitDeclarations } from "./build/declarations.js";
import { packDescription } from "./build/description.js";
import { licencesOf } from "./build/third-party.js";
import { readEntries } from "./lib/package.js";

const root = fileURLToPath(new URL("../", import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
const entries = readEntries(root);
emitDeclarations(root, entries);
packDescription(root);
const bundled = [await compileClient(root, entries), await bundleCommand(root), await bundleImpact(root)];
writeFileSync(`${root}dist/testing/THIRD-PARTY-LICENSES.txt`, licencesOf(root, bundled.flat()));
