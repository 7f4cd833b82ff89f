/** Escapes text of the description for a page of the site, where `<` and `{{` would start a component or an expression. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, n) => (n % 2 === 1 ? part : part.replaceAll("<", "&lt;").replaceAll("{{", "&#123;{")))
    .join("");
}

/** The same for one cell of a table. */
export function cell(text: string): string {
  return prose(text.trim())
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|");
}

export function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** Text that opens on demand. */
export function details(title: string, ...paragraphs: readonly string[]): string {
  return [`::: details ${title}`, ...paragraphs, ":::"].join("\n\n");
}
