import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../mutations/base.js";

/** A user's project with uses that the changes of next-description.ts break, and twelve that they do not. */
export const CONSUMER = join(ROOT, "test/diff/consumer");

/** What its comments say that breaks: `// because:` beside code is about that line, on a line of its own about the next one. */
export function consumerBreaks(): string[] {
  return readdirSync(CONSUMER)
    .filter((file) => /\.(ts|js)$/.test(file))
    .flatMap(breaksIn);
}

function breaksIn(file: string): string[] {
  const lines = readFileSync(join(CONSUMER, file), "utf8").split("\n");
  return lines.flatMap((text, index) => {
    const [code = "", cause] = text.split("// because: ");
    return cause === undefined ? [] : [`${file}:${index + (code.trim() === "" ? 2 : 1)} ${cause}`];
  });
}
