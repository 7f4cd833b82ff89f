import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";
import { ownMethods } from "../../packages/devtools/src/own-description.js";
import type { Entries } from "../lib/package.js";
import { compactSchema } from "./compact-schema.js";

/** The declarations that the entries lead to, each as small as it gets without a word less for its reader. */
export function emitDeclarations(root: string, entries: Entries): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const names = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".d.ts"));
  for (const name of files) {
    const file = join(root, "dist", name);
    writeFileSync(file, compact(name, readFileSync(file, "utf8")));
  }
  trimDeclarations(
    root,
    files.map((name) => `dist/${name}`),
    entries.types,
  );
}

function compact(name: string, text: string): string {
  return withTabs(name === "generated/schema.d.ts" ? compactSchema(text) : text);
}

/** The compiler indents by four spaces, and has no option for less. */
export function withTabs(text: string): string {
  return text.replace(/^(?: {4})+/gm, (indent) => "\t".repeat(indent.length / 4));
}

/** `packages/devtools/dist`: the compiler's output file by file, the description and the methods' names. Its declarations refer to the client's, so that comes first. */
export function buildDevtools(root: string): void {
  const folder = join(root, "packages/devtools");
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const description = readFileSync(join(root, "openapi/bundled.json"), "utf8");
  writeFileSync(join(folder, "dist/description.json"), JSON.stringify(JSON.parse(description)));
  writeFileSync(join(folder, "dist/methods.json"), JSON.stringify(ownMethods()));
}

/** A module of declarations, by its path from the package's root. */
interface Module {
  readonly path: string;
  readonly source: ts.SourceFile;
  /** The statements that declare a name. A function that is overloaded has several. */
  readonly declared: ReadonlyMap<string, readonly ts.Statement[]>;
  /** Local name of an import to where it comes from. */
  readonly imported: ReadonlyMap<string, Origin>;
  /** Statements to keep. */
  readonly needed: Set<ts.Statement>;
  /** Local names of imports to keep. */
  readonly used: Set<string>;
}

interface Origin {
  readonly path: string | undefined;
  readonly name: string;
}

/**
 * Leaves of the declarations only what the entries lead to, statement by statement, and removes files of which nothing is left: a wrapper
 * exports to other wrappers what no user of the package can name.
 */
export function trimDeclarations(root: string, files: readonly string[], entries: readonly string[]): void {
  const modules = new Map(files.map((path) => [path, readModule(root, path)]));
  for (const entry of entries) needModule(modules, entry);
  for (const module of modules.values()) {
    if (module.needed.size === 0) rmSync(join(root, module.path));
    else writeFileSync(join(root, module.path), printTrimmed(module));
  }
}

function readModule(root: string, path: string): Module {
  const source = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.ES2022, true);
  const declared = new Map<string, ts.Statement[]>();
  const imported = new Map<string, Origin>();
  for (const statement of source.statements) {
    for (const name of namesOf(statement)) declared.set(name, [...(declared.get(name) ?? []), statement]);
    if (!ts.isImportDeclaration(statement)) continue;
    const from = resolved(path, statement.moduleSpecifier);
    const bindings = statement.importClause?.namedBindings;
    if (bindings && ts.isNamedImports(bindings)) {
      for (const { name, propertyName } of bindings.elements) {
        imported.set(name.text, { path: from, name: (propertyName ?? name).text });
      }
    } else if (bindings) imported.set(bindings.name.text, { path: from, name: "*" });
    const whole = statement.importClause?.name;
    if (whole !== undefined) imported.set(whole.text, { path: from, name: "default" });
  }
  return { path, source, declared, imported, needed: new Set(), used: new Set() };
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

type Modules = ReadonlyMap<string, Module>;

function resolved(importer: string, specifier: ts.Expression | undefined): string | undefined {
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return undefined;
  return posix.join(dirname(importer), specifier.text.replace(/\.js$/, ".d.ts"));
}

/** Everything that a module exports. */
function needModule(modules: Modules, path: string | undefined): void {
  const module = modules.get(path ?? "");
  if (module === undefined) return;
  for (const statement of module.source.statements) {
    if (!ts.isImportDeclaration(statement)) needStatement(modules, module, statement);
  }
}

function needName(modules: Modules, path: string | undefined, name: string): void {
  const module = modules.get(path ?? "");
  if (module === undefined) return;
  if (name === "*") needModule(modules, path);
  for (const statement of module.declared.get(name) ?? []) needStatement(modules, module, statement);
  for (const statement of module.source.statements) {
    if (ts.isExportDeclaration(statement) && exportsName(statement, name)) needStatement(modules, module, statement);
  }
}

/** `export * from` may be where it comes from. */
function exportsName({ exportClause }: ts.ExportDeclaration, name: string): boolean {
  if (exportClause === undefined) return true;
  return ts.isNamedExports(exportClause)
    ? exportClause.elements.some((element) => element.name.text === name)
    : exportClause.name.text === name;
}

function needStatement(modules: Modules, module: Module, statement: ts.Statement): void {
  if (module.needed.has(statement)) return;
  module.needed.add(statement);
  if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) {
    const from = resolved(module.path, statement.moduleSpecifier);
    const { exportClause } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) needModule(modules, from);
    else
      for (const { name, propertyName } of exportClause.elements) needName(modules, from, (propertyName ?? name).text);
    return;
  }
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) needLocal(modules, module, node.text);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      needModule(modules, resolved(module.path, node.argument.literal as ts.Expression));
    }
    ts.forEachChild(node, visit);
  };
  visit(statement);
}

/** A member of the same name as a declaration keeps that too, which does no harm. */
function needLocal(modules: Modules, module: Module, name: string): void {
  for (const statement of module.declared.get(name) ?? []) needStatement(modules, module, statement);
  const origin = module.imported.get(name);
  if (origin === undefined || module.used.has(name)) return;
  module.used.add(name);
  needName(modules, origin.path, origin.name);
}

function printTrimmed({ source, needed, used }: Module): string {
  const kept = source.statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement)) return printImport(statement, used);
    return needed.has(statement) || isMark(statement) ? [statement.getFullText()] : [];
  });
  const references = kept.join("").includes("/// <reference") ? [] : source.text.match(/^\/\/\/ <reference.*\n/gm);
  return `${references?.join("") ?? ""}${kept.join("").trim()}\n`;
}

/** `export {}`, without which a declaration file exports all that it declares. */
function isMark(statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.getText().replace(/\s/g, "") === "export{};";
}

function printImport(statement: ts.ImportDeclaration, used: ReadonlySet<string>): string[] {
  const bindings = statement.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) {
    const name = bindings?.name ?? statement.importClause?.name;
    return name === undefined || used.has(name.text) ? [statement.getFullText()] : [];
  }
  const elements = bindings.elements.filter(({ name }) => used.has(name.text));
  if (elements.length === 0) return [];
  const names = elements.map((element) => element.getText()).join(", ");
  const isTypeOnly = statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return [`\nimport ${isTypeOnly ? "type " : ""}{ ${names} } from ${statement.moduleSpecifier.getText()};`];
}
