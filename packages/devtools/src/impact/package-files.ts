import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { ProjectProblem } from "./problem.js";

/** The members of a package's manifest that the comparison needs. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string | { readonly types?: string }>>;
  readonly bin?: Readonly<Record<string, string>> | string;
}

/** One version of the client: its manifest, and its declaration files by path in the package. */
export interface ClientVersion {
  readonly manifest: Manifest;
  readonly declarations: ReadonlyMap<string, string>;
}

export const CLIENT = "sfc-preview-sdk";

/** Reads a version of the client from a folder, from a tarball, or, for a version or tag, from npm. */
export function readVersion(to: string, cwd: string): ClientVersion {
  const path = resolve(cwd, to);
  if (existsSync(path)) return statSync(path).isDirectory() ? readFolder(path) : readTarball(path);
  if (/[/\\]|\.tgz$/.test(to)) {
    throw new ProjectProblem({ where: to, what: "There is no such file or folder.", fix: "check the path." });
  }
  return readPublished(to);
}

export function readFolder(folder: string): ClientVersion {
  const manifest = join(folder, "package.json");
  const fix = `give a folder that contains ${CLIENT}, with its declarations built.`;
  if (!existsSync(manifest)) throw new ProjectProblem({ where: folder, what: "It has no package.json.", fix });
  const files = new Map([["package.json", readFileSync(manifest, "utf8")]]);
  const dist = join(folder, "dist");
  const names = existsSync(dist) ? readdirSync(dist, { recursive: true, encoding: "utf8" }) : [];
  for (const name of names.filter(isDeclaration)) {
    files.set(`dist/${name.replaceAll("\\", "/")}`, readFileSync(join(dist, name), "utf8"));
  }
  return checkFiles(files, folder, fix);
}

function readTarball(path: string): ClientVersion {
  const fix = "give a tarball that `npm pack` has made.";
  let files: Map<string, string>;
  try {
    files = unpack(gunzipSync(readFileSync(path)));
  } catch {
    throw new ProjectProblem({ where: path, what: "It is not a gzipped tarball.", fix });
  }
  return checkFiles(files, path, fix);
}

/** Reads a published version with npm, which uses its configured registry and credentials. */
function readPublished(version: string): ClientVersion {
  const fix = "give a version or a tag that is published, a tarball, or a folder.";
  // npm also accepts paths, URLs and options, so only the characters of a version or tag are passed to it.
  if (!/^[\w.^~+-]+$/.test(version) || version.startsWith("-")) {
    throw new ProjectProblem({ where: `--to ${version}`, what: "It is not a version.", fix });
  }
  const folder = mkdtempSync(join(tmpdir(), "sfc-impact-"));
  try {
    const args = ["pack", `${CLIENT}@${version}`, "--pack-destination", folder, "--loglevel=error"];
    const { status, stderr, error } = spawnSync("npm", args, {
      encoding: "utf8",
      shell: process.platform === "win32",
      timeout: 120_000,
    });
    const [tarball] = readdirSync(folder);
    if (status === 0 && tarball !== undefined) return readTarball(join(folder, tarball));
    const reason = (stderr ?? error?.message ?? "").trim().split("\n")[0] ?? "";
    throw new ProjectProblem({ where: `--to ${version}`, what: `npm does not return this version. ${reason}`, fix });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkFiles(files: ReadonlyMap<string, string>, where: string, fix: string): ClientVersion {
  const manifest = JSON.parse(files.get("package.json") ?? "{}") as Manifest;
  const declarations = new Map([...files].filter(([name]) => isDeclaration(name)));
  if (manifest.name !== CLIENT) throw new ProjectProblem({ where, what: `It does not contain ${CLIENT}.`, fix });
  if (declarations.size === 0) throw new ProjectProblem({ where, what: "It contains no declarations (.d.ts).", fix });
  return { manifest, declarations };
}

function isDeclaration(name: string): boolean {
  return name.endsWith(".d.ts");
}

const BLOCK = 512;

/** Reads the needed files from a tarball: the manifest and the declarations. */
function unpack(tar: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const text = (start: number, length: number) =>
      tar.toString("utf8", at + start, at + start + length).split("\0")[0] ?? "";
    const size = Number.parseInt(text(124, 12), 8) || 0;
    const type = text(156, 1);
    const content = () => tar.toString("utf8", at + BLOCK, at + BLOCK + size);
    const prefix = text(345, 155);
    const name = longName ?? (prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`);
    // A pax header contains the name of the next entry when that name is long.
    longName = type === "x" ? / path=([^\n]*)\n/.exec(content())?.[1] : undefined;
    const path = name.replace(/^[^/]+\//, "");
    if ((type === "0" || type === "") && (path === "package.json" || isDeclaration(path))) files.set(path, content());
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** Maps each entry point to its declaration file: `sfc-preview-sdk/paths` to `dist/paths.d.ts`. */
export function entryPoints({ exports = {} }: Manifest): Map<string, string> {
  const entries = Object.entries(exports).flatMap(([entry, target]) => {
    const types = typeof target === "string" ? undefined : target.types;
    return types === undefined ? [] : [[CLIENT + entry.slice(1), types.replace(/^\.\//, "")] as const];
  });
  return new Map(entries);
}
