import type TS from "typescript";
import type { Entry } from "./entry.js";
import { findReplacement, type KnownChange } from "./known-changes.js";
import { isOfLanguage, printType } from "./print-type.js";
import { ts } from "./typescript.js";
import { findOwner } from "./uses.js";

/** An export of one version. */
export interface ExportedSymbol {
  readonly program: TS.Program;
  readonly symbol: TS.Symbol;
}

export interface Comparison {
  /** The name that users write: `instances` for the class of a resource, otherwise the name of the export. */
  readonly subject: string;
  readonly name: string;
  readonly before: ExportedSymbol;
  readonly after: ExportedSymbol;
  readonly known: readonly KnownChange[];
}

/** The depth to which members of anonymous types are compared. */
const MOST_DEPTH = 3;

/** Compares an export that both versions have. */
export function compareTypes(comparison: Comparison): Entry[] {
  const { subject, name, before, after } = comparison;
  const older = readType(before);
  const newer = readType(after);
  if (before.symbol.flags & ts.SymbolFlags.Function) {
    const [was, is] = [printSignature(older, before), printSignature(newer, after)];
    if (was === is) return [];
    return [
      {
        kind: "arguments",
        impact: "major",
        subject: name,
        clause: printChange(was, is),
        owner: `type ${name}`,
        methods: [],
      },
    ];
  }
  const members = listMembers(older, before).size > 0 ? compareMembers(comparison, older, newer, "", 0) : [];
  if (members.length > 0 || !isListed(older)) return members;
  const [was, is] = [printType(older, before.program), printType(newer, after.program)];
  if (was === is) return [];
  const owner = findOwner(before.symbol.declarations?.[0] as TS.Node)?.owner ?? `type ${name}`;
  return [{ kind: "member-type", impact: "major", subject, clause: printChange(was, is), owner, methods: [] }];
}

/** Whether a type is compared as a whole, because it is a union or a literal. */
function isListed(type: TS.Type): boolean {
  return type.isUnion() || type.isLiteral();
}

function readType({ program, symbol }: ExportedSymbol): TS.Type {
  const checker = program.getTypeChecker();
  const isType = (symbol.flags & (ts.SymbolFlags.Type | ts.SymbolFlags.Class)) !== 0;
  return isType ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeOfSymbol(symbol);
}

function listMembers(type: TS.Type, { program }: ExportedSymbol): Map<string, TS.Symbol> {
  const isPrivate = (symbol: TS.Symbol) =>
    symbol.name.startsWith("__") ||
    (symbol.declarations ?? []).some((one) => (ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Private) !== 0);
  // The members of a string literal are those of a string, which do not belong to the client.
  if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.Union)) === 0) return new Map();
  const found = program
    .getTypeChecker()
    .getPropertiesOfType(type)
    .filter((symbol) => !isPrivate(symbol) && isOwn(symbol));
  return new Map(found.map((symbol) => [symbol.name, symbol]));
}

/** Whether a member is declared outside of the language's own declarations. */
function isOwn({ declarations = [] }: TS.Symbol): boolean {
  return declarations.some((one) => !isOfLanguage(one.getSourceFile().fileName));
}

function compareMembers(comparison: Comparison, older: TS.Type, newer: TS.Type, path: string, depth: number): Entry[] {
  const { before, after } = comparison;
  const was = listMembers(older, before);
  const is = listMembers(newer, after);
  const gone = [...was].flatMap(([name, symbol]) => {
    const other = is.get(name);
    const at = path === "" ? name : `${path}.${name}`;
    return other === undefined
      ? [goneMember(comparison, at, symbol, is)]
      : compareMember(comparison, at, symbol, other, depth);
  });
  const owner = [...was.values()].map((symbol) => findPlace(symbol)?.owner).find((one) => one !== undefined);
  const required = [...is].filter(([name, symbol]) => !was.has(name) && !isOptional(symbol) && !isMethod(symbol));
  const added = required.map(([name]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return memberEntry(comparison, "member-new", at, owner, `\`${at}\` is new and required`);
  });
  return [...gone, ...added];
}

function compareMember(comparison: Comparison, at: string, was: TS.Symbol, is: TS.Symbol, depth: number): Entry[] {
  const { subject, before, after } = comparison;
  const owner = findPlace(was)?.owner;
  const [older, newer] = [typeOfMember(was, before), typeOfMember(is, after)];
  if (isMethod(was)) {
    const [shape, other] = [printSignature(older, before), printSignature(newer, after)];
    const name = `${subject}.${at}`;
    return shape === other
      ? []
      : [{ kind: "arguments", impact: "major", subject: name, clause: printChange(shape, other), methods: [name] }];
  }
  if (!isOptional(was) && isOptional(is)) {
    return [memberEntry(comparison, "member-optional", at, owner, `\`${at}\` may now be absent`)];
  }
  if (isOptional(was) && !isOptional(is)) {
    return [memberEntry(comparison, "member-required", at, owner, `\`${at}\` is now required`)];
  }
  const [shape, other] = [printType(older, before.program), printType(newer, after.program)];
  if (shape === other) return [];
  const nested = depth < MOST_DEPTH && isNameless(older) ? compareMembers(comparison, older, newer, at, depth + 1) : [];
  if (nested.length > 0) return nested;
  return [memberEntry(comparison, "member-type", at, owner, `\`${at}\` ${printChange(shape, other)}`)];
}

function goneMember(
  comparison: Comparison,
  at: string,
  symbol: TS.Symbol,
  others: ReadonlyMap<string, TS.Symbol>,
): Entry {
  const { subject, known } = comparison;
  // For a member of a method's input, the recorded name starts with the method: `instances.create.priority`.
  const similar = known.findLast(({ from, to }) => from.endsWith(`.${at}`) && others.has(to));
  const { to, isGuess = false } = findReplacement(known, `${subject}.${at}`) ?? similar ?? {};
  const instead = to === undefined ? {} : { instead: to, isInsteadDocumented: !isGuess };
  if (isMethod(symbol)) {
    const name = `${subject}.${at}`;
    const kind = to === undefined ? "method-gone" : "method-renamed";
    const clause = to === undefined ? "is gone" : `is now \`${to}\``;
    return { kind, impact: "major", subject: name, clause, methods: [name], ...(to !== undefined && { instead: to }) };
  }
  const clause = to === undefined ? `\`${at}\` is gone` : `\`${at}\` is gone, see \`${to}\``;
  return { ...memberEntry(comparison, "member-gone", at, findPlace(symbol)?.owner, clause), ...instead };
}

function memberEntry(
  { name, subject }: Comparison,
  kind: Entry["kind"],
  member: string,
  owner: string | undefined,
  clause: string,
): Entry {
  return { kind, impact: "major", subject, clause, member, owner: owner ?? `type ${name}`, methods: [] };
}

function findPlace(symbol: TS.Symbol) {
  const [declaration] = symbol.declarations ?? [];
  return declaration === undefined ? undefined : findOwner(declaration);
}

function typeOfMember(symbol: TS.Symbol, { program }: ExportedSymbol): TS.Type {
  const checker = program.getTypeChecker();
  return checker.getNonNullableType(checker.getTypeOfSymbol(symbol));
}

function isOptional(symbol: TS.Symbol): boolean {
  return (symbol.flags & ts.SymbolFlags.Optional) !== 0;
}

function isMethod(symbol: TS.Symbol): boolean {
  return (symbol.flags & ts.SymbolFlags.Method) !== 0;
}

/** Whether a type is an anonymous object type. */
function isNameless(type: TS.Type): boolean {
  return type.aliasSymbol === undefined && type.symbol?.name === "__type";
}

function printSignature(type: TS.Type, { program }: ExportedSymbol): string {
  const checker = program.getTypeChecker();
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.WriteArrowStyleSignature;
  return type
    .getCallSignatures()
    .map((signature) => {
      const parameters = signature.getParameters().map((one) => {
        const isLoose = one.declarations?.some(
          (node) => ts.isParameter(node) && (node.questionToken || node.initializer),
        );
        return `${isLoose ? "?" : ""}${shortName(checker.getNonNullableType(checker.getTypeOfSymbol(one)), checker, flags)}`;
      });
      return `(${parameters.join(", ")})`;
    })
    .join(" & ");
}

/** Prints a type. A named type is printed as its name, because changes inside it are reported for that type. */
function shortName(type: TS.Type, checker: TS.TypeChecker, flags: TS.TypeFormatFlags): string {
  const name = type.aliasSymbol?.name ?? (type.symbol?.name === "__type" ? undefined : type.symbol?.name);
  return name ?? (type.flags & ts.TypeFlags.Object ? "{…}" : checker.typeToString(type, undefined, flags));
}

const MOST_SHOWN = 60;

function printChange(was: string, is: string): string {
  const gone = literalsIn(was).filter((value) => !literalsIn(is).includes(value));
  if (gone.length > 0 && literalsIn(is).length > 0)
    return `no longer allows ${gone.map((value) => `\`${value}\``).join(", ")}`;
  const cut = (text: string) => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
  return `is now \`${cut(is)}\` (was \`${cut(was)}\`)`;
}

/** The values of a union that contains only string literals. Empty for any other type. */
function literalsIn(type: string): string[] {
  const parts = type.split(" | ");
  return parts.every((part) => /^"[^"]*"$/.test(part)) ? parts : [];
}
