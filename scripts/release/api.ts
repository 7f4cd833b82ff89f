import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompilerState, Extractor, ExtractorConfig, type ExtractorMessage } from "@microsoft/api-extractor";
import { readJson } from "../lib/json.js";
import { readEntries } from "../lib/package.js";
import { runPackage } from "../lib/run.js";

/** The parts of a package of this repository that its reports use. */
export interface ReportedPackage {
  readonly folder: string;
  /** The folder of its declarations. */
  readonly declarations: string;
}

/** Emits the declarations that users get, without the code. It does not depend on an earlier build. */
export async function emitDeclarations(root: string, scratch: string): Promise<ReportedPackage[]> {
  const packages = ["", "packages/devtools"].map((folder) => ({
    folder: join(root, folder),
    declarations: join(scratch, folder, "src"),
  }));
  const config = {
    extends: join(root, "tsconfig.build.json"),
    compilerOptions: { rootDir: root, outDir: scratch },
    include: packages.map(({ folder }) => join(folder, "src")),
  };
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config));
  const { exitCode, stdout } = await runPackage("typescript", ["-p", "tsconfig.json"], scratch);
  if (exitCode !== 0) throw new Error(`The sources do not compile:\n${stdout}`);
  // Imports between the packages are resolved from this folder, like imports of any other package.
  for (const { folder, declarations } of packages)
    cpSync(join(folder, "package.json"), join(declarations, "package.json"));
  return packages;
}

/** The public API as text: one report per entry point, by the name of its file. */
export function reportApi(root: string, packages: readonly ReportedPackage[]): Map<string, string> {
  const configs = packages.map((one) => readEntries(one.folder).map((entry) => makeConfig(root, one, entry)));
  const messageCallback = (message: ExtractorMessage) => {
    message.handled = true;
  };
  for (const [first, ...others] of configs) {
    if (first === undefined) throw new Error("A package.json exports nothing.");
    const additionalEntryPoints = others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath);
    const compilerState = CompilerState.create(first, { additionalEntryPoints });
    for (const config of [first, ...others]) {
      Extractor.invoke(config, { compilerState, localBuild: true, messageCallback });
    }
  }
  return new Map(
    configs.flat().map(({ reportFilePath }) => [basename(reportFilePath), readFileSync(reportFilePath, "utf8")]),
  );
}

/** The options of all reports. */
const shared = ExtractorConfig.loadFile(fileURLToPath(new URL("api-extractor.json", import.meta.url)));

/** The file name of a report. The entry `drift` leads to `drift.api.md` for the root package, and to `devtools-drift.api.md` for the devtools. */
function makeConfig(root: string, { folder, declarations }: ReportedPackage, entry: string): ExtractorConfig {
  const prefix = folder === root ? "" : `${basename(folder)}-`;
  const mainEntryPointFilePath = join(declarations, `${entry}.d.ts`);
  const { compilerOptions } = readJson<{ compilerOptions: object }>(join(root, "tsconfig.json"));
  // There are no `paths`, so that a report names the types of the other package instead of repeating them.
  const overrideTsconfig = { compilerOptions: { ...compilerOptions, paths: {} }, files: [mainEntryPointFilePath] };
  const reportFileName = `${prefix}${entry.replace(/\/index$/, "")}.api.md`.replace("-index.", ".");
  const reportFolder = join(declarations, "reports");
  const reportTempFolder = join(reportFolder, "new");
  return ExtractorConfig.prepare({
    configObject: {
      ...shared,
      projectFolder: folder,
      mainEntryPointFilePath,
      compiler: { overrideTsconfig },
      apiReport: { enabled: true, reportFolder, reportTempFolder, reportFileName },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
}
