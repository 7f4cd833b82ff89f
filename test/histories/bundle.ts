import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The client process as one file, which starts in a tenth of the time of its sources. */
export async function bundleClient(folder: string): Promise<string> {
  const outfile = join(folder, "client.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("client.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  return outfile;
}
