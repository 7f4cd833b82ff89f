import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { filesBelow } from "../lib/files.js";
import { compactSchema } from "./compact-schema.js";

/** Makes the declarations in `dist` as small as possible without removing documentation. */
export function shrinkDeclarations(root: string, entries: readonly string[]): void {
  const files = filesBelow(root, "dist").filter((name) => name.endsWith(".d.ts"));
  for (const file of files) {
    const text = withTabs(readFileSync(join(root, file), "utf8"));
    writeFileSync(join(root, file), file === "dist/generated/schema.d.ts" ? compactSchema(text) : text);
  }
  const modules = entries.map((name) => `dist/${name}.d.ts`);
  trimDeclarations(root, files, modules);
}

/** Indents by tabs. The compiler indents by four spaces, and has no option for it. */
function withTabs(text: string): string {
  return text.replace(/^(?: {4})+/gm, (indent) => "\t".repeat(indent.length / 4));
}

/**
 * Removes every statement of the declarations that the entries do not use, and files that become empty, because a wrapper
 * has exports for other wrappers that no user of the package can reach.
 */
export function trimDeclarations(root: string, files: readonly string[], entries: readonly string[]): void {
  // Libraries and types of packages are not loaded, because they are not trimmed.
  const options = { noLib: true, types: [], module: ts.ModuleKind.NodeNext };
  const paths = files.map((file) => join(root, file));
  const program = ts.createProgram(paths, options);
  const modules = entries.flatMap((entry) => program.getSourceFile(join(root, entry)) ?? []);
  const reached = reachableFrom(modules, program.getTypeChecker());
  for (const source of paths.flatMap((path) => program.getSourceFile(path) ?? [])) {
    const isReached = source.statements.some((statement) => reached.has(statement));
    if (isReached) writeFileSync(source.fileName, printReached(source, reached));
    else rmSync(source.fileName);
  }
}

/** The statements that the exports of modules use, and the names in import statements that those statements use. */
function reachableFrom(modules: readonly ts.SourceFile[], checker: ts.TypeChecker): ReadonlySet<ts.Node> {
  const reached = new Set<ts.Node>();

  function addDeclaration(node: ts.Node): void {
    if (ts.isSourceFile(node)) node.statements.filter((one) => !ts.isImportDeclaration(one)).forEach(addStatement);
    else if (ts.isImportSpecifier(node) || ts.isNamespaceImport(node) || ts.isImportClause(node)) reached.add(node);
    else addStatement(ts.findAncestor(node, ({ parent }) => ts.isSourceFile(parent)) ?? node);
  }

  function addStatement(statement: ts.Node): void {
    if (reached.has(statement)) return;
    reached.add(statement);
    visit(statement);
  }

  function visit(node: ts.Node): void {
    if (ts.isIdentifier(node) || ts.isStringLiteral(node)) addSymbol(checker.getSymbolAtLocation(node));
    // `export { name } from` uses that name, and `export * from` uses the whole module.
    const names = ts.isExportDeclaration(node) ? node.exportClause : undefined;
    if (names === undefined) ts.forEachChild(node, visit);
    else visit(names);
  }

  function addSymbol(symbol: ts.Symbol | undefined): void {
    symbol?.declarations?.forEach(addDeclaration);
    if (symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0) return;
    addSymbol(checker.getImmediateAliasedSymbol(symbol));
    symbol.declarations?.forEach(addPassedOn);
  }

  /** Adds the `export * from` statements of the module from which a name is imported, because the name may come from one of them. */
  function addPassedOn(node: ts.Node): void {
    const taken = ts.findAncestor(node, (one) => ts.isImportDeclaration(one) || ts.isExportDeclaration(one));
    const module = taken?.moduleSpecifier && checker.getSymbolAtLocation(taken.moduleSpecifier);
    addSymbol(module?.exports?.get(ts.InternalSymbolName.ExportStar));
  }

  modules.forEach(addDeclaration);
  return reached;
}

function printReached({ statements, text }: ts.SourceFile, reached: ReadonlySet<ts.Node>): string {
  const kept = statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement)) return printImport(statement, reached);
    return reached.has(statement) || isMark(statement) ? [statement.getFullText()] : [];
  });
  const references = kept.join("").includes("/// <reference") ? [] : text.match(/^\/\/\/ <reference.*\n/gm);
  return `${references?.join("") ?? ""}${kept.join("").trim()}\n`;
}

/** `export {}`. Without it, a declaration file exports everything that it declares. */
function isMark(statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.getText().replace(/\s/g, "") === "export{};";
}

function printImport(statement: ts.ImportDeclaration, reached: ReadonlySet<ts.Node>): string[] {
  const clause = statement.importClause;
  const bindings = clause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) {
    const binding = bindings ?? clause;
    return binding === undefined || reached.has(binding) ? [statement.getFullText()] : [];
  }
  const names = bindings.elements.filter((element) => reached.has(element)).map((element) => element.getText());
  if (names.length === 0) return [];
  const type = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? "type " : "";
  return [`\nimport ${type}{ ${names.join(", ")} } from ${statement.moduleSpecifier.getText()};`];
}
