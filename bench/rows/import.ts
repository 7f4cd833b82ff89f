import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Contender, names } from "../contenders.js";
import { turnOf } from "../rounds.js";
import { againstBase, type Row } from "../table.js";
import type { Context } from "../workshop.js";

const modules: Partial<Record<Contender, string>> = {
  raw: "./contenders/raw/client.js",
  "openapi-fetch": "openapi-fetch",
  redocly: "./contenders/redocly/client.js",
  ours: "sfc-preview-sdk",
  "ours-node": "sfc-preview-sdk/node",
};

/** From the start of a process to the end of its main module, which imports the client; over one that imports nothing. Not bundled. */
export async function importing({ workshop, quick, progress }: Context): Promise<Row[]> {
  const { folder, hasNodeTransport } = workshop;
  const contenders = names.filter((name) => name in modules && (name !== "ours-node" || hasNodeTransport));
  const programs = new Map<string, string>([["bare", writeProgram(folder, "bare", "")]]);
  for (const name of contenders) programs.set(name, writeProgram(folder, name, `import "${modules[name]}";\n`));

  const samples = new Map([...programs.keys()].map((name) => [name, [] as number[]]));
  const rounds = quick ? 15 : 40;
  for (const program of programs.values()) importMs(program);
  for (let round = 0; round < rounds; round++) {
    progress(`import, round ${round + 1} of ${rounds}`);
    for (const [name, program] of turnOf([...programs], round)) samples.get(name)?.push(importMs(program));
  }
  const { bare = [], ...rest } = Object.fromEntries(samples);
  const cells = againstBase(hasNodeTransport ? rest : { ...rest, "ours-node": "not built" }, bare, "difference");
  const title = "import, over bare node";
  return [{ id: "import", title, unit: "ms", better: "lower", digits: 1, cells, targets: { ours: 6 } }];
}

function writeProgram(folder: string, name: string, imports: string): string {
  const file = join(folder, `import-${name}.js`);
  if (!existsSync(file)) writeFileSync(file, `${imports}console.log(performance.now());\n`);
  return file;
}

/** Milliseconds from the start of a process to the end of its main module, by its own clock; the program prints `performance.now()`. */
export function importMs(program: string): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
    encoding: "utf8",
    // Certificates and options of the environment can cost Node more than every client together.
    env: { PATH: process.env.PATH },
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
