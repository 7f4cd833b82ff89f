import { comment, firstSentence, harmless, listOfNames } from "../lib/text.js";
import type { ErrorModel, OperationModel } from "./operation-model.js";
import { coversStatus } from "./operations.js";

/** The JSDoc of a generated method: what it does, what a repeat does, how it pages, where it comes from, what it throws. */
export function methodComment(operation: OperationModel, indent: string): string {
  const { descriptor } = operation;
  return comment(
    [
      harmless(operation.description),
      [repeatSentence(operation), pagingSentence(operation), headerSentence(operation), serverSentence(operation)]
        .filter(Boolean)
        .join(" "),
      operation.isLowConfidence
        ? "Less certain than the rest: the vendor does not publish this operation, so its shape may be wrong."
        : "",
      `Spec: \`${descriptor.method} ${descriptor.path}\` (\`${operation.id}\`).`,
      throwsTag(operation.errors),
      operation.isDeprecated ? "@deprecated The API marks this operation as deprecated." : "",
    ],
    indent,
  );
}

/** One sentence on repeating, derived from the retry class. */
export function repeatSentence({ descriptor, errors }: OperationModel): string {
  switch (descriptor.retry) {
    case "read":
      return "Safe to repeat: it changes nothing.";
    case "keyed":
      return "Safe to repeat: a key is made when none is given, and every attempt sends the same one.";
    case "unsafe":
      return (
        "Never repeated once sending began: a failure after that has `ambiguous: true`, " +
        "so find out whether it took effect before you call again."
      );
    case "absolute":
      return absoluteSentence(descriptor, errors);
  }
}

function absoluteSentence({ method, repeat404 }: OperationModel["descriptor"], errors: readonly ErrorModel[]): string {
  if (repeat404 === "done") {
    return "Safe to repeat: a 404 on a later attempt means that an earlier one did it, and counts as success.";
  }
  if (method === "PUT" || method === "PATCH") {
    const base = "Safe to repeat: it sets values, it adds nothing.";
    const isConflict = errors.some(({ status }) => status === "409");
    return isConflict
      ? `${base} A 409 on a later attempt may be the trace of an earlier one: it has \`ambiguous: true\`.`
      : base;
  }
  // A state conflict is the likelier trace of an own earlier attempt where both are declared.
  const own = errors.some(({ status }) => status === "409") ? 409 : has404(errors) ? 404 : undefined;
  const base = "Safe to repeat: a second time changes nothing more";
  if (own === undefined || (method === "DELETE" && own === 409 && !has404(errors))) return `${base}.`;
  const status = method === "DELETE" ? 404 : own;
  return `${base}. A ${status} on a later attempt may be the trace of an earlier one: it has \`ambiguous: true\`.`;
}

function has404(errors: readonly ErrorModel[]): boolean {
  return errors.some(({ status }) => coversStatus(status, 404));
}

/** One sentence on how the list is walked. */
export function pagingSentence({ descriptor, unfollowedPages }: OperationModel): string {
  if (unfollowedPages !== undefined) {
    return `One page per call: it ${unfollowedPages.join(" and ")}, so call it again until the service has no more.`;
  }
  const upTo = descriptor.maxLimit === undefined ? "" : ` of at most ${descriptor.maxLimit}`;
  switch (descriptor.paging) {
    case "cursor":
      return `Pages${upTo}, forwards and backwards: await one page, or iterate over every row.`;
    case "forward":
      return `Pages${upTo}, forwards only: await one page, or iterate over every row.`;
    case "whole":
      return "The whole list comes in one answer: await it, or iterate over its rows.";
    case "seqnum":
      return `A window of sequence numbers, both bounds included${upTo && `,${upTo} rows`}: continue one past the last.`;
    default:
      return "";
  }
}

/** One sentence on what must be given in `options.headers`. */
export function headerSentence({ requiredHeaders = [] }: OperationModel): string {
  if (requiredHeaders.length === 0) return "";
  const names = requiredHeaders.map(({ header, cookie }) =>
    cookie === undefined ? `the header \`${header}\`` : `the cookie \`${cookie}\` (\`cookie: "${cookie}=…"\`)`,
  );
  return `Requires ${names.join(" and ")} in \`options.headers\`.`;
}

/** One sentence on an address of its own: a client sends to its base URL alone. */
export function serverSentence({ ownServer }: OperationModel): string {
  return ownServer === undefined
    ? ""
    : `The API serves it at \`${ownServer}\`: call it on a client with that \`baseUrl\`.`;
}

/** Statuses that a caller can do something about, most specific first; 401, 429 and 5xx concern every call alike. */
const WORTH_HANDLING = ["402", "404", "409", "422", "400", "403", "503", "4XX", "default"];

function throwsTag(errors: readonly ErrorModel[]): string {
  const worth = WORTH_HANDLING.flatMap((status) => errors.filter((error) => error.status === status));
  const lines = worth.filter(({ types }) => types.length > 0).map((error) => `- ${throwsLine(error)}`);
  return lines.length === 0 ? "" : ["@throws {ApiError}", ...lines].join("\n");
}

function throwsLine({ status, types, meaning }: ErrorModel): string {
  const what = firstSentence(harmless(meaning));
  return `${listOfNames(types)} (${status})${what === "" ? "" : `: ${what}`}`;
}
