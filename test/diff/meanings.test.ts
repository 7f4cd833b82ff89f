import { describe, expect, it } from "vitest";
import { memberEntries } from "../../scripts/spec/member-entries.js";
import { readMember } from "../../scripts/spec/members.js";
import type { Owner } from "../../scripts/spec/side.js";

/** The reported differences between two versions of a member of a request or response. */
function said(direction: "request" | "response", was: object, is: object): string[] {
  const use =
    direction === "request"
      ? { sentBy: ["orders.create"], receivedBy: [] }
      : { sentBy: [], receivedBy: ["orders.create"] };
  const owner: Owner = { key: "schema Order", type: "Order", schema: {}, ...use };
  const memberOf = (schema: object) =>
    readMember(
      { document: {} },
      { type: "object", properties: { member: { type: "integer", ...schema } } },
    ).members.get("member");
  const [before, after] = [memberOf(was), memberOf(is)];
  if (before === undefined || after === undefined) throw new Error("There is no member.");
  const difference = { before: owner, after: owner, path: ["member"], was: before, is: after };
  return memberEntries(difference).map(({ impact, clause }) => `${impact} ${clause}`);
}

describe("a member whose type is unchanged is reported when it", () => {
  it.each([
    [
      "When it starts, in Unix seconds.",
      "When it starts, in milliseconds.",
      ["major `member` is described in milliseconds now (was seconds)"],
    ],
    [
      "Price in dollars per hour.",
      "Price in cents.",
      ["major `member` is described in cents now (was dollars, hours)"],
    ],
    ["Size in GiB.", "Size in GB.", ["major `member` is described in GB now (was GiB)"]],
    ["In seconds.", "A time, in seconds; rounded to minutes.", []],
    ["Seconds until then.", "Time until then.", []],
  ])("has another unit: %s -> %s", (from, to, expected) => {
    for (const direction of ["request", "response"] as const) {
      expect(said(direction, { description: from }, { description: to })).toEqual(expected);
    }
  });

  it("has another default", () => {
    expect(said("request", { default: 1 }, { default: 2 })).toEqual([
      "major `member` is 2 where it is left out (was 1)",
    ]);
    expect(said("request", {}, { default: 2 })).toEqual(["minor `member` is 2 where it is left out (was not stated)"]);
    expect(said("response", { default: 1 }, { default: 2 })).toEqual([]);
  });

  it("is set by only one side", () => {
    const readOnly = { readOnly: true };
    expect(said("request", {}, readOnly)).toEqual([
      "major `member` is set by the service alone now; it may ignore what a request gives",
    ]);
    expect(said("response", {}, readOnly)).toEqual([]);
    expect(said("request", readOnly, {})).toEqual(["minor `member` may now be given"]);
    expect(said("response", {}, { writeOnly: true })).toEqual(["major `member` is no longer returned"]);
  });

  it("loses a value of an open enum, because code may still compare with it", () => {
    const open = { type: "string", "x-speakeasy-unknown-values": true };
    expect(said("response", { ...open, enum: ["a", "b"] }, { ...open, enum: ["a"] })).toEqual([
      'major `member` can no longer be `"b"`',
    ]);
    expect(said("response", { ...open, enum: ["a"] }, { ...open, enum: ["a", "b"] })).toEqual([
      'minor `member` can now be `"b"`',
    ]);
  });
});
