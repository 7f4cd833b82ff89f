import { describe, expect, it } from "vitest";
import { methodComment, pagingSentence, repeatSentence } from "../../scripts/generate/docs.js";
import type { OperationModel } from "../../scripts/generate/operation-model.js";
import { listOperations } from "../../scripts/generate/operations.js";
import { comment, firstSentence, harmless, listOfNames, wrap } from "../../scripts/lib/text.js";

function operation(
  descriptor: Partial<OperationModel["descriptor"]>,
  rest: Partial<OperationModel> = {},
): OperationModel {
  const [raw] = listOperations({ paths: { "/x": { get: { operationId: "x" } } } }).operations;
  if (raw === undefined) throw new Error("There is no operation.");
  return {
    raw,
    id: "x",
    descriptor: { name: "xs.x", method: "GET", path: "/x", retry: "read", ...descriptor },
    constant: "x",
    resource: "xs",
    method: "x",
    pathParameters: [],
    query: undefined,
    body: undefined,
    ownServer: undefined,
    requiredHeaders: [],
    response: undefined,
    item: undefined,
    unfollowedPages: undefined,
    errors: [],
    example: undefined,
    description: "Does a thing.",
    isDeprecated: false,
    isLowConfidence: false,
    ...rest,
  };
}

const error = (status: string) => ({ status, types: [`type_${status}`], meaning: `Meaning of ${status}. More.` });

describe("the first sentence", () => {
  it.each([
    ["One. Two.", "One."],
    ["No end", "No end"],
    ["Use e.g. this one. Then that.", "Use e.g. this one."],
    ["Version 1.5 of it. Next.", "Version 1.5 of it."],
    ["Over\ntwo lines! Next.", "Over two lines!"],
    ["First paragraph\n\nSecond.", "First paragraph"],
    ["", ""],
  ])("of %j is %j", (text, sentence) => {
    expect(firstSentence(text)).toBe(sentence);
  });
});

describe("comments", () => {
  it("fill lines up to the width", () => {
    const lines = wrap("word ".repeat(60), 40);
    expect(lines.every((line) => line.length <= 40)).toBe(true);
    expect(lines.join(" ").split(" ")).toHaveLength(60);
    const [longest] = comment(["word ".repeat(60)], "  ")
      .split("\n")
      .map((line) => line.length)
      .sort((a, b) => b - a);
    expect(longest).toBeLessThanOrEqual(110);
    expect(longest).toBeGreaterThan(105);
  });

  it("keep code, lists and tables unchanged, and do not break text in backticks", () => {
    const text = "Text\nof two lines.\n\n- item one\n  goes on\n- item two\n\n```\n  code  kept\n```\n| a | b |";
    expect(wrap(text, 80)).toEqual([
      "Text of two lines.",
      "",
      "- item one goes on",
      "- item two",
      "",
      "```",
      "  code  kept",
      "```",
      "| a | b |",
    ]);
    expect(wrap("call `GET /x/{id}` now", 14)).toEqual(["call", "`GET /x/{id}`", "now"]);
    expect(wrap("an odd ` backtick stays", 80)).toEqual(["an odd ` backtick stays"]);
  });

  it("cannot be ended by a text, and a text cannot add a tag", () => {
    expect(comment(["a */ b */"])).toBe("/** a *\\/ b *\\/ */\n");
    expect(harmless("@deprecated\n  @internal me@example.com")).toBe("\\@deprecated\n  \\@internal me@example.com");
    expect(wrap("mail to @someone", 8)).toEqual(["mail to", "\\@someone"]);
  });

  it("are omitted when they would be empty", () => {
    expect(comment(["", " "])).toBe("");
  });
});

describe("a docstring's statement about repeats", () => {
  const say = (...args: Parameters<typeof operation>) => repeatSentence(operation(...args));

  it("follows the retry class", () => {
    expect(say({ retry: "read" })).toBe("Safe to repeat: it changes nothing.");
    expect(say({ retry: "keyed", method: "POST" })).toContain("every attempt sends the same idempotency key");
    expect(say({ retry: "unsafe", method: "POST" })).toMatch(
      /^Retried only when the service certainly did not process the request\. .*`ambiguous: true`/,
    );
    expect(say({ retry: "absolute", method: "PATCH" })).toBe("Safe to repeat: the same values are set again.");
    expect(say({ retry: "absolute", method: "DELETE", repeat404: "done" })).toContain("counts as success");
  });

  it("names the status that an earlier attempt of the same call may have caused", () => {
    const errors = ["404", "409"].map(error);
    expect(say({ retry: "absolute", method: "POST" }, { errors })).toContain("A 409 on a later attempt");
    expect(say({ retry: "absolute", method: "POST" }, { errors: [error("404")] })).toContain("A 404 on a later");
    expect(say({ retry: "absolute", method: "DELETE" }, { errors })).toContain("A 404 on a later attempt");
    expect(say({ retry: "absolute", method: "DELETE" }, { errors: [error("409")] })).toMatch(/no further effect\.$/);
    expect(say({ retry: "absolute", method: "POST" })).toMatch(/no further effect\.$/);
    for (const method of ["PUT", "PATCH"] as const) {
      expect(say({ retry: "absolute", method }, { errors })).toMatch(
        /set again\. A 409 on a later attempt may mean that an earlier attempt was applied, so the error has `ambiguous: true`\.$/,
      );
      expect(say({ retry: "absolute", method }, { errors: [error("404")] })).toMatch(/set again\.$/);
    }
  });
});

it("describes the paging of each kind of list, and its largest page", () => {
  const say = (descriptor: Partial<OperationModel["descriptor"]>) => pagingSentence(operation(descriptor));
  expect(say({})).toBe("");
  expect(say({ paging: "cursor", maxLimit: 200 })).toMatch(/^Pages of at most 200 items, forward and backward:/);
  expect(say({ paging: "cursor" })).toMatch(/^Pages, forward and backward:/);
  expect(say({ paging: "forward", maxLimit: 50 })).toMatch(/^Pages of at most 50 items, forward only:/);
  expect(say({ paging: "whole" })).toMatch(/^The response contains the whole list/);
  expect(say({ paging: "seqnum", maxLimit: 2500 })).toContain("both bounds included, of at most 2500 items");
});

it("prints a complete docstring", () => {
  const errors = ["500", "401", "403", "404", "402"].map(error);
  const text = methodComment(
    operation(
      { method: "POST", path: "/xs/*/buy", retry: "keyed" },
      {
        id: "buy_x",
        errors: [...errors, { status: "422", types: [], meaning: "" }],
        isDeprecated: true,
        isLowConfidence: true,
      },
    ),
    "  ",
  );
  expect(text).toBe(`  /**
   * Does a thing.
   *
   * Safe to retry: every attempt sends the same idempotency key. Without \`idempotencyKey\` each call generates
   * a random key, so pass your own if you may have to repeat the call.
   *
   * Less certain than other operations: the vendor does not publish this one, so its shape may be wrong.
   *
   * Spec: \`POST /xs/*\\/buy\` (\`buy_x\`).
   * @throws {ApiError}
   * - \`type_402\` (402): Meaning of 402.
   * - \`type_404\` (404): Meaning of 404.
   * - \`type_403\` (403): Meaning of 403.
   * @deprecated The API marks this operation as deprecated.
   */
`);
});

it("joins names as in a sentence", () => {
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listOfNames)).toEqual([
    "",
    "`a`",
    "`a` and `b`",
    "`a`, `b` and `c`",
  ]);
});
