import type { OpenAPI3 } from "openapi-typescript";
import { InputProblem } from "../lib/problem.js";
import { completeDiscriminators } from "./discriminators.js";
import { codeHeader, type Origin } from "./header.js";
import { ANY_OTHER, settleOpenEnums } from "./open-enums.js";
import { dropUnsendable } from "./sendable.js";

const importCompiler = () => Promise.all([import("openapi-typescript"), import("typescript")]);
let compiler: ReturnType<typeof importCompiler> | undefined;

/** Begins to load the TypeScript compiler, which takes as long as the stages before this one take. */
export function loadCompiler(): ReturnType<typeof importCompiler> {
  compiler ??= importCompiler();
  return compiler;
}

/** `schema.ts`: the description's types as openapi-typescript prints them. */
export async function printSchema(description: unknown, origin: Origin): Promise<string> {
  const [{ default: openapiTS, astToString }, { default: ts }] = await loadCompiler();
  const emptyObject = ts.factory.createTypeLiteralNode([]);
  try {
    const nodes = await openapiTS(settleOpenEnums(dropUnsendable(completeDiscriminators(description))) as OpenAPI3, {
      silent: true,
      alphabetize: false,
      // A field with a default is still one that a request may leave out.
      defaultNonNullable: false,
      transform(schema) {
        if (!(ANY_OTHER in schema)) return undefined;
        const { NumberKeyword, StringKeyword } = ts.SyntaxKind;
        const base = ts.factory.createKeywordTypeNode(schema.type === "number" ? NumberKeyword : StringKeyword);
        return ts.factory.createIntersectionTypeNode([base, emptyObject]);
      },
    });
    return `${codeHeader(origin)}${astToString(nodes)}`;
  } catch (error) {
    throw new InputProblem({
      where: origin.spec,
      what: `openapi-typescript cannot make types of it: ${error instanceof Error ? error.message : String(error)}`,
      mend: "correct what the message names, in the description or in openapi/overlay.yaml.",
    });
  }
}
