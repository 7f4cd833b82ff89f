import { join } from "node:path";
import ts from "typescript";

/** Type-checks programs that exist only in memory, as strictly as the project itself. One line per complaint; none is good. */
export function complaints(root: string, programs: ReadonlyMap<string, string>): string[] {
  const files = new Map([...programs].map(([name, code]) => [join(root, "samples", `${name}.ts`), { name, code }]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    paths: {
      "sfc-preview-sdk": [join(root, "src/index.ts")],
      "sfc-preview-devtools": [join(root, "packages/devtools/src/index.ts")],
      "sfc-preview-sdk/*": [join(root, "src/*.ts"), join(root, "src/*/index.ts")],
    },
  };
  const program = ts.createProgram([...files.keys()], options, hostWith(options, files));
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => `${files.get(file)?.name}:${describe(diagnostic)}`);
  });
}

/** Files on disk that an earlier check has parsed: the libraries and the sources, which take longer than the samples. */
const parsed = new Map<string, ts.SourceFile>();

function hostWith(options: ts.CompilerOptions, files: ReadonlyMap<string, { code: string }>): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file)?.code ?? readFile(file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const code = files.get(file)?.code;
    if (code !== undefined) return ts.createSourceFile(file, code, languageVersion);
    const source = parsed.get(file) ?? getSourceFile(file, languageVersion, ...rest);
    if (source) parsed.set(file, source);
    return source;
  };
  return host;
}

function describe({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
}
