import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Texts } from "../../scripts/lib/files.js";
import type { ClientClass } from "../contract/bench.js";
import { ROOT } from "./base.js";

/** Bundles the client with other generated code instead of the project's own. Nothing is written to the disk. */
export async function loadClient(code: Texts): Promise<ClientClass> {
  const { outputFiles } = await build({
    stdin: { contents: 'export { SfcClient } from "./src/client.js";', resolveDir: ROOT, loader: "ts" },
    plugins: [generatedFrom(code)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "silent",
  });
  const text = Buffer.from(outputFiles[0]?.contents ?? "").toString("base64");
  const { SfcClient } = (await import(`data:text/javascript;base64,${text}`)) as { SfcClient: ClientClass };
  return SfcClient;
}

function generatedFrom(code: Texts): Plugin {
  const texts = new Map([...code].map(([name, text]) => [join(ROOT, name), text]));
  return {
    name: "generated",
    setup(build) {
      build.onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir }) => {
        const file = join(resolveDir, path).replace(/\.js$/, ".ts");
        return texts.has(file) ? { path: file } : undefined;
      });
      build.onLoad({ filter: /[\\/]generated[\\/]/ }, ({ path }) => {
        const contents = texts.get(path);
        if (contents === undefined) return { errors: [{ text: `${path} is not generated from this description` }] };
        return { contents, loader: "ts" };
      });
    },
  };
}
