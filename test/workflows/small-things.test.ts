import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resourcePath } from "../../src/workflows/references.js";
import {
  cloudInit,
  fromBase64,
  priorityBatches,
  tagFilter,
  tags,
  toBase64,
  unixSeconds,
} from "../../src/workflows/values.js";
import { codePoint } from "../support/code-points.js";

const refused = expect.objectContaining({ name: "UsageError" });

describe("base64", () => {
  test("encodes any bytes as Node does, and decodes them again", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(fromBase64(toBase64(bytes))).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  test("throws an error for text that is not base64", () => {
    expect(fromBase64("*")).toBeUndefined();
  });
});

describe("cloudInit", () => {
  test("encodes as UTF-8, so that any text can be decoded unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint, minLength: 1 }), (text) => {
        expect(Buffer.from(cloudInit(text), "base64").toString("utf8")).toBe(text);
      }),
    );
  });

  test("accepts 65,536 bytes and refuses one more, counted in bytes and not in characters", () => {
    expect(Buffer.from(cloudInit("é".repeat(32_768)), "base64")).toHaveLength(65_536);
    expect(() => cloudInit(`${"é".repeat(32_768)}a`)).toThrow(refused);
  });

  test.each([
    ["nothing", ""],
    ["half of a surrogate pair", "#cloud-config \ud83d"],
  ])("refuses %s", (_, text) => {
    expect(() => cloudInit(text)).toThrow(refused);
  });

  test.each([undefined, null, 7, {}, new ArrayBuffer(8), [[35, 33]]])(
    "refuses %o, which would create an instance without a login",
    (script) => {
      expect(() => cloudInit(script as never)).toThrow(refused);
    },
  );
});

describe("tags", () => {
  test("are unchanged in bodies, and written as key=value in filters", () => {
    expect(tags({ env: "prod", team: "" })).toEqual({ env: "prod", team: "" });
    expect(tagFilter({ env: "prod", team: "" })).toEqual(["env=prod", "team="]);
  });

  test.each([
    ["a key that begins with _", { _env: "prod" }],
    ["an empty key", { "": "prod" }],
    ["a key with a space", { "my env": "prod" }],
    ["a key with =", { "env=": "prod" }],
    ["a key of 129 characters", { ["k".repeat(129)]: "" }],
    ["a value with a comma", { env: "prod,test" }],
    ["a value with =", { env: "a=b" }],
    ["a value of 257 characters", { env: "v".repeat(257) }],
    ["a value that is not a string", { env: 1 as unknown as string }],
  ])("refuse %s, in bodies and in filters", (_, values) => {
    expect(() => tags(values)).toThrow(refused);
    expect(() => tagFilter(values)).toThrow(refused);
  });

  test.each([undefined, null, 7, "env=prod", [["env=prod"]], new Map([["env", "prod"]])])(
    "refuse %o, which is not a plain object and would lose or change tags",
    (values) => {
      expect(() => tags(values as never)).toThrow(refused);
      expect(() => tagFilter(values as never)).toThrow(refused);
    },
  );

  test("limit the number of code points", () => {
    expect(() => tags({ ["😀".repeat(128)]: "😀".repeat(256) })).not.toThrow();
  });

  test("allow at most 50 tags on a resource, and require at least one in a filter", () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "v"]));
    expect(Object.keys(tags(many(50)))).toHaveLength(50);
    expect(() => tags(many(51))).toThrow(refused);
    expect(() => tagFilter({})).toThrow(refused);
  });
});

describe("resourcePath", () => {
  test.each([
    ["sfc:instance:acme:prod:trainer-1", { type: "instance", account: "acme", workspace: "prod", name: "trainer-1" }],
    ["sfc:workspace:acme:prod", { type: "workspace", account: "acme", name: "prod" }],
    ["sfc:user:ada", { type: "user", name: "ada" }],
    ["sfc:subnet:acme:prod:a.b_c", { type: "subnet", account: "acme", workspace: "prod", name: "a.b_c" }],
  ])("parses %s and builds it again", (path, parts) => {
    expect(resourcePath.parse(path)).toEqual(parts);
    expect(resourcePath.format(parts)).toBe(path);
  });

  test.each([
    "inst_123",
    "sfc:",
    "sfc:instance",
    "sfc:instance:acme:trainer-1",
    "sfc:workspace:acme:prod:trainer-1",
    "sfc:user:acme:ada",
    "sfc:instance:acme:prod:a:b",
    "sfc:instance:acme:prod:",
    "sfc:instance:acme:prod:a/b",
    "sfc::acme:prod:a",
    "SFC:user:ada",
    "sfc:instance:acme:prod:trainer 1",
  ])("refuses %s", (path) => {
    expect(() => resourcePath.parse(path)).toThrow(refused);
  });

  test.each([undefined, null, 7, {}])("refuses %j, which is not a string", (path) => {
    expect(() => resourcePath.parse(path as never)).toThrow(refused);
  });

  test.each([
    undefined,
    null,
    {},
    { type: "pool" },
    { name: "main" },
    { type: "user", name: 7 },
    { type: "pool", account: null, workspace: "prod", name: "main" },
  ])("refuses to build a path with a part that is missing or not a string: %j", (parts) => {
    expect(() => resourcePath.format(parts as never)).toThrow(refused);
  });

  test("refuses to build a path with a workspace but no account, or with a colon in a name", () => {
    expect(() => resourcePath.format({ type: "pool", workspace: "prod", name: "main" })).toThrow(refused);
    expect(() => resourcePath.format({ type: "user", name: "a:b" })).toThrow(refused);
  });
});

describe("unixSeconds", () => {
  const between = new Date("2026-07-28T08:00:30.900Z");

  test("rounds down to a whole second, or to the minute in the given direction", () => {
    expect(unixSeconds(between)).toBe(1_785_225_630);
    expect(unixSeconds(between, { minute: "down" })).toBe(1_785_225_600);
    expect(unixSeconds(between, { minute: "up" })).toBe(1_785_225_660);
    expect(unixSeconds(new Date("2026-07-28T08:00:00Z"), { minute: "up" })).toBe(1_785_225_600);
  });

  test("refuses a time between two minutes when an exact minute is required", () => {
    expect(unixSeconds("2026-07-28T10:00:00+02:00", { minute: "exact" })).toBe(1_785_225_600);
    expect(() => unixSeconds(between, { minute: "exact" })).toThrow(refused);
  });

  test("accepts a Temporal.Instant", () => {
    expect(unixSeconds({ epochMilliseconds: 1_785_225_600_000 })).toBe(1_785_225_600);
  });

  test.each([
    ["a number, which may be seconds or milliseconds", 1_785_225_600 as unknown as Date],
    ["text without an offset", "2026-07-28T08:00:00"],
    ["a day that does not exist", "2026-02-30T08:00:00Z"],
    ["an invalid Date", new Date("?")],
    ["nothing", undefined as unknown as Date],
  ])("refuses %s", (_, moment) => {
    expect(() => unixSeconds(moment)).toThrow(refused);
  });

  test("returns a multiple of 60 within a minute of any time", () => {
    const date = fc.date({ min: new Date("1970-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(date, (moment) => {
        const down = unixSeconds(moment, { minute: "down" });
        const up = unixSeconds(moment, { minute: "up" });
        expect([down % 60, up % 60]).toEqual([0, 0]);
        expect(down * 1_000).toBeLessThanOrEqual(moment.getTime());
        expect(up * 1_000).toBeGreaterThanOrEqual(moment.getTime());
        expect(up - down).toBeLessThanOrEqual(60);
      }),
    );
  });
});

describe("priorityBatches", () => {
  test("makes one body from a map and several from a large one, and loses no entry", () => {
    expect(priorityBatches({ inst_a: "critical", vm_b: "yield" })).toEqual([
      {
        data: [
          { id: "inst_a", priority_level: "critical" },
          { id: "vm_b", priority_level: "yield" },
        ],
      },
    ]);
    const many = new Map(Array.from({ length: 250 }, (_, i) => [`inst_${i}`, "normal" as const]));
    const batches = priorityBatches(many);
    expect(batches.map(({ data }) => data.length)).toEqual([100, 100, 50]);
    expect(batches.flatMap(({ data }) => data.map(({ id }) => id))).toEqual([...many.keys()]);
  });

  test.each([undefined, null, 7, "inst_a", [["inst_a"]], new Set(["inst_a"])])(
    "refuses %o, which has no priorities by instance id",
    (all) => {
      expect(() => priorityBatches(all as never)).toThrow(refused);
    },
  );

  test("makes no body from an empty map", () => {
    expect(priorityBatches({})).toEqual([]);
  });

  test("refuses a resource path, which a batch does not accept, and an invalid size", () => {
    expect(() => priorityBatches({ "sfc:instance:acme:prod:a": "normal" })).toThrow(refused);
    expect(() => priorityBatches({ inst_a: "normal" }, { size: 0 })).toThrow(refused);
  });
});
