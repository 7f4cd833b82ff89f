import { describe, expect, it } from "vitest";
import { successor } from "../../scripts/spec/member-successor.js";
import { readMember } from "../../scripts/spec/members.js";

type Properties = Record<string, { type?: string; description?: string; required?: boolean }>;

const EPOCH = { type: "integer" };

/** The member that replaces `gone` in a type whose members change from `before` to `after`. */
function successorOf(gone: string, before: Properties, after: Properties) {
  const members = (properties: Properties) => {
    const required = Object.keys(properties).filter((name) => properties[name]?.required);
    return readMember({ document: {} }, { type: "object", required, properties }).members;
  };
  return successor(gone, members(before), members(after))?.name;
}

describe("the successor of a removed member", () => {
  const schedule = { type: "array", required: true };
  const filled = {
    ...schedule,
    description: "What has been traded. Take it from `allocation_schedule_delta` to get what is still open.",
  };

  it("is the new member with the same meaning, not an old one that its description mentions", () => {
    const kept = { allocation_schedule_delta: schedule };
    const before = { ...kept, filled_allocation_schedule_delta: filled };
    expect(successorOf("filled_allocation_schedule_delta", before, { ...kept, filled_schedule: { ...schedule } })).toBe(
      "filled_schedule",
    );
    expect(successorOf("filled_allocation_schedule_delta", before, kept)).toBeUndefined();
  });

  it.each([
    ["Old name. Read `pool` instead.", "pool"],
    ["Deprecated: use `pool`.", "pool"],
    ["Replaced by `pool` in August.", "pool"],
    ["Superseded by the new `pool`.", "pool"],
    ["Renamed to `pool`.", "pool"],
    ["Deprecated in favor of `pool`.", "pool"],
    ["`pool` takes its place.", "pool"],
    ["Use `pool` to find out what it belongs to.", undefined],
    ["Use `pool` together with this.", undefined],
    ["Do not use `pool`.", undefined],
    ["Never read `pool` instead.", undefined],
    ["Needs a `pool`.", undefined],
    ["See `pool`.", undefined],
  ])("may be an old member if the description states it: %s", (description, expected) => {
    const pool = { pool: { type: "object" } };
    expect(successorOf("capacity", { capacity: { type: "string", description }, ...pool }, pool)).toBe(expected);
  });

  it("is the new member whose description names the removed one", () => {
    const after = { rack: { type: "string" }, host: { type: "string", description: "Formerly `machine`." } };
    expect(successorOf("machine", { machine: { type: "string" } }, after)).toBe("host");
  });

  it("shares a meaningful word, and preferably has the same type", () => {
    const before = { filled_price: { type: "string" } };
    expect(successorOf("filled_price", before, { filled_at: EPOCH, average_price: { type: "string" } })).toBe(
      "average_price",
    );
  });

  it("is not reported when two new members are equally likely", () => {
    const before = { price: { type: "string" } };
    expect(successorOf("price", before, { price_low: { type: "string" }, price_high: { type: "string" } })).toBe(
      undefined,
    );
  });

  it("shares more than a grammatical word", () => {
    const after = { retired_at: EPOCH, starts_at: EPOCH };
    expect(successorOf("created_at", { created_at: EPOCH }, after)).toBeUndefined();
  });
});

it("a removed member states whether the description names its successor or it is only likely", () => {
  const of = (properties: object) => readMember({ document: {} }, { type: "object", properties }).members;
  const are = of({ manager: { type: "object" } });
  const was = of({ managed_by: { type: "object" } });
  expect(successor("managed_by", was, are)).toEqual({ name: "manager", isDocumented: false });
  const documented = of({ managed_by: { type: "object", description: "Use `manager`." } });
  expect(successor("managed_by", documented, are)).toEqual({ name: "manager", isDocumented: true });
});
