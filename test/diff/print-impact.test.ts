import { describe, expect, it } from "vitest";
import { adviceFor } from "../../packages/devtools/src/impact/cause.js";
import { namedIn, withoutPlaces } from "../../packages/devtools/src/impact/message.js";
import { printImpact } from "../../packages/devtools/src/impact/print-impact.js";

const PLACE = {
  file: "src/a.ts",
  line: 3,
  column: 9,
  message: "Argument is not assignable.\n  Property 'pool' is missing.",
};
const COUNTS = { files: 12, importers: 3 };

it("prints each cause and its replacement once, with the places in a form that terminals turn into links", () => {
  const because = { cause: "`instances.create`: `pool` is new and required", advice: "Give `pool`." };
  const unexplained = { ...PLACE, line: 7, message: "Something else." };
  expect(
    printImpact({ ...COUNTS, found: [{ ...PLACE, ...because }, unexplained, { ...PLACE, ...because, line: 9 }] }),
  ).toBe(
    [
      "`instances.create`: `pool` is new and required",
      "  Give `pool`.",
      "    src/a.ts:3:9  Property 'pool' is missing.",
      "    src/a.ts:9:9  Property 'pool' is missing.",
      "",
      "No change of the API explains:",
      "    src/a.ts:7:9  Something else.",
      "",
      "3 places in 1 file to change; 12 files checked, 3 of them import the client.",
      "",
    ].join("\n"),
  );
});

it("prints how many files were checked when nothing breaks", () => {
  expect(printImpact({ found: [], files: 1, importers: 1 })).toBe(
    "Nothing breaks in this project: 1 file checked, 1 of them imports the client.\n",
  );
});

describe("a message of the compiler", () => {
  it("has the names of missing members, in any line of its chain", () => {
    const missing =
      "Argument of type 'A' is not assignable.\n  Type 'A' is missing the following properties from type 'B': pool, image";
    expect([...namedIn(missing).missing]).toEqual(["pool", "image"]);
    expect([...namedIn("No.\n  Property 'pool' is missing in type 'A' but required in type 'B'.").missing]).toEqual([
      "pool",
    ]);
  });

  it("has the value that a type does not allow, and not the allowed ones", () => {
    expect([...namedIn(`Type '"id" | "gone"' does not satisfy the constraint '"id" | "pool"'.`).names]).toContain(
      '"gone"',
    );
    expect([...namedIn(`Type '"id" | "gone"' does not satisfy the constraint '"id" | "pool"'.`).names]).not.toContain(
      '"id"',
    );
  });

  it("is printed without files that exist only in memory, and without the compiler's suggestion of another name", () => {
    const text = `Module '"/home/x/dist/@shadow-after/workflows"' has no import("/home/x/src/@shadow-after/index").A`;
    expect(withoutPlaces(text, "/home/x", "the-package")).toBe(
      `Module '"the-package/workflows"' has no import("the-package").A`,
    );
    expect(withoutPlaces("Property 'a' does not exist on type 'B'. Did you mean 'b'?", "/x", "p")).toBe(
      "Property 'a' does not exist on type 'B'.",
    );
  });
});

it("has the replacement of a removed member", () => {
  const entry = { kind: "member-gone", impact: "major", subject: "Instance", clause: "", methods: [] } as const;
  expect(adviceFor({ ...entry, member: "capacity", instead: "pool", isInsteadDocumented: true })).toBe("Use `pool`.");
  expect(adviceFor({ ...entry, member: "capacity", instead: "pool" })).toBe(
    "Perhaps `pool` takes its place: read in its description whether it means the same.",
  );
  expect(adviceFor({ ...entry, member: "capacity" })).toBe("Leave `capacity` out.");
});
