import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export interface BundleOptions {
  /** Packages that the user has loaded already. */
  readonly external?: string[];
  /** @default true */
  readonly shortNames?: boolean;
}

/** The bytes of a program with all it imports: bundled as a module for browsers and servers alike, minified, compressed as tightly as gzip can. */
export async function gzipBytes(entry: string, options?: BundleOptions): Promise<number> {
  return gzipSync(await bundled(entry, options), { level: 9 }).length;
}

export async function bundled(
  entry: string,
  { external = [], shortNames = true }: BundleOptions = {},
): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    external,
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: shortNames,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    legalComments: "none",
    write: false,
    logLevel: "error",
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`nothing came of ${entry}`);
  return output.contents;
}
