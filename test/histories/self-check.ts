/** Checks the checker: it must find each deliberate break in a temporary copy of the sources. */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Break, breaks } from "./breaks.js";
import { bundleClient } from "./bundle.js";
import { planFor } from "./plan.js";
import { runPlan } from "./run.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const seedsPerBreak = 60;
/** The number of breaks that are checked at the same time, each in its own copy. */
const copies = 2;

/** Returns the exit code, which is 0 when every break is found. `only` is a part of the names of the breaks to check. */
export async function selfCheck(only = ""): Promise<number> {
  const chosen = breaks.filter(({ name }) => name.includes(only));
  const rest = chosen.values();
  let found = 0;
  const tryRest = async () => {
    const copy = await copySources();
    try {
      for (const one of rest) {
        const startMs = Date.now();
        const result = await withBreak(copy, one);
        const seconds = ((Date.now() - startMs) / 1_000).toFixed(0);
        if (result !== undefined) found += 1;
        const verdict = result === undefined ? "NOT FOUND" : "found";
        const what = result === undefined ? "" : `: ${result.replaceAll(/\s+/g, " ").slice(0, 200)}`;
        console.log(`${verdict}: ${one.name} (${seconds} s)${what}`);
      }
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: copies }, tryRest));
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
  await mkdir(join(copy, "bundle"));
  return copy;
}

/** The output of the first failing seed, or `undefined` when no seed fails. */
async function withBreak(copy: string, { name, file, from, to }: Break): Promise<string | undefined> {
  const path = join(copy, file);
  const original = await readFile(path, "utf8");
  if (original.split(from).length !== 2) throw new Error(`the break "${name}" no longer fits ${file}`);
  await writeFile(
    path,
    original.replace(from, () => to),
  );
  try {
    // A break in the client is part of its bundle. A break in the simulator requires a separate runner.
    return await (file.startsWith("src/") ? runSeeds(copy) : runInCopy(copy, name));
  } finally {
    await writeFile(path, original);
  }
}

async function runSeeds(copy: string): Promise<string | undefined> {
  const program = await bundleClient(join(copy, "bundle"), join(copy, "test/histories"));
  for (let seed = 1; seed <= seedsPerBreak; seed++) {
    const { violations } = await runPlan(planFor(String(seed)), program);
    if (violations.length > 0)
      return `seed ${seed}: ${violations.map(({ rule, text }) => `${rule}: ${text}`).join("; ")}`;
  }
  return undefined;
}

async function runInCopy(copy: string, name: string): Promise<string | undefined> {
  const args = [
    "--import",
    "tsx",
    "test/histories/main.ts",
    "--seed",
    "1",
    "--seeds",
    String(seedsPerBreak),
    "--first",
  ];
  const { code, output } = await run(copy, args);
  if (code === 0) return undefined;
  const seed = output.split("\n").find((line) => line.startsWith("seed "));
  if (seed === undefined) throw new Error(`the break "${name}" stops the harness itself:\n${output}`);
  return seed;
}

function run(cwd: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, output }));
  });
}
