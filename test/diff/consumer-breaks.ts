import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../mutations/base.js";

/** A user's project. The changes of next-description.ts break some of its uses of the client, and do not break twelve others. */
export const CONSUMER = join(ROOT, "test/diff/consumer");

/** The breaks that its comments state. `// because:` after code refers to that line, and on its own line to the next one. */
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
