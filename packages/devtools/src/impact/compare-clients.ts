import type TS from "typescript";
import type { PlacedClient } from "./client-program.js";
import { compareTypes } from "./compare-types.js";
import type { Entry } from "./entry.js";
import { findReplacement, type KnownChange } from "./known-changes.js";
import { CLIENT } from "./package-files.js";
import { ts } from "./typescript.js";
import type { ResourceFields } from "./uses.js";

/** A version of the client, and the program in which it was compiled. */
export interface CompiledClient {
  readonly client: PlacedClient;
  readonly program: TS.Program;
}

/** Compares two versions: lists the entry points, exports, methods and members that the newer version changed or no longer has. */
export function compareClients(before: CompiledClient, after: CompiledClient, known: readonly KnownChange[]): Entry[] {
  const fields = resourceFields(before);
  const seen = new Set<string>();
  return [...before.client.entries.keys()].flatMap((entry) => {
    const older = listExports(before, entry);
    const newer = listExports(after, entry);
    if (newer === undefined) return goneEntry(entry, older ?? new Map(), findReplacement(known, entry)?.to);
    return [...(older ?? [])].flatMap(([name, symbol]) => {
      // An export that several entry points share is compared once.
      if (seen.has(name)) return [];
      seen.add(name);
      const other = newer.get(name);
      if (other === undefined) return [goneExport(entry, name, findReplacement(known, name)?.to)];
      const subject = fields.get(name) ?? name;
      return compareTypes({ subject, name, before: { ...before, symbol }, after: { ...after, symbol: other }, known });
    });
  });
}

/** Maps the class of each resource to its field of `SfcClient`: `Instances` to `instances`. */
export function resourceFields({ client, program }: CompiledClient): ResourceFields {
  const symbol = listExports({ client, program }, CLIENT)?.get("SfcClient");
  const checker = program.getTypeChecker();
  const members = symbol === undefined ? [] : checker.getDeclaredTypeOfSymbol(symbol).getProperties();
  const fields = new Map<string, string>();
  for (const member of members) {
    const type = checker.getTypeOfSymbol(member);
    const declaration = type.symbol?.declarations?.find(ts.isClassDeclaration);
    if (declaration?.name !== undefined) fields.set(declaration.name.text, member.name);
  }
  return fields;
}

function listExports({ client, program }: CompiledClient, entry: string): Map<string, TS.Symbol> | undefined {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(client.entries.get(entry) ?? "");
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) return undefined;
  return new Map(
    checker.getExportsOfModule(module).map((symbol) => {
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      return [symbol.name, isAlias ? checker.getAliasedSymbol(symbol) : symbol];
    }),
  );
}

/** The changes for an entry point that is gone: one for the import, and one for each of its exports, all with the same text. */
function goneEntry(entry: string, exports: ReadonlyMap<string, TS.Symbol>, to: string | undefined): Entry[] {
  const common = {
    kind: "entry-gone",
    impact: "major",
    subject: entry,
    clause: to === undefined ? "is gone" : `moved to \`${to}\``,
    methods: [],
    ...(to !== undefined && { instead: to }),
  } as const;
  return [common, ...[...exports.keys()].map((name) => ({ ...common, owner: `type ${name}` }))];
}

function goneExport(entry: string, name: string, to: string | undefined): Entry {
  const clause = to === undefined ? `is no longer exported by \`${entry}\`` : `is now \`${to}\``;
  const kind = to === undefined ? "type-gone" : "type-renamed";
  const more = { owner: `type ${name}`, ...(to !== undefined && { instead: to }) };
  return { kind, impact: "major", subject: name, clause, methods: [], ...more };
}
