/** A table in plain text: its columns stand below each other, those named in `right` hold numbers; `rule` draws a line below the head. */
export function alignColumns(
  lines: readonly (readonly string[])[],
  { right = [], rule = false }: { right?: readonly number[]; rule?: boolean } = {},
): string[] {
  const [head = []] = lines;
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  const dashes = rule ? [widths.map((width) => "-".repeat(width))] : [];
  return [head, ...dashes, ...lines.slice(1)].map((line) => line.map(pad).join("  ").trimEnd());
}
