import { realpathSync } from "node:fs";
import { posix } from "node:path";
import type TS from "typescript";
import type { UserProgram } from "./breaks.js";
import { memoryHost } from "./memory-host.js";
import { SHADOW } from "./message.js";
import { CLIENT, type ClientVersion, entryPoints } from "./package-files.js";
import { ts } from "./typescript.js";
import type { UserProject } from "./user-projects.js";

/** One version of the client, with the paths from which a user's project imports it. */
export interface PlacedClient {
  /** The folder of its files, as the compiler writes it. */
  readonly folder: string;
  /** Declaration files, or the source files that they are built from, by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  /** The absolute path of the file of each entry point. */
  readonly entries: ReadonlyMap<string, string>;
}

/**
 * Places a version in memory, inside the folder of the installed version, so that its imports resolve to the same packages. `name` distinguishes
 * versions.
 */
export function placeClient({ manifest, declarations }: ClientVersion, installed: string, name: string): PlacedClient {
  // The compiler uses forward slashes in paths on every system.
  const folder = posix.join(realpathSync(installed).replaceAll("\\", "/"), "dist", `${SHADOW}${name}`);
  const place = (path: string) => posix.join(folder, path.replace(/^(dist|src)\//, ""));
  const files = new Map([...declarations].map(([path, text]) => [place(path), text]));
  const entries = [...entryPoints(manifest)].flatMap(([entry, path]) => {
    const file = fileAt(place(path).replace(/\.d\.ts$/, ""), files);
    return file === undefined ? [] : [[entry, file] as const];
  });
  return { folder, files, entries: new Map(entries) };
}

/** Compiles a user's project with one version of the client. `roots` are compiled too, even if the project does not import them. */
export function clientProgram(project: UserProject, client: PlacedClient, roots: Iterable<string> = []): UserProgram {
  const { options, references } = project;
  // The project's files are shared, because they are type-checked with both versions of the client.
  const host = memoryHost(ts, options, client.files, () => true);
  // Uses the sources of a referenced project that has not been built, as editors do. The compiler's types do not declare this option.
  Object.assign(host, { useSourceOfProjectReferenceRedirect: () => true });
  const importers = new Set<string>();
  const cache = ts.createModuleResolutionCache(posix.dirname(project.config), (name) => name, options);
  host.resolveModuleNameLiterals = (literals, importer, redirect, _, file) =>
    literals.map((literal) => {
      const { text } = literal;
      if (isOfClient(text)) {
        importers.add(importer);
        return { resolvedModule: moduleAt(client.entries.get(text)) };
      }
      if (text.startsWith(".") && importer.startsWith(client.folder)) {
        const path = posix.join(posix.dirname(importer), text).replace(/\.js$/, "");
        return { resolvedModule: moduleAt(fileAt(path, client.files) ?? fileAt(`${path}/index`, client.files)) };
      }
      const theirs = redirect?.commandLine.options ?? options;
      const mode = ts.getModeForUsageLocation(file, literal, theirs);
      return ts.resolveModuleName(text, importer, theirs, host, cache, redirect, mode);
    });
  const program = ts.createProgram({
    rootNames: [...project.files, ...roots],
    options,
    projectReferences: references,
    host,
  });
  const isOfProject = (path: string) => !path.startsWith(client.folder);
  const sources = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file))
    .filter(({ fileName }) => isOfProject(fileName));
  return { program, sources, importers: [...importers].filter(isOfProject) };
}

function isOfClient(name: string): boolean {
  return name === CLIENT || name.startsWith(`${CLIENT}/`);
}

/** Finds the file of a module by its path without an extension. */
function fileAt(path: string, files: ReadonlyMap<string, string>): string | undefined {
  return [`${path}.d.ts`, `${path}.ts`].find((one) => files.has(one));
}

function moduleAt(path: string | undefined): TS.ResolvedModuleFull | undefined {
  if (path === undefined) return undefined;
  const extension = path.endsWith(".d.ts") ? ts.Extension.Dts : ts.Extension.Ts;
  return { resolvedFileName: path, extension, isExternalLibraryImport: extension === ts.Extension.Dts };
}
