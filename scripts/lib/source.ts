import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type Document, isMap, isNode, isSeq, LineCounter, parseDocument } from "yaml";
import { readJson } from "./json.js";
import { fromPointer } from "./openapi.js";
import { type Fault, InputProblem, refuse, tolerate } from "./problem.js";

/** A parsed input file with the position of each value in its text. */
export interface Source {
  /** The name of the file in messages. */
  readonly file: string;
  readonly value: unknown;
  /** The `file:line:column pointer` of a value, or of its nearest ancestor in the file. */
  at(pointer: string): string;
}

/** Reads YAML or JSON text. */
export function parseSource(text: string, file: string): Source {
  const clean = text.replace(/^\uFEFF/, "");
  refuseHtml(clean, file);
  // The YAML parser can also read JSON, and reports the position of a syntax error.
  const json: unknown = /^\s*[{[]/.test(clean) ? tolerate(() => JSON.parse(clean)) : undefined;
  // Positions in JSON are needed only for messages, so the slow parser runs only for them.
  let parsed: Positions | undefined;
  const positions = () => {
    parsed ??= parseYaml(clean);
    return parsed;
  };
  return { file, value: json ?? readYaml(positions(), file), at: (pointer) => locate(file, positions(), pointer) };
}

type Positions = ReturnType<typeof parseYaml>;

function parseYaml(text: string) {
  const lines = new LineCounter();
  return { document: parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true }), lines };
}

function refuseHtml(text: string, file: string): void {
  if (!/^\s*</.test(text)) return;
  throw new InputProblem({
    where: file,
    what: "This is an HTML or XML page, not a YAML or JSON document.",
    fix: "save the description itself; a web address of it usually ends in .json or .yaml.",
  });
}

function readYaml({ document, lines }: Positions, file: string): unknown {
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new InputProblem({
      where: `${file}:${line}:${col}`,
      what: `Not valid YAML or JSON: ${error.message.split("\n")[0]}`,
      fix: "correct the syntax at this line; the cause may stand a line or two above it.",
    });
  }
  try {
    // The round trip copies values that aliases share, so that an overlay that edits one place does not edit another.
    return JSON.parse(JSON.stringify(document.toJS() ?? null));
  } catch (error) {
    throw new InputProblem({
      where: file,
      what: `The YAML cannot be expressed as JSON: ${error instanceof Error ? error.message : String(error)}`,
      fix: "use no circular or excessive aliases.",
    });
  }
}

function locate(file: string, { document, lines }: Positions, pointer: string): string {
  for (let steps = fromPointer(pointer); steps.length > 0; steps = steps.slice(0, -1)) {
    const offset = keyOffset(document, steps);
    if (offset === undefined) continue;
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col} ${pointer}`;
  }
  return `${file} ${pointer}`;
}

/** The position of the key of a value, because the value of `get:` may start one line below the line that a reader expects. */
function keyOffset(document: Document.Parsed, steps: readonly string[]): number | undefined {
  const parent = document.getIn(steps.slice(0, -1), true);
  const last = steps.at(-1);
  const entry = isMap(parent) ? parent.items.find(({ key }) => String(key) === last)?.key : undefined;
  const node = isSeq(parent) ? parent.get(Number(last), true) : entry;
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Throws an error when a hand-written input violates its JSON schema. */
export function refuseInvalid({ file, value, at }: Source, schema: URL, fix: string): void {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  ajv.validate(readJson<object>(fileURLToPath(schema)), value);
  // The errors of these two keywords only repeat that something in them has failed.
  const errors = (ajv.errors ?? []).filter(({ keyword }) => keyword !== "if" && keyword !== "propertyNames");
  refuse(
    errors.map(({ instancePath, message, params }): Fault => {
      const names = [params.additionalProperty ?? params.allowedValues ?? params.allowedValue ?? []].flat();
      const what = `It ${message}${names.length > 0 ? `: ${names.join(", ")}` : ""}.`;
      return { where: instancePath === "" ? file : at(`#${instancePath}`), what, fix };
    }),
  );
}
