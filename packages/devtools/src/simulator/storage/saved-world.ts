import { anObject, isCount, isObject } from "../checks.js";
import type { KeyMemory, Remembered } from "../http/idempotency.js";
import type { Simulation } from "../simulation.js";
import type { Party } from "./ledger.js";
import type { Row } from "./table.js";
import type { SavedUploads } from "./uploads.js";

/** The state of a simulator as JSON: resources, clock, balances, idempotency keys, images. Created by `simulator.save()`. */
export interface SavedWorld {
  readonly format: "sfc-simulator-world";
  readonly version: 1;
  /** Ids of images that were too large to be saved with their bytes. */
  readonly imagesWithoutBytes: readonly string[];
  /** Only the simulator reads it. */
  readonly content: Readonly<Record<string, unknown>>;
}

interface Content {
  readonly account: Simulation["account"];
  readonly entityType: Simulation["entityType"];
  readonly accountCreatedAt: number;
  readonly nowMs: number;
  readonly random: number;
  readonly seq: number;
  readonly balances: Record<Party, bigint>;
  readonly tables: Record<string, [rows: Row[], removed: Row[]]>;
  readonly keys: [string, Remembered][];
  readonly uploads: SavedUploads;
}

const format = "sfc-simulator-world";
const mostImageBytes = 32 * 1024 * 1024;

export async function saveWorld(sim: Simulation, keys: KeyMemory): Promise<SavedWorld> {
  // Images are saved first, because saving them is asynchronous, and the other parts must be saved at the same moment.
  const uploads = await sim.uploads.save(mostImageBytes);
  const content: Content = {
    account: sim.account,
    entityType: sim.entityType,
    accountCreatedAt: sim.accountCreatedAt,
    nowMs: sim.clock.ms,
    random: sim.random.state,
    seq: sim.store.seq,
    balances: sim.ledger.balances,
    tables: Object.fromEntries(
      sim.store.tables().map(([name, table]) => [name, [table.all(), [...table.removed]] as [Row[], Row[]]]),
    ),
    keys: keys.entries(),
    uploads,
  };
  return {
    format,
    version: 1,
    imagesWithoutBytes: uploads.omitted,
    content: encode(content) as Record<string, unknown>,
  };
}

/** Restores a saved world into an empty simulation. */
export function restoreWorld(sim: Simulation, keys: KeyMemory, saved: SavedWorld): void {
  const content = decode(saved.content) as Content;
  const { account, entityType, accountCreatedAt } = content;
  Object.assign(sim, { account, entityType, accountCreatedAt });
  sim.clock.set(content.nowMs);
  sim.random.state = content.random;
  sim.store.restore(content.tables, content.seq);
  sim.ledger.restore(content.balances);
  sim.uploads.restore(content.uploads);
  keys.restore(content.keys);
}

export function isSavedWorld(value: unknown): value is SavedWorld {
  return isObject(value) && value.format === format;
}

/** Checks a saved world. Throws a `TypeError` for a value that `saveWorld` cannot have returned. */
export function checkSavedWorld(value: unknown, name: string): void {
  anObject(value, name);
  if (!isSavedWorld(value)) throw new TypeError(`${name} is not a saved world: format must be "${format}"`);
  if (value.version !== 1) throw new TypeError(`${name} has version ${value.version}; this package reads version 1`);
  if (!isContent(value.content)) throw new TypeError(`${name}.content is damaged: save the world again`);
}

function isContent(value: unknown): boolean {
  let content: unknown;
  try {
    content = decode(value);
  } catch {
    return false;
  }
  if (!isObject(content)) return false;
  const { account, nowMs, random, seq, balances, tables, keys, uploads, accountCreatedAt } = content;
  const isRow = (row: unknown) => isObject(row) && typeof row.id === "string" && isCount(row.seq, 0);
  return (
    typeof account === "string" &&
    [nowMs, random, accountCreatedAt].every(Number.isFinite) &&
    isCount(seq, 0) &&
    isObject(balances) &&
    Object.values(balances).every((balance) => typeof balance === "bigint") &&
    isObject(tables) &&
    Object.values(tables).every(
      (table) => Array.isArray(table) && table.length === 2 && table.flat().every(isRow) && table.every(Array.isArray),
    ) &&
    Array.isArray(keys) &&
    isObject(uploads) &&
    isObject(uploads.parts)
  );
}

/** Encodes values that JSON does not have. Each becomes an object with one member. */
function encode(value: unknown): unknown {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (value instanceof Map) return { $map: [...value].map(encode) };
  if (value instanceof Set) return { $set: [...value].map(encode) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(encode);
  if (!isObject(value)) return value;
  const members = mapValues(value, encode);
  // A caller's object, such as tags, may look like an encoded value, so it is encoded too.
  return Object.keys(value)[0]?.startsWith("$") ? { $object: members } : members;
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (!isObject(value)) return value;
  const { $bigint, $map, $set, $bytes, $object } = value;
  if ($bigint !== undefined) return BigInt($bigint as string);
  if ($map !== undefined) return new Map(decode($map) as [unknown, unknown][]);
  if ($set !== undefined) return new Set(decode($set) as unknown[]);
  if ($bytes !== undefined) return new Uint8Array(Buffer.from($bytes as string, "base64"));
  return mapValues(isObject($object) ? $object : value, decode);
}

function mapValues(object: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(object).map(([member, value]) => [member, change(value)]));
}
