import { ownDescription } from "../own-description.js";

/** A JSON Schema, or any other node of the description. */
export type Node = Readonly<Record<string, unknown>>;

/** A node with its JSON pointer. */
export interface Located {
  readonly node: Node;
  readonly pointer: string;
}

/** The responses of one operation. */
export interface DescribedOperation {
  readonly method: string;
  /** Path template. */
  readonly path: string;
  readonly node: Node;
  readonly pointer: string;
}

/** An API description that finds nodes by pointer and operations by request. */
export class ApiDescription {
  readonly operations: readonly DescribedOperation[];
  readonly #matchers: readonly { readonly operation: DescribedOperation; readonly pattern: RegExp }[];

  constructor(readonly document: Node) {
    this.operations = Object.entries(asNode(document.paths)).flatMap(([path, item]) =>
      Object.entries(asNode(item)).flatMap(([method, node]) =>
        methods.has(method)
          ? [{ method: method.toUpperCase(), path, node: asNode(node), pointer: pointerTo("paths", path, method) }]
          : [],
      ),
    );
    // Literal segments take precedence over parameters.
    this.#matchers = this.operations
      .map((operation) => ({ operation, pattern: pathPattern(operation.path) }))
      .sort((a, b) => a.operation.path.split("{").length - b.operation.path.split("{").length);
  }

  /** Finds the operation of a request. The path may have a prefix, which a proxy adds. */
  find(method: string, url: string): DescribedOperation | undefined {
    const { pathname } = new URL(url);
    return this.#matchers.find(({ operation, pattern }) => operation.method === method && pattern.test(pathname))
      ?.operation;
  }

  /** Resolves references. */
  resolve({ node, pointer }: Located): Located {
    let found = { node, pointer };
    for (let hops = 0; typeof found.node.$ref === "string" && hops < MOST_HOPS; hops += 1) {
      found = { node: this.#at(found.node.$ref), pointer: found.node.$ref };
    }
    return found;
  }

  #at(pointer: string): Node {
    const steps = pointer.split("/").slice(1).map(unescapeStep);
    return asNode(steps.reduce<unknown>((here, step) => asNode(here)[step], this.document));
  }
}

const MOST_HOPS = 20;
const methods = new Set(["get", "put", "post", "patch", "delete"]);

let own: ApiDescription | undefined;

/** The description that this package was built from, read once. */
export function readOwnDescription(): ApiDescription {
  own ??= new ApiDescription(JSON.parse(ownDescription()) as Node);
  return own;
}

function pathPattern(path: string): RegExp {
  return new RegExp(`${path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+")}$`);
}

export function asNode(value: unknown): Node {
  return typeof value === "object" && value !== null ? (value as Node) : {};
}

/** The descendant of a node that a list of steps leads to. */
export function childAt({ node, pointer }: Located, ...steps: readonly (string | number)[]): Located {
  const child = steps.reduce<unknown>((here, step) => asNode(here)[step], node);
  return { node: asNode(child), pointer: `${pointer}${steps.map((step) => `/${escapeStep(step)}`).join("")}` };
}

function pointerTo(...steps: readonly string[]): string {
  return `#${steps.map((step) => `/${escapeStep(step)}`).join("")}`;
}

function escapeStep(step: string | number): string {
  return String(step).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The key in the document that one step of a JSON pointer stands for. */
function unescapeStep(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
