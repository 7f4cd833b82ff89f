/** Makes both packages from their sources: `npm run build`. */
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readEntries } from "../lib/package.js";
import { compileClient, licencesOf } from "./client.js";
import { buildDevtools, emitDeclarations } from "./declarations.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
const entries = readEntries(root);
emitDeclarations(root, entries);
const inlined = await compileClient(root, entries);
writeFileSync(`${root}dist/THIRD-PARTY-LICENSES.txt`, licencesOf(root, inlined));
buildDevtools(root);
