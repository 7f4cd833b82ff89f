/** The value of a header in Node's flat list of names and values; several of a name are one list. */
export function headerIn(lines: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let n = 0; n < lines.length; n += 2) {
    const line = lines[n] as string;
    if (line.length !== name.length || line.toLowerCase() !== name) continue;
    const value = lines[n + 1] as string;
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}
