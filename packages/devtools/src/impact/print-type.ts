import type TS from "typescript";
import { ts } from "./typescript.js";

/** The depth to which members of nested objects are printed. */
const MOST_DEPTH = 2;

/** Prints the structure of a type. Types that differ only in the names of the types that they contain have the same text. */
export function printType(type: TS.Type, program: TS.Program, depth = 0): string {
  const checker = program.getTypeChecker();
  if (type.isUnion()) return [...new Set(type.types.map((one) => printType(one, program, depth)))].sort().join(" | ");
  if (isOpenText(type)) return "string";
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as TS.TypeReference);
    return `(${item === undefined ? "unknown" : printType(item, program, depth)})[]`;
  }
  const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
  if (!isObject || type.getCallSignatures().length > 0)
    return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
  if (type.symbol !== undefined && hasOwnName(type.symbol)) return type.symbol.name;
  if (depth >= MOST_DEPTH) return "{…}";
  const members = checker.getPropertiesOfType(type).map((symbol) => {
    const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    const member = printType(checker.getNonNullableType(checker.getTypeOfSymbol(symbol)), program, depth + 1);
    return `${symbol.name}${isOptional ? "?" : ""}: ${member}`;
  });
  const index = checker.getIndexInfosOfType(type).map((one) => `[key]: ${printType(one.type, program, depth + 1)}`);
  return `{ ${[...members, ...index].sort().join("; ")} }`;
}

/**
 * Whether a type is printed by its name: a class, or a type of the language. The structure of the client's other types is printed, because versions may name
 * them differently.
 */
function hasOwnName({ flags, declarations = [] }: TS.Symbol): boolean {
  return (flags & ts.SymbolFlags.Class) !== 0 || declarations.some((one) => isOfLanguage(one.getSourceFile().fileName));
}

/** Whether a declaration file belongs to the compiler. */
export function isOfLanguage(path: string): boolean {
  return /\/lib\.[\w.]*d\.ts$/.test(path);
}

/** Whether a type is `string & {}`, which allows any string in a union of known values. */
function isOpenText(type: TS.Type): boolean {
  return type.isIntersection() && type.types.some((one) => (one.flags & ts.TypeFlags.String) !== 0);
}
