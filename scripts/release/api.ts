/**
 * The public API as text, one report per entry point in `etc/`: `npm run api` writes them, `npm run api:check` fails when one is not as it would be written.
 * Committed, so that a change of what users see is seen in review. API Extractor compares a report with its file and prints what differs.
 */
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CompilerState,
  ConsoleMessageId,
  Extractor,
  ExtractorConfig,
  type ExtractorMessage,
} from "@microsoft/api-extractor";
import { defineCommand, runAsCommand } from "../lib/command.js";
import { readJson } from "../lib/json.js";
import { readEntries } from "../lib/package.js";
import { runPackage } from "../lib/run.js";
import { inScratch } from "../lib/scratch.js";

/** A package of this repository, as far as its reports need it. */
export interface ReportedPackage {
  readonly folder: string;
  /** Where its declarations are. */
  readonly declarations: string;
  /** What the names of its reports begin with. */
  readonly prefix?: string;
}

/** The declarations that users get, without their code, and whether or not anything has been built. */
async function emitDeclarations(root: string, scratch: string): Promise<ReportedPackage[]> {
  const packages = [
    { folder: root, declarations: join(scratch, "src") },
    {
      folder: join(root, "packages/devtools"),
      declarations: join(scratch, "packages/devtools/src"),
      prefix: "devtools-",
    },
  ];
  const config = {
    extends: join(root, "tsconfig.build.json"),
    compilerOptions: { rootDir: root, outDir: scratch },
    include: packages.map(({ folder }) => join(folder, "src")),
  };
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config));
  const { code, stdout } = await runPackage("typescript", ["-p", "tsconfig.json"], scratch);
  if (code !== 0) throw new Error(`The sources do not compile:\n${stdout}`);
  // Imports between the packages are looked up from here, as those of another package.
  for (const { folder, declarations } of packages)
    cpSync(join(folder, "package.json"), join(declarations, "package.json"));
  return packages;
}

/** Writes the reports of all entry points and returns nothing; with `isCheck`, leaves them as they are and returns what differs. */
export function reportApi(
  root: string,
  packages: readonly ReportedPackage[],
  reports: string,
  isCheck: boolean,
): string[] {
  const differences: string[] = [];
  const messageCallback = (message: ExtractorMessage) => {
    message.handled = true;
    if (SHOWN.has(message.messageId)) differences.push(message.text.split(" Please copy")[0] ?? "");
  };
  const configs = packages.map((one) => listEntries(one.folder).map((entry) => makeConfig(root, one, reports, entry)));
  for (const [first, ...others] of configs) {
    if (first === undefined) throw new Error("A package.json exports nothing.");
    const additionalEntryPoints = others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath);
    const compilerState = CompilerState.create(first, { additionalEntryPoints });
    for (const config of [first, ...others]) {
      Extractor.invoke(config, { compilerState, localBuild: !isCheck, printApiReportDiff: isCheck, messageCallback });
    }
  }
  const names = new Set(configs.flat().map(({ reportFilePath }) => basename(reportFilePath)));
  const extra = readdirSync(reports).filter((name) => name.endsWith(".api.md") && !names.has(name));
  if (!isCheck) for (const name of extra) rmSync(join(reports, name));
  return isCheck ? [...differences, ...extra.map((name) => `${name}: package.json exports no such entry point.`)] : [];
}

/** `index`, `paths`: what package.json exports. */
function listEntries(folder: string): string[] {
  return readEntries(folder).types.map((file) => file.replace(/^dist\/(.+)\.d\.ts$/, "$1"));
}

/** A report that is not as its file, or that has none. */
const SHOWN: ReadonlySet<string> = new Set([ConsoleMessageId.ApiReportDiff, ConsoleMessageId.ApiReportNotCopied]);

/** What all reports have in common. */
const shared = ExtractorConfig.loadFile(fileURLToPath(new URL("api-extractor.json", import.meta.url)));

function makeConfig(root: string, one: ReportedPackage, reportFolder: string, entry: string): ExtractorConfig {
  const { folder, declarations, prefix = "" } = one;
  const mainEntryPointFilePath = join(declarations, `${entry}.d.ts`);
  const { compilerOptions } = readJson<{ compilerOptions: object }>(join(root, "tsconfig.json"));
  // Without `paths`: a report names what comes from the other package, and does not repeat it.
  const overrideTsconfig = { compilerOptions: { ...compilerOptions, paths: {} }, files: [mainEntryPointFilePath] };
  const reportFileName = `${prefix}${entry.replace(/\/index$/, "")}.api.md`.replace("-index.", ".");
  const reportTempFolder = join(declarations, "reports");
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

const reportCommand = defineCommand(
  {
    call: "npm run api --",
    usage:
      "Usage: npm run api       writes the reports of the public API in etc/\n       npm run api:check compares them\n",
    options: { check: { type: "boolean", default: false } },
  },
  ({ check }, _, { root, stdout, stderr }) =>
    // Inside the project, so that the declarations find the packages that they mention; not among those, or they would count as one of them.
    inScratch(
      async (scratch) => {
        const packages = await emitDeclarations(root, scratch);
        const differences = reportApi(root, packages, join(root, "etc"), check);
        if (differences.length === 0) stdout.write("The public API is as etc/ says.\n");
        else stderr.write(`${differences.join("\n")}\n\nIf that is meant: npm run api, and commit etc/.\n`);
        return differences.length === 0 ? 0 : 1;
      },
      join(root, ".tmp"),
    ),
);

await runAsCommand(import.meta.url, reportCommand);
