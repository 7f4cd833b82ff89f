import { describe, expect, it } from "vitest";
import { changeset, orderLike } from "../../scripts/spec/candidate.js";
import { changesetBump, nextVersion } from "../../scripts/spec/diff.js";

import {
  type Entry,
  named,
  printMarkdown,
  printReportJson,
  printText,
  type Report,
  sentence,
} from "../../scripts/spec/report.js";

const entry = (more: Partial<Entry>): Entry => ({
  kind: "member-new",
  impact: "minor",
  subject: "Instance",
  clause: "`rack` is new",
  member: "rack",
  methods: ["instances.list", "instances.get"],
  ...more,
});

const REPORT: Report = {
  from: "old.yaml",
  to: "new.yaml",
  version: { current: "0.1.0", next: "0.2.0" },
  impact: "major",
  entries: [
    entry({ impact: "major", kind: "member-gone", clause: "`capacity` is gone, see `pool`", member: "capacity" }),
    entry({ impact: "major", kind: "member-optional", clause: "`image` may now be absent", member: "image" }),
    entry({ impact: "major", kind: "type-gone", subject: "Capacity", clause: "is no longer exported", methods: [] }),
    entry({}),
  ],
  rawChanges: 9,
  rows: ["row cancel_order: removed, the operation is gone"],
};

describe("the version", () => {
  it.each([
    ["1.4.2", "major", "2.0.0"],
    ["1.4.2", "minor", "1.5.0"],
    ["1.4.2", "patch", "1.4.3"],
    ["0.1.0", "major", "0.2.0"],
    ["0.1.0", "minor", "0.1.1"],
    ["0.1.0", "patch", "0.1.1"],
  ] as const)("after %s with a %s change is %s", (current, impact, next) => {
    expect(nextVersion(current, impact)).toBe(next);
  });

  it("in a changeset has the terms of changesets", () => {
    expect(changesetBump("0.1.0", "major")).toBe("minor");
    expect(changesetBump("1.0.0", "major")).toBe("major");
  });
});

describe("a sentence", () => {
  it("names a member with its type", () => expect(sentence(entry({}))).toBe("`Instance.rack` is new"));
  it("names the method before the change", () => {
    expect(sentence(entry({ subject: "instances.create" }))).toBe("`instances.create`: `rack` is new");
  });
  it("does not format ordinary words as code", () => {
    expect(sentence({ ...entry({ subject: "3 methods", clause: "can fail" }), member: "x" })).toBe(
      "3 methods: can fail",
    );
  });
});

it("for a terminal: one paragraph per subject, then the affected methods, and the version last", () => {
  expect(printText(REPORT)).toBe(`Breaks code that uses it (major)
  \`Instance\`: \`capacity\` is gone, see \`pool\`; \`image\` may now be absent
      in instances.list, instances.get
  types that are no longer exported: \`Capacity\`

New, or wider than before (minor)
  \`Instance.rack\` is new
      in instances.list, instances.get

  openapi/sdk.yaml: row cancel_order: removed, the operation is gone

4 changes (3 major, 1 minor): major; version 0.1.0 -> 0.2.0
`);
});

it("shortens a long list of methods", () => {
  expect(named(["a", "b", "c", "d", "e", "f"])).toBe("a, b, c, d, e, f");
  expect(named(["a", "b", "c", "d", "e", "f", "g"])).toBe("a, b, c, d, e and 2 more");
});

it("for a changelog: as a changeset with the bump", () => {
  const { name, text } = changeset(REPORT, { openapi: "3.1.0" }, "the-package");
  expect(name).toMatch(/^\.changeset\/description-[0-9a-f]{8}\.md$/);
  expect(text).toBe(`---\n"the-package": minor\n---\n\nA new description of the API.\n\n${printMarkdown(REPORT)}`);
  expect(text).toContain("- `Instance.rack` is new (in `instances.list`, `instances.get`)\n");
});

it("for programs: every entry and its sentence as data", () => {
  const json = JSON.parse(printReportJson(REPORT));
  expect(json).toMatchObject({ impact: "major", version: { next: "0.2.0" }, from: "old.yaml" });
  expect(json.entries[3]).toMatchObject({ kind: "member-new", sentence: "`Instance.rack` is new", member: "rack" });
});

it("keeps the order of the current document, puts new keys last, and does not change values", () => {
  const value = { b: [{ name: "y", in: "query", z: 1, a: 2 }], new: 1, a: 1 };
  const model = { a: 0, b: [{ name: "x" }, { a: 0, z: 0, name: "y", in: "query" }] };
  const ordered = orderLike(value, model);
  expect(ordered).toEqual(value);
  expect(JSON.stringify(ordered)).toBe('{"a":1,"b":[{"a":2,"z":1,"name":"y","in":"query"}],"new":1}');
});
