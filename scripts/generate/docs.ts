import { comment, firstSentence, harmless, listOfNames } from "../lib/text.js";
import { parameterName, singular } from "./names.js";
import type { CallExample, ErrorModel, OperationModel } from "./operation-model.js";
import { coversStatus } from "./operations.js";

/** The JSDoc of a generated method: its description, the effect of a repeat, its paging, its operation and its errors. */
export function methodComment(operation: OperationModel, indent: string): string {
  const { descriptor } = operation;
  const example = printExample(operation);
  return comment(
    [
      harmless(operation.description),
      [repeatSentence(operation), pagingSentence(operation), headerSentence(operation), serverSentence(operation)]
        .filter(Boolean)
        .join(" "),
      operation.isLowConfidence
        ? "Less certain than other operations: the vendor does not publish this one, so its shape may be wrong."
        : "",
      `Spec: \`${descriptor.method} ${descriptor.path}\` (\`${operation.id}\`).`,
      throwsTag(operation.errors),
      example === undefined ? "" : `@example\n\`\`\`ts\n${example.code}\n\`\`\``,
      operation.isDeprecated ? "@deprecated The API marks this operation as deprecated." : "",
    ],
    indent,
  );
}

/** One sentence about repeats, derived from the retry class. */
export function repeatSentence({ descriptor, errors }: OperationModel): string {
  switch (descriptor.retry) {
    case "read":
      return "Safe to repeat: it changes nothing.";
    case "keyed":
      return (
        "Safe to retry: every attempt sends the same idempotency key. Without `idempotencyKey` each call generates a random key, " +
        "so pass your own if you may have to repeat the call."
      );
    case "unsafe":
      return (
        "Retried only when the service certainly did not process the request. After any other failure once sending began, " +
        "the error has `ambiguous: true`: check whether the write was applied before you call again."
      );
    case "absolute":
      return absoluteSentence(descriptor, errors);
  }
}

function absoluteSentence({ method, repeat404 }: OperationModel["descriptor"], errors: readonly ErrorModel[]): string {
  if (repeat404 === "done") {
    return "Safe to repeat: a 404 on a later attempt means that an earlier attempt deleted it, and counts as success.";
  }
  const isSetting = method === "PUT" || method === "PATCH";
  const base = `Safe to repeat: ${isSetting ? "the same values are set again" : "a repeat has no further effect"}.`;
  const has404 = errors.some(({ status }) => coversStatus(status, 404));
  const has409 = errors.some(({ status }) => status === "409");
  // When both are declared, an earlier attempt is more likely to cause a 409 than a 404. After a deletion, nothing exists that could conflict.
  const [own] = [...(has409 && method !== "DELETE" ? [409] : []), ...(has404 && !isSetting ? [404] : [])];
  if (own === undefined) return base;
  return `${base} A ${own} on a later attempt may mean that an earlier attempt was applied, so the error has \`ambiguous: true\`.`;
}

/** One sentence about the paging of the list. */
export function pagingSentence({ descriptor, unfollowedPages }: OperationModel): string {
  if (unfollowedPages !== undefined) {
    return `One page per call: it ${unfollowedPages.join(" and ")}, so repeat the call until there are no more pages.`;
  }
  const upTo = descriptor.maxLimit === undefined ? "" : ` of at most ${descriptor.maxLimit} items`;
  switch (descriptor.paging) {
    case "cursor":
      return `Pages${upTo}, forward and backward: await one page, or iterate over all items.`;
    case "forward":
      return `Pages${upTo}, forward only: await one page, or iterate over all items.`;
    case "whole":
      return "The response contains the whole list: await it, or iterate over its items.";
    case "seqnum":
      return `A range of sequence numbers, both bounds included${upTo && `,${upTo}`}: to continue, start at the last one plus 1.`;
    default:
      return "";
  }
}

/** One sentence about the headers that are required in `options.headers`. */
export function headerSentence({ requiredHeaders }: OperationModel): string {
  if (requiredHeaders.length === 0) return "";
  const names = requiredHeaders.map(({ in: place, name }) =>
    place === "header" ? `the header \`${name}\`` : `the cookie \`${name}\` (\`cookie: "${name}=…"\`)`,
  );
  return `Requires ${names.join(" and ")} in \`options.headers\`.`;
}

/** One sentence about the server of an operation that has its own, because a client sends only to its base URL. */
export function serverSentence({ ownServer }: OperationModel): string {
  return ownServer === undefined
    ? ""
    : `The API serves this operation at \`${ownServer}\`: use a client with that \`baseUrl\`.`;
}

/** The statuses that a caller can handle, the most specific first. 401, 429 and 5xx are omitted, because they apply to every call. */
const WORTH_HANDLING = ["402", "404", "409", "422", "400", "403", "503", "4XX", "default"];

function throwsTag(errors: readonly ErrorModel[]): string {
  const worth = WORTH_HANDLING.flatMap((status) => errors.filter((error) => error.status === status));
  const lines = worth
    .filter(({ types }) => types.length > 0)
    .map(({ status, types, meaning }) => {
      const what = firstSentence(harmless(meaning));
      return `- ${listOfNames(types)} (${status})${what && `: ${what}`}`;
    });
  return lines.length === 0 ? "" : ["@throws {ApiError}", ...lines].join("\n");
}

/**
 * A call with the example values of the description. `undefined` when the description has no value for a required argument.
 * `result` is the constant that the call declares. It is absent when the method returns nothing, and in a loop.
 */
export function printExample(operation: OperationModel): { code: string; result?: string } | undefined {
  const { item, response, resource, method, descriptor, example } = operation;
  if (example === undefined) return undefined;
  const call = `sfc.${descriptor.name}(${exampleArguments(operation, example).join(", ")})`;
  if (item !== undefined) {
    const row = rowName(resource, method);
    return { code: `for await (const ${row} of ${call}) {\n  console.log(${row});\n}` };
  }
  if (response === undefined) return { code: `await ${call};` };
  const result = RETURNS_RESOURCE.test(method) ? parameterName(singular(resource)) : "result";
  return { code: `const ${result} = await ${call};`, result };
}

const RETURNS_RESOURCE = /^(get|create|update|delete|replace|cancel|terminate)$/;

/** The arguments that the call needs: path parameters, then body, then query, then options. */
function exampleArguments({ body, query, descriptor }: OperationModel, example: CallExample): string[] {
  const values = [
    ...example.path,
    ...(body ? [example.body] : []),
    ...(query ? [Object.keys(example.query).length > 0 ? example.query : undefined] : []),
    ...(descriptor.retry === "keyed" ? [{ idempotencyKey: "job-17" }] : []),
  ];
  const count = values.findLastIndex((value) => value !== undefined) + 1;
  return values.slice(0, count).map((value) => printValue(value));
}

/** The variable of the loop, as in `for await (const instance of …)`. It is the noun of the method when the items are not of the resource. */
function rowName(resource: string, method: string): string {
  return parameterName(singular(method.replace(/^list/, "") || resource));
}

const WIDEST_LITERAL = 80;

/** A value in TypeScript syntax: names without quotes, and short lists and objects on one line. */
function printValue(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return String(JSON.stringify(value));
  const inner = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((item) => printValue(item, inner))
    : Object.entries(value).map(([name, member]) => `${propertyName(name)}: ${printValue(member, inner)}`);
  const [open, close, pad] = Array.isArray(value) ? ["[", "]", ""] : ["{", "}", " "];
  if (members.length === 0) return open + close;
  const short = `${open}${pad}${members.join(", ")}${pad}${close}`;
  const fits = indent.length + short.length <= WIDEST_LITERAL && !short.includes("\n");
  return fits ? short : `${open}\n${members.map((member) => `${inner}${member},\n`).join("")}${indent}${close}`;
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
