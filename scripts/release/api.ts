import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompilerState, Extractor, ExtractorConfig, type ExtractorMessage } from "@microsoft/api-extractor";
import { readJson } from "../lib/json.js";
import { readEntries } from "../lib/package.js";
import { runPackage } from "../lib/run.js";

/** A package of this repository, as far as its reports need it. */
export interface ReportedPackage {
  readonly folder: string;
  /** Where its declarations are. */
  readonly declarations: string;
}

/** The declarations that users get, without their code, and whether or not anything has been built. */
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
  // Imports between the packages are looked up from here, as those of another package.
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

/** What all reports have in common. */
const shared = ExtractorConfig.loadFile(fileURLToPath(new URL("api-extractor.json", import.meta.url)));

/** The entry `drift` gives `drift.api.md`, of another package than the root `devtools-drift.api.md`. */
function makeConfig(root: string, { folder, declarations }: ReportedPackage, entry: string): ExtractorConfig {
  const prefix = folder === root ? "" : `${basename(folder)}-`;
  const mainEntryPointFilePath = join(declarations, `${entry}.d.ts`);
  const { compilerOptions } = readJson<{ compilerOptions: object }>(join(root, "tsconfig.json"));
  // Without `paths`: a report names what comes from the other package, and does not repeat it.
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
