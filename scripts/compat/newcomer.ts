import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoggedRequest } from "../../packages/devtools/src/index.js";
import { npm } from "../lib/npm.js";
import type { Consumer } from "./packed.js";
import { type Session, startTarballSimulator } from "./session.js";

/** A project as a newcomer makes it: `npm init`, the tarball, and the first program of the README. Returns its folder. */
export async function newProject(
  root: string,
  { tarball, devtools }: Pick<Consumer, "tarball" | "devtools">,
  folder: string,
): Promise<string> {
  mkdirSync(folder);
  await npm(folder, "init", "--yes", "--loglevel=error");
  await npm(folder, "install", tarball, devtools);
  cpSync(join(root, "test/compat/readme"), folder, { recursive: true });
  writeFileSync(join(folder, "index.mjs"), firstProgram(readFileSync(join(root, "README.md"), "utf8")));
  return folder;
}

function firstProgram(readme: string): string {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  if (program === undefined) throw new Error("the README has no program");
  return program;
}

/** Runs the program against the world that a simulator starts with. Throws when it did not do what the README states. */
export async function tryReadme(project: string, program: (session: Session) => Promise<string>): Promise<void> {
  const simulator = await startTarballSimulator(project, { startAt: new Date() });
  try {
    const printed = await program({ baseUrl: simulator.url, token: simulator.token });
    const doubt = readmeDoubt(printed, simulator.requests);
    if (doubt !== undefined) throw new Error(doubt);
  } finally {
    await simulator.close();
  }
}

/** What the program prints: hardware, then pools. */
const expected = [
  "antares NVIDIA B200 eu-north",
  "alameda NVIDIA H200 us-east",
  "richmond NVIDIA H100 us-west",
  "notebooks market",
  "spare market",
  "main market",
].join("\n");

/** What is wrong with what the program printed, or with what the server saw of it. */
export function readmeDoubt(printed: string, requests: readonly LoggedRequest[]): string | undefined {
  if (printed.trim() !== expected) return `it printed: ${printed.trim()}`;
  const writes = requests.filter(({ method }) => method !== "GET");
  if (writes.length > 0) return `the server saw ${writes.length} writes, although the program only reads`;
  return requests.length === 2 ? undefined : `the server saw ${requests.length} requests instead of 2`;
}
