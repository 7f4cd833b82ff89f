/** Whether the checker notices what it is there for: each deliberate break has to be found, in a temporary copy of the sources. */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Break, breaks } from "./breaks.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const seedsPerBreak = 20;

/** The exit code: 0 when every break is found. `only`: a part of the name of the breaks to try. */
export async function selfCheck(only = ""): Promise<number> {
  const copy = await copySources();
  const chosen = breaks.filter(({ name }) => name.includes(only));
  let found = 0;
  try {
    for (const one of chosen) {
      const startMs = Date.now();
      const result = await withBreak(copy, one);
      const seconds = ((Date.now() - startMs) / 1_000).toFixed(0);
      if (result !== undefined) found += 1;
      console.log(
        `${result === undefined ? "NOT FOUND" : "found"}: ${one.name} (${seconds} s)${result ? `: ${result}` : ""}`,
      );
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  console.log(`${found} of ${chosen.length} breaks found`);
  return found === chosen.length ? 0 : 1;
}

async function copySources(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "histories-break-"));
  const isSource = (path: string) => !/[\\/](node_modules|dist)$/.test(path);
  for (const part of ["src", "packages", "openapi", "test/histories", "package.json", "tsconfig.json"]) {
    await cp(join(root, part), join(copy, part), { recursive: true, filter: isSource });
  }
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** What the first failing seed says; `undefined` when no seed fails. */
async function withBreak(copy: string, { name, file, from, to }: Break): Promise<string | undefined> {
  const path = join(copy, file);
  const original = await readFile(path, "utf8");
  if (original.split(from).length !== 2) throw new Error(`the break "${name}" no longer fits ${file}`);
  await writeFile(
    path,
    original.replace(from, () => to),
  );
  try {
    const { code, output } = await run(copy);
    if (code === 0) return undefined;
    const seed = output.split("\n").find((line) => line.startsWith("seed "));
    if (seed === undefined) throw new Error(`the break "${name}" stops the harness itself:\n${output}`);
    return seed.slice(0, 200);
  } finally {
    await writeFile(path, original);
  }
}

function run(copy: string): Promise<{ code: number | null; output: string }> {
  const tsx = join(copy, "node_modules/tsx/dist/cli.mjs");
  const args = [tsx, "test/histories/main.ts", "--seed", "1", "--seeds", String(seedsPerBreak), "--first"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: copy, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, output }));
  });
}
