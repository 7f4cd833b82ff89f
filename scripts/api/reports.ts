import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IConfigFile,
} from "@microsoft/api-extractor";

/** File name, such as `index.api.md`, to the report of one entry point. */
export async function apiReports(root: string, scratch: string): Promise<Map<string, string>> {
  emitDeclarations(root, scratch);
  const configs = entryPoints(root).map((entry) => ({ entry, config: configOf(root, scratch, entry) }));
  const [first, ...others] = configs;
  if (first === undefined) throw new Error("package.json exports nothing");
  const compilerState = CompilerState.create(first.config, {
    additionalEntryPoints: others.map(({ config }) => config.mainEntryPointFilePath),
  });
  const reports = configs.map(({ entry, config }) => {
    Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
      },
    });
    const name = reportName(entry);
    return [name, readFileSync(join(scratch, "reports", name), "utf8")] as const;
  });
  return new Map(reports);
}

/** The declarations that users get, without their code. */
function emitDeclarations(root: string, scratch: string): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = ["-p", "tsconfig.build.json", "--emitDeclarationOnly", "--declarationMap", "false", "--outDir", scratch];
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...args], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`the sources do not compile:\n${stdout}`);
}

/** `index`, `paths`, `testing/index`: what package.json exports. */
function entryPoints(root: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, { types?: string }>;
  };
  const files = Object.values(exports).map(({ types }) => /^\.\/dist\/(.+)\.d\.ts$/.exec(types ?? "")?.[1]);
  return files.filter((file) => file !== undefined);
}

function reportName(entry: string): string {
  return `${entry.replace(/\/index$/, "")}.api.md`;
}

function configOf(root: string, scratch: string, entry: string): ExtractorConfig {
  const mainEntryPointFilePath = join(scratch, `${entry}.d.ts`);
  const reportFolder = join(scratch, "reports");
  mkdirSync(reportFolder, { recursive: true });
  const silent = { default: { logLevel: ExtractorLogLevel.None } };
  const configObject: IConfigFile = {
    projectFolder: root,
    newlineKind: "lf",
    mainEntryPointFilePath,
    compiler: { overrideTsconfig: tsconfig(root, mainEntryPointFilePath) },
    apiReport: {
      enabled: true,
      reportFolder,
      reportTempFolder: join(scratch, "temporary"),
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
    packageJsonFullPath: join(root, "package.json"),
  });
}

function tsconfig(root: string, file: string) {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as {
    compilerOptions: object;
  };
  return { compilerOptions, files: [file] };
}
