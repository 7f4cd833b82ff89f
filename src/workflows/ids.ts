const legacyPrefixes: Readonly<Record<string, string>> = {
  vm: "inst",
  vmi: "image",
  clus: "isku",
  ntmpl: "itmpl",
  cxfr: "pxfr",
};

/** An id with the prefix that the service answers with; older ones are accepted on input. */
export function canonicalId(id: string): string {
  const [prefix = ""] = id.split("_", 1);
  return Object.hasOwn(legacyPrefixes, prefix) ? `${legacyPrefixes[prefix]}${id.slice(prefix.length)}` : id;
}
