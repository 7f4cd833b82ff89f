import { arrayAt, isObject, objectAt, textAt } from "../lib/json.js";
import type { RawOperation } from "./raw-operations.js";
import { deref } from "./shapes.js";

/**
 * The base URL of a client that is given none: the first server of the description that a token may be sent to, with the
 * defaults of its variables. `undefined` when there is none; such a client must be given its `baseUrl`.
 */
export function defaultServer(document: unknown): string | undefined {
  return firstUsable(arrayAt(document, "servers"));
}

/** The address that an operation has of its own; `undefined` where it is the one of all. */
export function ownServer(document: unknown, { path, node }: RawOperation): string | undefined {
  const ofPath = deref(document, objectAt(document, "paths")[path]);
  const own = [node, ofPath].map((place) => arrayAt(place, "servers")).find((servers) => servers.length > 0);
  const server = defaultServer(document);
  if (own === undefined || own.some((one) => [server, ""].includes(urlOfServer(one)))) return undefined;
  return textAt(own[0], "url");
}

function firstUsable(servers: readonly unknown[]): string | undefined {
  return servers.map(urlOfServer).find((url) => url !== undefined && url !== "");
}

/** The URL with its variables filled in; empty for the place of the description itself, `undefined` where no token may go. */
function urlOfServer(server: unknown): string | undefined {
  const variables = objectAt(server, "variables");
  const url = (textAt(server, "url") ?? "").replace(/\{([^}]+)\}/g, (_, name: string) => {
    const variable = variables[name];
    return isObject(variable) ? String(variable.default ?? arrayAt(variable, "enum")[0] ?? "") : "";
  });
  if (url === "/" || url === "") return "";
  if (!URL.canParse(url)) return undefined;
  const { protocol, username, search, hash, href } = new URL(url);
  const isPlain = username === "" && search === "" && hash === "";
  return protocol === "https:" && isPlain ? href.replace(/\/+$/, "") : undefined;
}
