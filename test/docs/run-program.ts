import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The blocks of one language on a page, as printed. */
export function readBlocks(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, code = ""]) => code);
}

/** The location in this repository of each package that programs import. */
const sources: Readonly<Record<string, string>> = {
  "sfc-preview-sdk": "src/index.js",
  "sfc-preview-sdk/paths": "src/paths.js",
  "sfc-preview-sdk/workflows": "src/workflows.js",
  "sfc-preview-sdk/otel": "src/otel.js",
  "sfc-preview-sdk/node": "src/node.js",
  "sfc-preview-devtools": "packages/devtools/src/index.js",
};

/** Runs a program of a page as printed, and returns its exports. */
export async function runProgram(code: string): Promise<Record<string, unknown>> {
  mkdirSync(join(root, ".tmp"), { recursive: true });
  const folder = mkdtempSync(join(root, ".tmp/programs-"));
  const file = join(folder, "program.ts");
  const linked = code.replace(/ from "(sfc-preview-[^"]+)"/g, (whole, name: string) =>
    name in sources ? ` from "../../${sources[name]}"` : whole,
  );
  writeFileSync(file, linked);
  try {
    return (await import(file)) as Record<string, unknown>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
