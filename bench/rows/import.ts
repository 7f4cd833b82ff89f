import { execFile as execFileWithCallback } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Contender, names } from "../contenders.js";
import { inTurn, startWorker } from "../rounds.js";
import { againstBase, againstRaw, type Row } from "../table.js";
import type { Context } from "../workshop.js";

const execFile = promisify(execFileWithCallback);

const modules: Partial<Record<Contender, string>> = {
  raw: "./contenders/raw/client.js",
  "openapi-fetch": "openapi-fetch",
  redocly: "./contenders/redocly/client.js",
  ours: "sfc-preview-sdk",
  "ours-node": "sfc-preview-sdk/node",
};

/** The time to load a client and to use it for the first time. Each sample is a new process, and nothing is bundled. */
export async function importing(context: Context): Promise<Row[]> {
  return [await importAlone(context), await firstCall(context)];
}

/** The time from the start of a process to the end of its main module, which imports the client, compared with a module that imports nothing. */
async function importAlone({ workshop, quick, progress }: Context): Promise<Row> {
  const { folder, hasNodeTransport } = workshop;
  const contenders = names.filter((name) => name in modules && (name !== "ours-node" || hasNodeTransport));
  const programs = new Map<string, string>([["bare", writeProgram(folder, "import-bare", "")]]);
  for (const name of contenders)
    programs.set(name, writeProgram(folder, `import-${name}`, `import "${modules[name]}";`));

  const title = "import, over bare node";
  const { bare = [], ...rest } = await sampleInRounds(programs, quick, (round) => progress(`${title}, ${round}`));
  const cells = againstBase(hasNodeTransport ? rest : { ...rest, "ours-node": "not built" }, bare, "difference");
  return { id: "import", title, unit: "ms", better: "lower", digits: 1, cells, targets: targetFrom(cells, 1.6) };
}

/** The time from the start of a process to its first response: import, construction and one list request to a server in another process. */
async function firstCall({ workshop, quick, progress }: Context): Promise<Row> {
  const { folder, hasNodeTransport } = workshop;
  const server = await startWorker({ folder, kind: "server" }, "server");
  try {
    const call = `connect("http://127.0.0.1:${await server.ask({})}", "sk_bench_0123456789abcdef0123456789").list()`;
    const programs = new Map<string, string>();
    for (const name of names.filter((name) => name !== "raw-timeout" && (name !== "ours-node" || hasNodeTransport))) {
      const text = `import { connect } from "./contenders/${name}/calls.js";\nawait ${call};`;
      programs.set(name, writeProgram(folder, `first-${name}`, text));
    }
    const title = "import, construction and first call, over raw fetch";
    const samples = await sampleInRounds(programs, quick, (round) => progress(`${title}, ${round}`));
    const cells = againstRaw(samples, "difference");
    return { id: "first-call", title, unit: "ms", better: "lower", digits: 1, cells, targets: targetFrom(cells, 1.8) };
  } finally {
    server.end();
  }
}

/** The target: at most this multiple of the time that openapi-fetch adds in the same run. */
function targetFrom(cells: Row["cells"], factor: number): Row["targets"] {
  const cell = cells["openapi-fetch"];
  return cell === undefined || typeof cell === "string" ? {} : { ours: Number((cell.median * factor).toFixed(1)) };
}

async function sampleInRounds(
  programs: ReadonlyMap<string, string>,
  quick: boolean,
  progress: (round: string) => void,
): Promise<Record<string, number[]>> {
  const samples = new Map([...programs.keys()].map((name) => [name, [] as number[]]));
  const rounds = quick ? 15 : 40;
  for (const program of programs.values()) await runProgram(program);
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1} of ${rounds}`);
    for (const [name, program] of inTurn([...programs], round)) samples.get(name)?.push(await runProgram(program));
  }
  return Object.fromEntries(samples);
}

function writeProgram(folder: string, name: string, text: string): string {
  const file = join(folder, `${name}.js`);
  writeFileSync(file, `${text}\nconsole.log(performance.now());\n`);
  return file;
}

/** Milliseconds from the start of a process to the end of its main module, by its own clock: the program prints `performance.now()`. */
export async function runProgram(program: string): Promise<number> {
  // Certificates and options from the environment can take Node more time than all clients together.
  const { stdout } = await execFile(process.execPath, [program], { env: { PATH: process.env.PATH } });
  return Number(stdout);
}
