/** The names in a compiler message, with all lines of its chain. */
export interface Named {
  /** Members that are missing from a value. */
  readonly missing: ReadonlySet<string>;
  /** Other names in quotes, and string literals of one type that another type does not allow. */
  readonly names: ReadonlySet<string>;
}

export function namedIn(message: string): Named {
  const missing = new Set(
    [
      ...[...message.matchAll(/Property '([^']+)' is missing in type/g)].map(([, name = ""]) => name),
      ...[
        ...message.matchAll(/is missing the following properties from type .*: (.+?)(?:, and \d+ more)?\.?$/gm),
      ].flatMap(([, list = ""]) => list.split(", ")),
    ].map(stripQuotes),
  );
  const quoted = [...message.matchAll(/'([^']*)'/g)].map(([, text = ""]) => text);
  const names = quoted.flatMap((text) => (/^"?[\w.$/{}-]+"?$/.test(text) ? [text] : []));
  return { missing, names: new Set([...names, ...refusedTexts(message)]) };
}

/** For each line that names two types: the string literals of the first that the second does not allow, as in `Pick<Order, "gone">`. */
function refusedTexts(message: string): string[] {
  return message.split("\n").flatMap((line) => {
    const [, from, to] =
      /'([^']*)' (?:does not satisfy|is not (?:assignable|comparable)) .*?'([^']*)'/.exec(line) ?? [];
    if (from === undefined || to === undefined) return [];
    const allowed = new Set(literals(to));
    return literals(from).filter((text) => !allowed.has(text));
  });
}

/** The members of a union of string literals. Empty for any other type. */
function literals(type: string): string[] {
  const parts = type.split(" | ");
  return parts.every((part) => /^("[^"]*"|\.\.\. \d+ more \.\.\.)$/.test(part))
    ? parts.filter((part) => part.startsWith('"'))
    : [];
}

function stripQuotes(name: string): string {
  return name.trim().replace(/^["']|["']$/g, "");
}

/** The prefix of folder names, in a client's folder of sources or declarations, that exist only in memory. */
export const SHADOW = "@shadow-";

/**
 * Replaces paths of files that exist only in memory with the name of the package. Removes the compiler's "Did you mean", because it suggests names by
 * spelling and not by meaning.
 */
export function withoutPlaces(message: string, root: string, packageName: string): string {
  const place = new RegExp(`${escaped(root)}/(?:src|dist)/(?:${escaped(SHADOW)}[^/"']*/)?([^"')]*)`, "g");
  return message.replace(/ Did you mean (?:to write )?'[^']*'\?/g, "").replace(place, (_, file: string) => {
    const entry = file.replace(/(\.d)?\.ts$/, "").replace(/\/?index$/, "");
    return /^(paths|workflows|node|otel)$/.test(entry) ? `${packageName}/${entry}` : packageName;
  });
}

function escaped(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}

const MOST_OF_TYPE = 70;

/** The most informative line of a message, with long types shortened. */
export function shortMessage(message: string): string {
  const lines = message.split("\n").map((line) => line.trim());
  const line = lines.find((one) => /is missing|does not exist/.test(one)) ?? lines[0] ?? "";
  return line.replace(/'([^']*)'/g, (whole, type: string) => (type.length > MOST_OF_TYPE ? `'${cut(type)}'` : whole));
}

function cut(type: string): string {
  if (type.startsWith("{")) return "{ … }";
  return `${type.slice(0, MOST_OF_TYPE)}…`;
}
