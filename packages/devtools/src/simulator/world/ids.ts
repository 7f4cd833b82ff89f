import { pick, type Random } from "./random.js";

/** The canonical prefix of each kind of id. The service returns only these. */
const prefixes = {
  instance: "inst",
  image: "image",
  sku: "isku",
  template: "itmpl",
  transfer: "pxfr",
  pool: "pool",
  order: "ordr",
  procurement: "proc",
  deployment: "depl",
  spotDeployment: "spot",
  workspace: "wksp",
  firewall: "frwl",
  contract: "cont",
  role: "role",
  grant: "grnt",
  token: "tokn",
} as const;

export type IdKind = keyof typeof prefixes;

/** Older prefixes, which are accepted in requests. `cap_` is accepted for pools because a published page accepts it. */
const legacy: Record<string, string> = {
  vm: "inst",
  vmi: "image",
  clus: "isku",
  ntmpl: "itmpl",
  cxfr: "pxfr",
  cap: "pool",
};

// Generated ids contain no `_` or `-`. Otherwise an id that contains `vm_` could match both alternatives of an unanchored union.
const alphabet = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
const tailLength = 21;

export class Ids {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  make(kind: IdKind): string {
    return `${prefixes[kind]}_${this.tail(tailLength)}`;
  }

  tail(length: number): string {
    return Array.from({ length }, () => pick(this.#random, alphabet)).join("");
  }
}

/** Returns the canonical form of an id: `vm_x` becomes `inst_x`. Any other text is returned unchanged. */
export function canonicalId(id: string): string {
  const split = id.indexOf("_");
  const prefix = split > 0 ? legacy[id.slice(0, split)] : undefined;
  return prefix === undefined ? id : prefix + id.slice(split);
}
