import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IConfigFile,
} from "@microsoft/api-extractor";

/** A package of this repository, as far as its reports need it. */
interface Package {
  readonly folder: string;
  /** Where its declarations are. */
  readonly declarations: string;
  /** What the names of its reports begin with. */
  readonly prefix: string;
}

/** File name, such as `index.api.md`, to the report of one entry point. */
export async function apiReports(root: string, scratch: string): Promise<Map<string, string>> {
  const client = emitDeclarations(root, join(root, "tsconfig.build.json"), join(scratch, "client"), "");
  const config = devtoolsConfig(root, scratch, client);
  const devtools = emitDeclarations(join(root, "packages/devtools"), config, join(scratch, "devtools"), "devtools-");
  return new Map([...reportsOf(root, client), ...reportsOf(root, devtools)]);
}

function reportsOf(root: string, { folder, declarations, prefix }: Package): Map<string, string> {
  const configs = entryPoints(folder).map((entry) => configOf(root, folder, declarations, entry));
  const [first, ...others] = configs;
  if (first === undefined) throw new Error(`${folder}/package.json exports nothing`);
  const compilerState = CompilerState.create(first, {
    additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
  });
  const reports = configs.map((config) => {
    Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
      },
    });
    const name = basename(config.reportFilePath);
    const text = readFileSync(join(config.reportFolder, name), "utf8");
    return [`${prefix}${name}`.replace("-index.", "."), text] as const;
  });
  return new Map(reports);
}

/** The declarations that users get, without their code. */
function emitDeclarations(folder: string, config: string, declarations: string, prefix: string): Package {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const flags = ["--emitDeclarationOnly", "--declarationMap", "false", "--outDir", declarations];
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", config, ...flags], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the sources do not compile:\n${stdout}`);
  // Imports between the packages are looked up from here, as those of another package.
  cpSync(join(folder, "package.json"), join(declarations, "package.json"));
  return { folder, declarations, prefix };
}

/** The devtools compile with the client's declarations of this run, whether or not the client has been built. */
function devtoolsConfig(root: string, scratch: string, { declarations }: Package): string {
  const file = join(scratch, "tsconfig.json");
  const paths = Object.fromEntries(
    entryPoints(root).map((entry) => [
      `sfc-preview-sdk/${entry}`.replace(/\/index$/, ""),
      [join(declarations, `${entry}.d.ts`)],
    ]),
  );
  const sources = join(root, "packages/devtools/src");
  const own = { extends: join(root, "packages/devtools/tsconfig.build.json"), include: [sources] };
  writeFileSync(file, JSON.stringify({ ...own, compilerOptions: { paths, rootDir: sources } }));
  return file;
}

/** `index`, `paths`, `workflows/index`: what package.json exports. */
function entryPoints(folder: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, { types?: string }>;
  };
  const files = Object.values(exports).map(({ types }) => /^\.\/dist\/(.+)\.d\.ts$/.exec(types ?? "")?.[1]);
  return files.filter((file) => file !== undefined);
}

function reportName(entry: string): string {
  return `${entry.replace(/\/index$/, "")}.api.md`;
}

function configOf(root: string, folder: string, declarations: string, entry: string): ExtractorConfig {
  const mainEntryPointFilePath = join(declarations, `${entry}.d.ts`);
  const reportFolder = join(declarations, "reports");
  mkdirSync(reportFolder, { recursive: true });
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  const configObject: IConfigFile = {
    projectFolder: folder,
    newlineKind: "lf",
    mainEntryPointFilePath,
    compiler: { overrideTsconfig: tsconfig(root, mainEntryPointFilePath) },
    apiReport: {
      enabled: true,
      reportFolder,
      reportTempFolder: join(declarations, "temporary"),
      reportFileName: reportName(entry),
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent, compilerMessageReporting: silent },
  };
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
}

function tsconfig(root: string, file: string) {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as {
    compilerOptions: object;
  };
  // Without `paths`: a report names what comes from the other package, and does not repeat it.
  return { compilerOptions: { ...compilerOptions, paths: {} }, files: [file] };
}
