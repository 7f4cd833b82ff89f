import { cpSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "../../scripts/generate.js";
import { filesBelow } from "../../scripts/lib/files.js";

/** The root of this repository. */
export const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export function fixture(name: string): string {
  return readFileSync(join(REPOSITORY, "test/pipeline/fixtures", name), "utf8");
}

/** The part of the hand-written client that generated code imports. */
const WRAPPERS = {
  "src/wrappers/options.ts": `export interface CallOptions { readonly signal?: AbortSignal }
export interface KeyedCallOptions extends CallOptions { readonly idempotencyKey?: string }
export interface ListOptions extends CallOptions {}
`,
  "src/wrappers/pagination.ts": `export interface Page<Item, Body> { readonly data: Item[]; readonly body: Body }
export interface PageRequest<Item, Body = unknown> extends PromiseLike<Page<Item, Body>>, AsyncIterable<Item> {}
`,
  "src/wrappers/call.ts": `import type { Operation } from "../operation.js";
import type { CallOptions, KeyedCallOptions, ListOptions } from "./options.js";
import type { PageRequest } from "./pagination.js";
export interface CallInput { path?: Record<string, string>; query?: object; body?: unknown }
export interface Call<T> extends Promise<T> {}
export interface Caller {
  call<T>(operation: Operation, input: CallInput, options?: CallOptions | KeyedCallOptions): Call<T>;
  list<Item, Body = unknown>(operation: Operation, input: CallInput, options?: ListOptions): PageRequest<Item, Body>;
}
`,
};

export interface Project {
  readonly root: string;
  path(name: string): string;
  read(name: string): string;
  write(name: string, text: string): void;
  /** Every file below `openapi` and `src`, with its bytes and its modification time. */
  snapshot(): Record<string, string>;
}

/** A small project in its own folder, with the given inputs instead of the real ones. */
export function createProject(inputs: { spec: string; sdk?: string; overlay?: string }): Project {
  const project = emptyProject();
  project.write("openapi/sfc-preview.yaml", inputs.spec);
  project.write("openapi/sdk.yaml", inputs.sdk ?? fixture("sdk.none.yaml"));
  project.write("openapi/overlay.yaml", inputs.overlay ?? fixture("overlay.none.yaml"));
  for (const [name, text] of Object.entries(WRAPPERS)) project.write(name, text);
  for (const name of ["redocly.yaml", "tsconfig.json", "package.json", "src/operation.ts"]) {
    cpSync(join(REPOSITORY, name), project.path(name));
  }
  return project;
}

/** The small API of `things.yaml`, from which most tests generate. */
export const THINGS = { spec: fixture("things.yaml"), sdk: fixture("things.sdk.yaml") };

let generatedOnce: Promise<Map<string, string>> | undefined;

/** A project of {@link THINGS} that is already generated. It is made once and then copied. */
export async function generatedProject(): Promise<Project> {
  generatedOnce ??= generateThings();
  const files = await generatedOnce;
  const project = emptyProject();
  for (const [name, text] of files) project.write(name, text);
  return project;
}

async function generateThings(): Promise<Map<string, string>> {
  const project = createProject(THINGS);
  const { code, stderr } = await run(project);
  if (code !== 0) throw new Error(stderr);
  const names = [...Object.keys(project.snapshot()), "redocly.yaml", "tsconfig.json", "package.json"];
  return new Map(names.map((name) => [name, project.read(name)]));
}

/** A copy of the repository's inputs, sources and generated files. */
export function copyRepository(): Project {
  const project = emptyProject();
  for (const name of ["redocly.yaml", "tsconfig.json", "package.json", "openapi", "src"]) {
    cpSync(join(REPOSITORY, name), project.path(name), { recursive: true });
  }
  return project;
}

function emptyProject(): Project {
  const root = temporaryFolder();
  const path = (name: string) => join(root, name);
  mkdirSync(path("src"));
  return {
    root,
    path,
    read: (name) => readFileSync(path(name), "utf8"),
    write(name, text) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
    },
    snapshot() {
      const files = ["openapi", "src"].flatMap((folder) => filesBelow(root, folder));
      const describe = (name: string) => `${statSync(path(name)).mtimeMs} ${readFileSync(path(name), "utf8")}`;
      return Object.fromEntries(files.map((name) => [name, describe(name)]));
    },
  };
}

/** A new folder that is removed after the last test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "pipeline-test-"));
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in a project, with its output in a pipe unless `isTTY`. */
export async function run(
  { root }: Pick<Project, "root">,
  argv: readonly string[] = [],
  { isTTY = false, environment = {} as NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  const texts = { stdout: "", stderr: "" };
  const collect = (name: keyof typeof texts) => ({
    isTTY,
    write(text: string) {
      texts[name] += text;
    },
  });
  const streams = { stdout: collect("stdout"), stderr: collect("stderr") };
  const code = await generate(argv, { root, cwd: root, ...streams, environment });
  return { code, ...texts };
}
