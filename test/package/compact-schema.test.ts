import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, it } from "vitest";
import { memoryHost } from "../../scripts/lib/typescript.js";
import { compactSchema } from "../../scripts/release/compact-schema.js";

const source = readFileSync(new URL("../../src/generated/schema.ts", import.meta.url), "utf8");
const compact = compactSchema(source.replace(/^(?: {2})+/gm, (indent) => "\t".repeat(indent.length / 2)));

/** A program of both files, and of a file that asserts that their types are equal. */
function programOf(files: Readonly<Record<string, string>>): ts.Program {
  const options: ts.CompilerOptions = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, types: [] };
  return ts.createProgram(Object.keys(files), options, memoryHost(options, new Map(Object.entries(files))));
}

const SAME = `import type * as before from "./before";
import type * as after from "./after";
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const operations: { [Id in keyof before.operations]: Same<before.operations[Id], after.operations[Id]> } = `;

const program = programOf({ "/before.d.ts": source, "/after.d.ts": compact });

/** The documentation that an editor shows for each name in an interface or in the named types, by its path with dots. */
function docsOf(name: string, root: string): Map<string, string> {
  const docs = new Map<string, string>();
  const visit = (node: ts.Node, path: string): void => {
    let here = path;
    if (ts.isPropertySignature(node) || ts.isTypeAliasDeclaration(node)) {
      here = `${path}.${node.name.getText()}`;
      const comments = ts.getJSDocCommentsAndTags(node).flatMap((doc) => [textOf(doc), ...tagsOf(doc)]);
      const said = comments.filter((text) => text !== "").join("\n");
      if (said !== "") docs.set(here, said);
    }
    ts.forEachChild(node, (child) => visit(child, here));
  };
  const file = program.getSourceFile(name);
  for (const statement of file?.statements ?? []) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === root) visit(statement, root);
    if (ts.isTypeAliasDeclaration(statement) && root === "types") visit(statement, statement.name.text);
  }
  return docs;
}

function tagsOf(doc: ts.JSDoc | ts.JSDocTag): string[] {
  if (!ts.isJSDoc(doc)) return [];
  const tags = [...(doc.tags ?? [])].map((tag) => ({ name: tag.tagName.text, text: textOf(tag) }));
  return tags.map(({ name, text }) => (name === "description" ? text : `@${name} ${text}`));
}

function textOf({ comment }: ts.JSDoc | ts.JSDocTag): string {
  return (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ").trim();
}

it("keeps all documentation of the named types, and does not repeat it at the schemas behind them", () => {
  const before = docsOf("/before.d.ts", "types");
  expect(before.size).toBeGreaterThan(500);
  // The names that shorten the file come last.
  expect([...docsOf("/after.d.ts", "types")].slice(0, before.size)).toEqual([...before]);
  expect(docsOf("/before.d.ts", "components").size).toBeGreaterThan(200);
  const schema = /^components\.schemas\.("[^"]+"|\w+)$/;
  expect([...docsOf("/after.d.ts", "components").keys()].filter((path) => schema.test(path))).toEqual([]);
});

it("omits the documentation of methods of paths, which the methods of resources have", () => {
  expect(docsOf("/before.d.ts", "paths").size).toBeGreaterThan(70);
  expect(
    [...docsOf("/after.d.ts", "paths").keys()].filter((path) => /\.(get|put|post|patch|delete)$/.test(path)),
  ).toEqual([]);
});

it("keeps the documentation of parameters, and omits the descriptions of responses", () => {
  const before = [...docsOf("/before.d.ts", "operations")];
  const kept = before.filter(([path]) => !path.includes(".responses."));
  expect(kept.length).toBeLessThan(before.length);
  expect([...docsOf("/after.d.ts", "operations")]).toEqual(kept);
});

it("has the same types", () => {
  const names = (root: string) => {
    const file = program.getSourceFile("/before.d.ts");
    const found = file?.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === root);
    return (found as ts.InterfaceDeclaration).members.map((member) => member.name?.getText() ?? "");
  };
  const all = names("operations").map((name) => `${name}: true`);
  const rest = `
    const paths: Same<before.paths, after.paths> = true;
    const schemas: { [Id in keyof before.components["schemas"]]: Same<before.components["schemas"][Id], after.components["schemas"][Id]> }
      = null! as { [Id in keyof after.components["schemas"]]: true };
    const same: Same<keyof before.operations, keyof after.operations> = true;
    // @ts-expect-error a response of another operation
    const other: Same<before.operations["create_order"], after.operations["list_orders"]> = true;
    // @ts-expect-error the names that shorten the file are not exported
    type Leak = after.Answer<string>;`;
  const asked = programOf({
    "/before.d.ts": source,
    "/after.d.ts": compact,
    "/same.ts": `${SAME}{ ${all.join(", ")} };${rest}`,
  });
  const found = ts
    .getPreEmitDiagnostics(asked)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  expect(found).toEqual([]);
});

it("contains the parts that operations repeat only once", () => {
  expect(compact.split("[name: string]: unknown").length - 1).toBe(2);
  expect(compact).not.toContain('components["schemas"]["');
  expect(compact.length).toBeLessThan(source.length * 0.75);
});

it("does not change a response with its own headers or another kind of body", () => {
  const odd = `export interface operations {
  a: {
    responses: {
      200: {
        headers: {
          "retry-after": string;
          [name: string]: unknown;
        };
        content: {
          "text/plain": string;
        };
      };
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": string;
          "text/plain": string;
        };
      };
    };
  };
}
`;
  expect(compactSchema(odd)).toContain(odd);
});
