import { realpathSync } from "node:fs";
import { posix } from "node:path";
import type TS from "typescript";
import type { UserProgram } from "./breaks.js";
import { SHADOW } from "./cause.js";
import { CLIENT, type ClientVersion, entryPoints } from "./package-files.js";
import { parsedWith } from "./parsed-files.js";
import { ts } from "./typescript.js";
import type { UserProject } from "./user-projects.js";

/** One version of the client, at the place from which a user's project imports it. */
export interface PlacedClient {
  /** Folder that its declarations are in, as the compiler names it. */
  readonly folder: string;
  /** Declarations by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  /** Entry points to the absolute paths of their declarations. */
  readonly entries: ReadonlyMap<string, string>;
}

/**
 * Places a version in memory, within the folder of the installed one: so it finds the packages that the installed one finds. `name` distinguishes
 * versions.
 */
export function placeClient({ manifest, declarations }: ClientVersion, installed: string, name: string): PlacedClient {
  // The compiler writes paths with slashes everywhere.
  const folder = posix.join(realpathSync(installed).replaceAll("\\", "/"), "dist", `${SHADOW}${name}`);
  const place = (path: string) => posix.join(folder, path.replace(/^dist\//, ""));
  return {
    folder,
    files: new Map([...declarations].map(([path, text]) => [place(path), text])),
    entries: new Map([...entryPoints(manifest)].map(([entry, path]) => [entry, place(path)])),
  };
}

/** A user's project on one version of the client. */
export function clientProgram(project: UserProject, client: PlacedClient): UserProgram {
  const { options, references } = project;
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const parsed = parsedWith(options);
  host.fileExists = (path) => client.files.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => client.files.get(path) ?? ts.sys.readFile(path);
  host.getSourceFile = (path, target, onError) => {
    const text = client.files.get(path);
    // Another project may have another version at the same place.
    if (parsed.get(path) === undefined || (text !== undefined && parsed.get(path)?.text !== text)) {
      const isOnDisk = text === undefined;
      parsed.set(path, isOnDisk ? read(path, target, onError) : ts.createSourceFile(path, text, target, true));
    }
    return parsed.get(path);
  };
  // As editors do, through a hook that the compiler's types leave out: sources stand in for what a reference has not built yet.
  Object.assign(host, { useSourceOfProjectReferenceRedirect: () => true });
  const importers = new Set<string>();
  const cache = ts.createModuleResolutionCache(posix.dirname(project.config), (name) => name, options);
  host.resolveModuleNameLiterals = (literals, importer, redirect, _, file) =>
    literals.map((literal) => {
      const { text } = literal;
      if (isOfClient(text)) {
        importers.add(importer);
        return { resolvedModule: declarationAt(client.entries.get(text)) };
      }
      if (text.startsWith(".") && importer.startsWith(client.folder)) {
        return { resolvedModule: declarationAt(siblingOf(importer, text, client)) };
      }
      const theirs = redirect?.commandLine.options ?? options;
      const mode = ts.getModeForUsageLocation(file, literal, theirs);
      return ts.resolveModuleName(text, importer, theirs, host, cache, redirect, mode);
    });
  // The entry points too, so that versions can be compared beyond what the project imports.
  const rootNames = [...project.files, ...client.entries.values()];
  const program = ts.createProgram({ rootNames, options, projectReferences: references, host });
  const sources = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
  return { program, sources, importers: [...importers].filter((path) => !path.startsWith(client.folder)) };
}

function isOfClient(name: string): boolean {
  return name === CLIENT || name.startsWith(`${CLIENT}/`);
}

function siblingOf(importer: string, name: string, { files }: PlacedClient): string | undefined {
  const path = posix.join(posix.dirname(importer), name).replace(/\.js$/, "");
  return [`${path}.d.ts`, posix.join(path, "index.d.ts")].find((one) => files.has(one));
}

function declarationAt(path: string | undefined): TS.ResolvedModuleFull | undefined {
  if (path === undefined) return undefined;
  return { resolvedFileName: path, extension: ts.Extension.Dts, isExternalLibraryImport: true };
}
