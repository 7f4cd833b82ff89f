import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMockServer } from "../../packages/devtools/src/mock-server.js";
import type { RunningServer } from "../../packages/devtools/src/prism.js";
import { shared } from "../support/shared.js";
import { completeExamples } from "./complete-examples.js";

const OWN = new URL("../../openapi/bundled.json", import.meta.url);

/** The description that the client was made from, with what its examples leave out. */
export function ownDescription(): unknown {
  return completeExamples(JSON.parse(readFileSync(OWN, "utf8")));
}

/** The mock server as users start it, on {@link ownDescription}; one for all files. */
export const contractMock = shared(async (): Promise<Pick<RunningServer, "url" | "close">> => {
  const folder = mkdtempSync(join(tmpdir(), "contract-"));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const description = join(folder, "description.json");
  writeFileSync(description, JSON.stringify(ownDescription()));
  const server = await startMockServer({ description }).catch((error) => {
    clean();
    throw error;
  });
  // Prism watches its file, and starts anew when that is gone.
  return { url: server.url, close: () => server.close().finally(clean) };
});
