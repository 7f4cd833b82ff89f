/**
 * Lines of a console, without their ends, from `tailLogs` or any other pieces of text. Takes `\n` and `\r\n`; what follows the last end comes as a last line.
 *
 * ```ts
 * for await (const line of logLines(tailLogs(sfc, id, { follow: true }))) console.log(line);
 * ```
 */
export async function* logLines(
  chunks: AsyncIterable<{ readonly text: string }>,
): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const { text } of chunks) {
    const lines = text.split("\n");
    // Only what came is searched for ends: a line that grows by many pieces is not read again for each.
    lines[0] = rest + (lines[0] ?? "");
    rest = lines.pop() ?? "";
    for (const line of lines) yield withoutReturn(line);
  }
  if (rest !== "") yield withoutReturn(rest);
}

/** A console writes `\r\n`. */
function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
