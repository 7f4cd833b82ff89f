import { arrayAt, objectAt, textAt } from "../lib/json.js";
import type { RawPair } from "./compare-parameters.js";
import type { Entry } from "./entry.js";

/** Where requests go, by the description: the client's default address, and methods that have an address of their own. */
export function serverEntries(pairs: readonly RawPair[], before: unknown, after: unknown): Entry[] {
  const [from, to] = [addresses(before), addresses(after)];
  const moved: Entry[] =
    from[0] === to[0] ? [] : [clientEntry("major", `the default address is now ${said(to[0])} (was ${said(from[0])})`)];
  const others = to.slice(1).filter((url) => !from.includes(url));
  return [
    ...moved,
    ...others.map((url) => clientEntry("patch", `the description names ${said(url)} as another address`)),
    ...pairs.flatMap((pair) => ownAddress(pair, before, after)),
  ];
}

function clientEntry(impact: Entry["impact"], clause: string): Entry {
  return { kind: "server", impact, subject: "the client", clause, methods: [] };
}

function ownAddress({ before: was, after: is }: RawPair, before: unknown, after: unknown): Entry[] {
  const addressOf = (document: unknown, { raw }: typeof was) =>
    addresses(raw.node)[0] ?? addresses(objectAt(objectAt(document, "paths"), raw.path))[0];
  const [from, to] = [addressOf(before, was), addressOf(after, is)];
  if (from === to) return [];
  const clause =
    to === undefined
      ? `has no address of its own any more (was ${said(from)})`
      : `has an address of its own, ${said(to)}${from === undefined ? "" : ` (was ${said(from)})`}; the client sends it to its base URL`;
  return [{ kind: "server", impact: "major", subject: is.name, clause, methods: [is.name] }];
}

/** Addresses with the defaults of their variables, without a slash at the end. */
function addresses(node: unknown): string[] {
  return arrayAt(node, "servers").map((server) => {
    const url = textAt(server, "url") ?? "";
    const variable = (name: string) => textAt(objectAt(objectAt(server, "variables"), name), "default");
    return url.replace(/\{([^}]*)\}/g, (text, name: string) => variable(name) ?? text).replace(/\/+$/, "");
  });
}

function said(url: string | undefined): string {
  return url === undefined || url === "" ? "none" : `\`${url}\``;
}
