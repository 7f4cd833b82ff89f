import { refused } from "./failure.js";

/** What a request says before its body, as pairs in one flat list: Node writes that down without a detour. */
export interface Head {
  readonly lines: string[];
  /** What the caller promises of the body's length. */
  readonly declaredLength: number | undefined;
  readonly hasContentType: boolean;
  /** Whether every byte of it is ASCII. */
  readonly ascii: boolean;
}

/** These are the connection's affair; set by a caller they would lead another program on the way to read the request differently. */
const ofTheConnection = new Set([
  "connection",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The headers of a request. What is wrong with one is told without its value: it may be the token. */
export function readHead(host: string, given: RequestInit["headers"]): Head {
  const lines = ["host", host, "connection", "keep-alive"];
  let declaredLength: number | undefined;
  let ascii = true;
  const seen = { accept: false, encoding: false, type: false, agent: false, range: false };
  for (const [name, raw] of pairsOf(given)) {
    const key = name.toLowerCase();
    const value = String(raw).trim();
    if (!token.test(name)) throw refused("a header has a name that is none");
    if (!visible.test(value)) {
      if (!byteString.test(value)) throw refused(`the value of the header ${key} is not valid`);
      ascii = false;
    }
    if (ofTheConnection.has(key)) throw refused(`the header ${key} is the connection's`);
    if (key === "host") {
      lines[1] = value;
      continue;
    }
    if (key === "content-length") declaredLength = lengthIn(value);
    else lines.push(key, value);
    seen.accept ||= key === "accept";
    seen.encoding ||= key === "accept-encoding";
    seen.type ||= key === "content-type";
    seen.agent ||= key === "user-agent";
    seen.range ||= key === "range";
  }
  if (!seen.accept) lines.push("accept", "*/*");
  if (!seen.agent) lines.push("user-agent", "node");
  // A range counts the bytes as they are sent, so they must be those of the thing itself.
  if (!seen.encoding) lines.push("accept-encoding", seen.range ? "identity" : "gzip, br");
  return { lines, declaredLength, hasContentType: seen.type, ascii };
}

const token = /^[!#$%&'*+.^_`|~\w-]+$/;
const visible = /^[\t\x20-\x7e]*$/;
const byteString = /^[\t\x20-\x7e\x80-\xff]*$/;

function pairsOf(given: RequestInit["headers"]): Iterable<[string, string]> {
  if (given === undefined) return [];
  return Symbol.iterator in given ? new Headers(given) : Object.entries(given);
}

function lengthIn(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw refused("the header content-length is not a number");
  return Number(value);
}
