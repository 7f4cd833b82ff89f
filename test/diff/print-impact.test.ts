import { expect, it } from "vitest";
import { adviceFor } from "../../scripts/impact/advice.js";
import { printImpact } from "../../scripts/impact/print.js";

const PLACE = { file: "src/a.ts", line: 3, column: 9, message: "Property 'pool' is missing.\n  More." };

it("says place, compiler's word, cause and remedy, in a form that terminals make links of", () => {
  const cause = "`instances.create`: `pool` is new and required";
  expect(printImpact([{ ...PLACE, cause, advice: "Give `pool`." }])).toBe(
    [
      "src/a.ts:3:9",
      "  Property 'pool' is missing.",
      "  Because: `instances.create`: `pool` is new and required",
      "  Instead: Give `pool`.",
      "",
      "1 place in 1 file to change.",
      "",
    ].join("\n"),
  );
});

it("does not make up a cause", () => {
  expect(printImpact([PLACE])).toContain("No change of the API explains it.");
});

it("names what takes the place of what is gone", () => {
  const entry = { kind: "member-gone", impact: "major", subject: "Instance", clause: "", methods: [] } as const;
  expect(adviceFor({ ...entry, member: "capacity", instead: "pool", isInsteadDocumented: true })).toBe("Use `pool`.");
  expect(adviceFor({ ...entry, member: "capacity", instead: "pool" })).toBe(
    "Perhaps `pool` takes its place: read in its description whether it means the same.",
  );
  expect(adviceFor({ ...entry, member: "capacity" })).toBe("Leave `capacity` out.");
});
