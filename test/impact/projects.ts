import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { onTestFinished } from "vitest";
import { ROOT } from "../mutations/base.js";

/** Contents of files, by path. */
export type Texts = Readonly<Record<string, string>>;

const MANIFEST = { name: "sfc-preview-sdk", version: "0.1.0", type: "module" };

/** A version of the client: its entry points, by name without the package name, and its files in `dist`. */
export function version(
  entries: readonly string[],
  dist: Texts,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
  const exports = Object.fromEntries(
    entries.map((entry) => [
      entry === "index" ? "." : `./${entry.replace("/index", "")}`,
      { types: `./dist/${entry}.d.ts` },
    ]),
  );
  const files = Object.entries(dist).map(([name, text]) => [`dist/${name}`, text]);
  return { "package.json": JSON.stringify({ ...MANIFEST, exports, ...more }), ...Object.fromEntries(files) };
}

/** The client of this repository, with the declarations of each source. */
export function thisRelease(): Record<string, string> {
  const src = join(ROOT, "src");
  const names = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const dist = names.map((name) => {
    const text = readFileSync(join(src, name), "utf8");
    const { outputText } = ts.transpileDeclaration(text, { fileName: name, compilerOptions: {} });
    return [`dist/${name.replace(/\.ts$/, ".d.ts")}`, outputText];
  });
  return { "package.json": readFileSync(join(ROOT, "package.json"), "utf8"), ...Object.fromEntries(dist) };
}

/** A folder with files. It is removed after the test. */
export function folder(files: Texts): string {
  const place = mkdtempSync(join(tmpdir(), "impact-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  write(place, files);
  return place;
}

function write(place: string, files: Texts): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
}

const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2022"],
    module: "nodenext",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  },
  include: ["src"],
};

/** A user's project with a version of the client installed, and the compiler of this repository. */
export function project(files: Texts, installed: Texts): string {
  const place = folder({ "package.json": '{ "type": "module" }', "tsconfig.json": JSON.stringify(TSCONFIG), ...files });
  write(join(place, "node_modules/sfc-preview-sdk"), installed);
  for (const name of ["typescript", "openapi-fetch", "openapi-typescript-helpers"]) {
    symlinkSync(join(ROOT, "node_modules", name), join(place, "node_modules", name), "dir");
  }
  return place;
}
