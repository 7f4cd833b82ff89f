import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LogText, logLines, tailLogs } from "../../src/workflows.js";
import { codePoint } from "../support/code-points.js";
import { failure, outcomeOf, turns } from "../support/settle.js";
import { refusal, slowWorld } from "./slow-world.js";
import { errorOf, hastyRuntime, operationsOf, type Stage, stage } from "./support.js";

async function consoleOf(scene: Stage, ...chunks: (string | Uint8Array)[]): Promise<string> {
  const instance_sku = scene.sim.state.instanceSkus[0]?.id ?? "";
  const image = "sfc:image:acme:default:trainer";
  const { id } = await scene.sfc.instances.create({
    name: "job",
    pool: "sfc:pool:acme:default:main",
    image,
    instance_sku,
  });
  for (const chunk of chunks) scene.sim.writeLog(id, chunk);
  return id;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const textOf = (chunks: readonly LogText[]) => chunks.map(({ text }) => text).join("");

/** A client whose log responses are these in turn. The last one is repeated. */
function scripted(responses: readonly (readonly { seqnum: number; data: string }[])[], status = "running") {
  const asked: { seqnum_after?: number }[] = [];
  const instances = {
    listLogs: async (_id: string, query: { seqnum_after?: number }) => ({
      data: responses[Math.min(asked.push(query), responses.length) - 1],
    }),
    get: async (id: string) => ({ id, status }),
  };
  return { asked, sfc: { instances } as unknown as Parameters<typeof tailLogs>[0] };
}

const chunk = (seqnum: number, text = `${seqnum}\n`) => ({ seqnum, data: Buffer.from(text).toString("base64") });

/** A client of a log with these chunks. It obeys the requested bounds and order, and returns at most this many chunks. */
function logged(chunks: readonly { seqnum: number; data: string }[], most = 2_500) {
  const queries: { seqnum_after?: number; seqnum_before?: number; sort_by?: string; limit?: number }[] = [];
  const instances = {
    listLogs: async (_id: string, query: (typeof queries)[number]) => {
      queries.push(query);
      const { seqnum_after = 0, seqnum_before = Number.POSITIVE_INFINITY, sort_by, limit = 100 } = query;
      const found = chunks.filter(({ seqnum }) => seqnum >= seqnum_after && seqnum <= seqnum_before);
      found.sort((x, y) => (sort_by === "-seqnum" ? y.seqnum - x.seqnum : x.seqnum - y.seqnum));
      return { data: found.slice(0, Math.min(limit, most)) };
    },
    get: async (id: string) => ({ id, status: "terminated" }),
  };
  return { queries, sfc: { instances } as unknown as Parameters<typeof tailLogs>[0] };
}

function isText(bytes: Uint8Array): boolean {
  return Buffer.from(Buffer.from(bytes).toString()).equals(bytes);
}

describe("the text of a log", () => {
  const bytes = fc.oneof(
    fc.string({ unit: codePoint, maxLength: 60 }).map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 60 }),
  );
  const cuts = fc.array(fc.nat(60), { maxLength: 40 });
  const gaps = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 41, maxLength: 41 });
  const stops = fc.array(fc.nat(10), { maxLength: 6 });

  test("equals all bytes decoded at once, no matter where chunks end and how often another process continues", async () => {
    await fc.assert(
      fc.asyncProperty(
        bytes,
        cuts,
        gaps,
        stops,
        fc.integer({ min: 1, max: 5 }),
        async (all, places, steps, ends, most) => {
          const edges = [...new Set([...places.filter((it) => it < all.length), all.length])].sort((a, b) => a - b);
          let seqnum = -1;
          const chunks = edges.map((end, index) => {
            seqnum += steps[index] ?? 1;
            return { seqnum, data: Buffer.from(all.subarray(edges[index - 1] ?? 0, end)).toString("base64") };
          });
          const { sfc } = logged(chunks, most);
          let text = "";
          let after: number | undefined;
          const seen: number[] = [];
          for (const stop of [...ends, 1_000]) {
            let left = stop;
            for await (const chunk of tailLogs(sfc, "inst_1", { after, runtime: hastyRuntime() })) {
              text += chunk.text;
              after = chunk.seqnum;
              seen.push(chunk.seqnum);
              if (left-- === 0) break;
            }
          }
          const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(all, { stream: true });
          // The replacement character of a cut character is lost when another process continues at that place.
          expect(isText(all) ? text : text.replaceAll("\ufffd", "")).toBe(
            isText(all) ? whole : whole.replaceAll("\ufffd", ""),
          );
          expect(seen).toEqual(chunks.map((it) => it.seqnum));
        },
      ),
    );
  });

  test("contains the replacement character for an invalid character, and continues after it", async () => {
    const { sfc } = logged(
      [0x61, 0xff, 0x62, 0xe2, 0x82, 0x63].map((byte, seqnum) => ({ seqnum, data: btoa(String.fromCharCode(byte)) })),
    );
    expect(textOf(await all(tailLogs(sfc, "inst_1", { runtime: hastyRuntime() })))).toBe("a\ufffdb\ufffdc");
  });

  test("requests earlier chunks again only when it continues inside a character", async () => {
    const euro = [...new TextEncoder().encode("a€b")].map((byte, seqnum) => ({
      seqnum,
      data: btoa(String.fromCharCode(byte)),
    }));
    const { sfc, queries } = logged(euro);
    expect(textOf(await all(tailLogs(sfc, "inst_1", { after: 0, runtime: hastyRuntime() })))).toBe("€b");
    expect(queries.every(({ sort_by }) => sort_by === "seqnum")).toBe(true);
    expect(textOf(await all(tailLogs(sfc, "inst_1", { after: 2, runtime: hastyRuntime() })))).toBe("€b");
    expect(queries).toContainEqual({ seqnum_before: 2, sort_by: "-seqnum", limit: 4 });
  });
});

describe("tailLogs", () => {
  test("yields the existing output in order, and ends", async () => {
    const scene = await stage();
    const id = await consoleOf(scene, "one\n", "two\n", "three\n");
    const chunks = await all(tailLogs(scene.sfc, id, { runtime: scene.runtime }));
    expect(textOf(chunks)).toBe("one\ntwo\nthree\n");
    expect(chunks.map(({ seqnum }) => seqnum)).toEqual([0, 1, 2]);
    expect(scene.runtime.waits).toEqual([]);
  });

  test("joins a character that two chunks share", async () => {
    const scene = await stage();
    const bytes = new TextEncoder().encode("prêt: 😀!");
    const id = await consoleOf(scene, bytes.subarray(0, 3), bytes.subarray(3, 9), bytes.subarray(9));
    expect(textOf(await all(tailLogs(scene.sfc, id)))).toBe("prêt: 😀!");
  });

  test("yields an incomplete character only in the bytes of its chunk, and yields that chunk once", async () => {
    const scene = await stage();
    const id = await consoleOf(scene, Uint8Array.of(0x61, 0xe2));
    for (const follow of [false, true]) {
      if (follow) await scene.sfc.instances.terminate(id);
      const chunks = await all(tailLogs(scene.sfc, id, { follow, runtime: scene.runtime }));
      expect(chunks.map(({ seqnum, text, bytes }) => [seqnum, text, ...bytes])).toEqual([[0, "a", 0x61, 0xe2]]);
    }
  });

  test.each([false, true])("yields a sequence number once when one page repeats it (follow: %s)", async (follow) => {
    const pages = [[chunk(1), chunk(0), chunk(1), chunk(0)], [chunk(1), chunk(2), chunk(2), chunk(2)], []];
    const { sfc } = scripted(pages, "terminated");
    const chunks = await all(tailLogs(sfc, "inst_1", { follow, runtime: hastyRuntime() }));
    expect(chunks.map(({ seqnum }) => seqnum)).toEqual([0, 1, 2]);
  });

  test("loses and repeats nothing across full responses", async () => {
    const scene = await stage();
    const id = await consoleOf(scene, ...Array.from({ length: 6_000 }, (_, i) => `${i}\n`));
    const chunks = await all(tailLogs(scene.sfc, id));
    expect(chunks.map(({ text }) => Number(text))).toEqual(Array.from({ length: 6_000 }, (_, i) => i));
    expect(operationsOf(scene.sim).filter((it) => it === "get_instance_logs")).toHaveLength(4);
  });

  test("loses and repeats nothing, no matter where responses end and what they repeat", async () => {
    const layout = fc.array(fc.record({ size: fc.nat(4), repeats: fc.nat(3) }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(layout, async (pages) => {
        let written = 0;
        const responses = pages.map(({ size, repeats }) => {
          const from = Math.max(0, written - repeats);
          written += size;
          return Array.from({ length: written - from }, (_, i) => chunk(from + i));
        });
        const { sfc } = scripted([...responses, []], "terminated");
        const options = { follow: true, runtime: hastyRuntime() };
        const seen = (await all(tailLogs(sfc, "inst_1", options))).map(({ seqnum }) => seqnum);
        expect(seen).toEqual(Array.from({ length: written }, (_, i) => i));
      }),
      { numRuns: 50 },
    );
  });

  test("requests from the number after the last one, because bounds are inclusive", async () => {
    const { sfc, asked } = scripted([[chunk(7), chunk(9)], [chunk(12)], []]);
    await all(tailLogs(sfc, "inst_1", { after: 6 }));
    expect(asked.map(({ seqnum_after }) => seqnum_after)).toEqual([7, 10, 13]);
  });

  test("continues in another process after the last processed number", async () => {
    const scene = await stage();
    const id = await consoleOf(scene, "one\n", "two\n", "three\n");
    const tail = tailLogs(scene.sfc, id);
    const first = (await tail.next()).value as LogText;
    await tail.return();
    expect(textOf(await all(tailLogs(scene.sfc, id, { after: first.seqnum })))).toBe("two\nthree\n");
  });

  test("follows later output, and ends when the instance has ended and all its output was read", async () => {
    const scene = await stage();
    const id = await consoleOf(scene, "one\n");
    const seen: string[] = [];
    for await (const { text } of tailLogs(scene.sfc, id, { follow: true, runtime: scene.runtime })) {
      seen.push(text);
      if (text === "one\n") scene.sim.writeLog(id, "two\n");
      if (text === "two\n") {
        scene.sim.writeLog(id, "three\n");
        await scene.sfc.instances.terminate(id);
      }
    }
    expect(seen).toEqual(["one\n", "two\n", "three\n"]);
  });

  test("waits longer and longer while there is no new output, up to ten times pollMs", async () => {
    const runtime = hastyRuntime();
    const { sfc } = scripted([[chunk(0)], []], "terminated");
    await all(tailLogs(sfc, "inst_1", { follow: true, pollMs: 100, runtime }));
    expect(runtime.waits).toEqual([100, 200, 400, 800, 1_000]);
  });

  test("survives an outage while it follows, and loses nothing", async () => {
    const scene = await stage();
    const id = await consoleOf(scene, "one\n");
    await scene.sfc.instances.terminate(id);
    const fault = { kind: "answer", status: 500 } as const;
    scene.sim.faults.add({ operation: "get_instance_logs", nth: [2, 3, 4, 5, 6, 7], fault });
    expect(textOf(await all(tailLogs(scene.sfc, id, { follow: true, runtime: scene.runtime })))).toBe("one\n");
  });

  test("resolves a path to its id, so that it keeps following after a rename", async () => {
    const scene = await stage();
    const id = await consoleOf(scene, "one\n");
    const seen: string[] = [];
    for await (const { text } of tailLogs(scene.sfc, "sfc:instance:acme:default:job", {
      follow: true,
      runtime: scene.runtime,
    })) {
      seen.push(text);
      if (seen.length > 1) break;
      await scene.sfc.instances.update(id, { name: "renamed" });
      scene.sim.writeLog(id, "two\n");
    }
    expect(seen).toEqual(["one\n", "two\n"]);
  });

  test("ends without an error at the deadline, and with an error when it is aborted", async () => {
    const { sfc } = scripted([[chunk(0)], []]);
    const runtime = hastyRuntime();
    await expect(all(tailLogs(sfc, "inst_1", { follow: true, deadlineMs: 20_000, runtime }))).resolves.toHaveLength(1);
    const signal = AbortSignal.abort();
    await expect(all(tailLogs(sfc, "inst_1", { follow: true, signal, runtime }))).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test.each([Number.MAX_SAFE_INTEGER, 2 ** 53])(
    "throws at the seqnum %i, because a larger one would not be exact",
    async (seqnum) => {
      const { sfc } = scripted([[chunk(seqnum)]]);
      await expect(all(tailLogs(sfc, "inst_1"))).rejects.toMatchObject({ name: "DecodeError" });
    },
  );

  test.each([
    {},
    { data: null },
    { data: {} },
    { data: [null] },
    { data: [{ seqnum: 0 }] },
    { data: [{ data: "YQ==" }] },
  ])("throws a DecodeError for a response that is not a log: %j", async (response) => {
    const sfc = { instances: { listLogs: async () => response } } as unknown as Parameters<typeof tailLogs>[0];
    await expect(all(tailLogs(sfc, "inst_1"))).rejects.toMatchObject({ name: "DecodeError" });
  });

  test("for any numbers in a response, none is yielded twice or out of order, and only errors of this package are thrown", async () => {
    const seqnum = fc.oneof(
      fc.nat(20),
      fc.constantFrom<unknown>(
        -1,
        0.5,
        Number.NaN,
        "7",
        null,
        undefined,
        2 ** 53,
        Number.POSITIVE_INFINITY,
        Number.MAX_SAFE_INTEGER,
      ),
    );
    const pages = fc.array(fc.array(seqnum, { maxLength: 8 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        pages,
        fc.boolean(),
        fc.option(fc.nat(10), { nil: undefined }),
        async (numbers, follow, after) => {
          const responses = numbers.map((page) => page.map((it) => ({ ...chunk(0), seqnum: it as number })));
          const { sfc } = scripted([...responses, []], "terminated");
          const seen: number[] = [];
          try {
            for await (const it of tailLogs(sfc, "inst_1", { follow, after, runtime: hastyRuntime() }))
              seen.push(it.seqnum);
          } catch (error) {
            expect(error).toMatchObject({ name: "DecodeError" });
          }
          expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
          for (const number of seen) expect(Number.isSafeInteger(number) && number > (after ?? -1)).toBe(true);
        },
      ),
    );
  });

  test("waits between the short pages of a log that is written continuously, also without follow", async () => {
    const runtime = hastyRuntime();
    const { sfc } = scripted([...Array.from({ length: 10 }, (_, seqnum) => [chunk(seqnum)]), []]);
    await expect(all(tailLogs(sfc, "inst_1", { runtime, pollMs: 300 }))).resolves.toHaveLength(10);
    expect(runtime.waits).toEqual(Array.from({ length: 8 }, () => 300));
  });

  test.each([
    ["an hour", 3_600, "AbortError"],
    ["more than an hour", 3_601, "ApiError"],
  ])("when Retry-After is %s, it ends with an %s", async (_, seconds, name) => {
    const world = slowWorld(5, () => refusal(503, { "retry-after": String(seconds) }));
    const { clock, sfc } = world;
    const controller = new AbortController();
    const tail = outcomeOf(all(tailLogs(sfc, "inst_1", { follow: true, runtime: clock, signal: controller.signal })));
    await turns();
    clock.advance(60_000);
    await turns();
    controller.abort();
    expect(await tail).toMatchObject({ error: { name } });
  });

  test("without follow it fails at the deadline, because the output is incomplete", async () => {
    const world = slowWorld(400, ({ nth }) => Response.json({ data: [chunk(nth)] }));
    const tail = all(tailLogs(world.sfc, "inst_1", { deadlineMs: 1_000, runtime: world.clock }));
    expect(await failure(world.clock, tail)).toMatchObject({ name: "TimeoutError", limit: "deadlineMs" });
  });

  test("yields no more of a page once the caller has aborted", async () => {
    const { sfc } = scripted([[chunk(0), chunk(1), chunk(2)], []]);
    const controller = new AbortController();
    const seen: number[] = [];
    const tail = async () => {
      for await (const { seqnum } of tailLogs(sfc, "inst_1", { signal: controller.signal })) {
        seen.push(seqnum);
        if (seqnum === 1) controller.abort();
      }
    };
    expect(await errorOf(tail())).toMatchObject({ name: "AbortError" });
    expect(seen).toEqual([0, 1]);
  });

  test("survives an outage before the path is resolved, and one while it reads the instance", async () => {
    const scene = await stage();
    const id = await consoleOf(scene, "one\n");
    await scene.sfc.instances.terminate(id);
    const fault = { kind: "answer", status: 503 } as const;
    scene.sim.faults.add({ operation: "fetch_instance", nth: [1, 2, 3, 4, 5, 6], fault });
    const path = "sfc:instance:acme:default:job";
    expect(textOf(await all(tailLogs(scene.sfc, path, { follow: true, runtime: scene.runtime })))).toBe("one\n");
  });

  test("throws for data that is not base64, and for an unknown instance", async () => {
    const { sfc } = scripted([[{ seqnum: 0, data: "*" }]]);
    await expect(all(tailLogs(sfc, "inst_1"))).rejects.toMatchObject({ name: "DecodeError" });
    const scene = await stage();
    const missing = all(tailLogs(scene.sfc, "inst_000000000000000000000", { follow: true }));
    await expect(missing).rejects.toMatchObject({ name: "ApiError", status: 404 });
  });

  test.each([undefined, null, 7, {}])("refuses %j as an id", async (id) => {
    const { sfc } = await stage();
    expect(await errorOf(all(tailLogs(sfc, id as never)))).toMatchObject({ name: "UsageError", field: "id" });
  });

  test.each([{ after: -1 }, { after: 1.5 }, { after: 2 ** 53 }, { pollMs: 0 }])("refuses %o", async (options) => {
    expect(await errorOf(all(tailLogs(scripted([[]]).sfc, "inst_1", options)))).toMatchObject({ name: "UsageError" });
  });
});

describe("logLines", () => {
  test("yields the same lines no matter where the text is split", async () => {
    const text = fc
      .array(fc.constantFrom("a", "é", "\n", "\r\n", "\r"), { maxLength: 40 })
      .map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 6 }), async (whole, places) => {
        const cuts = [...places, whole.length].sort((a, b) => a - b);
        const pieces = cuts.map((end, index) => ({ text: whole.slice(cuts[index - 1] ?? 0, end) }));
        const expected = whole.split("\n").map((line) => line.replace(/\r$/, ""));
        if (whole === "" || whole.endsWith("\n")) expected.pop();
        expect(await all(logLines(from(pieces)))).toEqual(expected);
      }),
    );
  });
});

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
