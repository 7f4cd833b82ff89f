import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { InputProblem } from "../lib/problem.js";

const TIMEOUT_MS = 60_000;

/** The text of a description at a web address or in a file. */
export async function fetchText(from: string, cwd: string): Promise<string> {
  return /^https?:\/\//i.test(from) ? download(from) : readLocal(resolve(cwd, from), from);
}

async function download(url: string): Promise<string> {
  const response = await attempt(url, () => fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }));
  if (!response.ok) throw unreachable(url, `The server answers ${response.status}.`);
  // A body that ends early raises here, by its declared length.
  return attempt(url, () => response.text());
}

async function attempt<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error && cause.message !== "" ? cause.message : message;
    throw unreachable(url, `It cannot be fetched whole: ${reason}.`);
  }
}

function readLocal(path: string, from: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw unreachable(from, "There is no such file, or it cannot be read.");
  }
}

function unreachable(where: string, what: string): InputProblem {
  return new InputProblem({ where, what, mend: "check the address, or give a file that you have saved." });
}
