import { readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import type { Values } from "../lib/command.js";
import { InputProblem } from "../lib/problem.js";
import { parseSource, refuseInvalid, type Source } from "../lib/source.js";
import { readSdkTable } from "./sdk-table.js";

/** The project's own inputs. */
export const DEFAULTS = { spec: "openapi/sfc-preview.yaml", overlay: "openapi/overlay.yaml", sdk: "openapi/sdk.yaml" };

export const OPTIONS = {
  spec: { type: "string", value: "FILE", help: `API description (YAML or JSON); default: ${DEFAULTS.spec}` },
  overlay: { type: "string", value: "FILE", help: `corrections to it; default: ${DEFAULTS.overlay}` },
  sdk: { type: "string", value: "FILE", help: `names and classes of operations; default: ${DEFAULTS.sdk}` },
  out: { type: "string", value: "DIR", help: "write a copy that stands by itself to DIR, leave the project as it is" },
  check: { type: "boolean", default: false, help: "write nothing, list what is stale; exit 1 if anything is" },
} as const;

export type Arguments = Values<typeof OPTIONS>;

export type Inputs = Readonly<Record<"description" | "overlay" | "sdk", Source>>;

/** The files to read instead of the project's own. */
export type InputFiles = { readonly [Input in keyof typeof DEFAULTS]?: string | undefined };

export type ReadInputs = ReturnType<typeof readInputs>;

const FIX = "give a whole OpenAPI document of version 3.0 or 3.1.";

/** Sources that are already parsed, or that replace files that are not written yet, by path from the root. */
export type KnownSources = ReadonlyMap<string, Source>;

/** Reads the three inputs, by default the project's own. Throws an error when one of them is invalid. */
export function readInputs(given: InputFiles, root: string, cwd: string, known: KnownSources = new Map()) {
  const place = (input: keyof InputFiles) =>
    resolve(given[input] === undefined ? root : cwd, given[input] ?? DEFAULTS[input]);
  const read = (input: keyof InputFiles): Source => {
    const path = place(input);
    const name = relativeName(path, root);
    return known.get(name) ?? parseSource(readText(path, name), name);
  };
  const description = read("spec");
  refuseNonOpenApi(description);
  const [overlay, sdk] = [read("overlay"), read("sdk")];
  const sources: Inputs = { description, overlay, sdk };
  // Relative references of the description are resolved from its folder.
  return { sources, table: readSdkTable(sdk), folder: dirname(place("spec")) };
}

/** Throws an error unless the file is an OpenAPI description of a supported version. */
export function refuseNonOpenApi(source: Source): void {
  refuseInvalid(source, new URL("description.schema.json", import.meta.url), FIX);
}

/** The text of a file, and its name in messages. */
export function readText(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new InputProblem({
      where: name,
      what: code === "ENOENT" ? "There is no such file." : `The file cannot be read (${code}).`,
      fix: "give the path of an existing file, from the folder that the command runs in.",
    });
  }
}

/** The name of a file in headers and messages: its path from the root when it is inside, and otherwise its base name. It is the same on every machine. */
function relativeName(path: string, root: string): string {
  const inside = relative(root, path);
  const isOutside = inside.startsWith("..") || resolve(inside) === inside;
  return (isOutside ? inside.split(sep).at(-1) : inside.split(sep).join("/")) ?? path;
}
