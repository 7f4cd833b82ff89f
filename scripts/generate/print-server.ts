import { codeHeader, type Origin } from "./header.js";
import type { Model } from "./model.js";

/** `server.ts`: where a client sends that is given no `baseUrl`. */
export function printServer({ server }: Model, origin: Origin): string {
  const doc =
    server === undefined
      ? "The description names no `https:` server: `baseUrl` must be given."
      : "The default `baseUrl`: the description's own server.";
  return `${codeHeader(origin)}/** ${doc} */\nexport const server: string = ${JSON.stringify(server ?? "")};\n`;
}
