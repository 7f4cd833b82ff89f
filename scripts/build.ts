/** Makes both packages from their sources: `npm run build`. */
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileClient } from "./build/client.js";
import { emitDeclarations } from "./build/declarations.js";
import { buildDevtools } from "./build/devtools.js";
import { licencesOf } from "./build/third-party.js";
import { readEntries } from "./lib/package.js";

const root = fileURLToPath(new URL("../", import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
const entries = readEntries(root);
emitDeclarations(root, entries);
const inlined = await compileClient(root, entries);
writeFileSync(`${root}dist/THIRD-PARTY-LICENSES.txt`, licencesOf(root, inlined));
buildDevtools(root);
