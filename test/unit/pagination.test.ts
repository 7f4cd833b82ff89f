import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Operation } from "../../src/operation.js";
import { DecodeError, PaginationError, type SfcError, UsageError } from "../../src/wrappers/errors.js";
import type { ListOptions } from "../../src/wrappers/options.js";
import { PageRequest } from "../../src/wrappers/pagination.js";
import { countingSignal } from "../support/counting-signal.js";
import { inputFor, sampleList, sampleOperations } from "../support/operations.js";
import { type ListBody, pagedList } from "../support/paged-list.js";
import { failed, json, type Step, scriptedFetch, stall, status, text } from "../support/scripted-fetch.js";
import { failure, settle, success, turns } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";

interface Row {
  readonly id: string;
}

const page = (ids: string[], cursor?: string | null, more = cursor != null): ListBody => ({
  object: "list",
  data: ids.map((id) => ({ id })),
  has_more: more,
  ...({ cursor } as { cursor: string | null }),
});

/** A list over scripted pages. */
function scripted(bodies: (object | Step)[], query: object = {}, options: ListOptions = {}, operation = sampleList()) {
  const fetch = scriptedFetch(...bodies.map((body) => (typeof body === "function" ? (body as Step) : json(body))));
  return { fetch, ...listOver(fetch, query, options, operation) };
}

/** A list over a service that pages properly. */
function served(sizes: readonly number[], query: object = {}, options: ListOptions = {}, operation = sampleList()) {
  const service = pagedList(sizes);
  const queries: URLSearchParams[] = [];
  const respond = async (url: string) => {
    queries.push(new URL(url).searchParams);
    return Response.json(service.reply(new URL(url).searchParams));
  };
  return { service, queries, ...listOver(respond, query, options, operation) };
}

function listOver(
  fetch: Parameters<typeof testCaller>[0],
  query: object,
  options: ListOptions,
  operation: Operation,
): ReturnType<typeof testCaller> & { list: PageRequest<Row, ListBody> } {
  const test = testCaller(fetch);
  return { ...test, list: test.caller.list<Row, ListBody>(operation, { query }, options) };
}

async function idsOf(rows: AsyncIterable<Row>, into: string[] = []): Promise<string[]> {
  for await (const { id } of rows) into.push(id);
  return into;
}

const layouts = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 });

describe("iterating", () => {
  test("yields each row once and in order, for any page sizes, with and without lookAhead", async () => {
    await fc.assert(
      fc.asyncProperty(layouts, fc.boolean(), async (sizes, lookAhead) => {
        const { clock, list, service } = served(sizes, {}, { lookAhead });
        expect(await success(clock, idsOf(list))).toEqual(service.rows);
        expect(clock.pendingTimers()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test("backward yields each row before the cursor once, in reverse", async () => {
    await fc.assert(
      fc.asyncProperty(layouts, fc.boolean(), async (sizes, lookAhead) => {
        const ending_before = pagedList(sizes).cursorOf(sizes.length);
        const { clock, list, service } = served(sizes, { ending_before }, { lookAhead });
        expect(await success(clock, idsOf(list))).toEqual(service.rows.toReversed());
      }),
      { numRuns: 60 },
    );
  });

  test("resumes at any cursor, in another process too, without losing or repeating a row", async () => {
    await fc.assert(
      fc.asyncProperty(layouts, fc.nat(), fc.boolean(), async (sizes, stop, backward) => {
        const origin = backward ? { ending_before: pagedList(sizes).cursorOf(sizes.length) } : {};
        const first = served(sizes, origin);
        const seen: string[] = [];
        let cursor: string | undefined;
        const readSome = async () => {
          let read = 0;
          for await (const { data, cursor: end } of first.list.pages()) {
            const ids = data.map(({ id }) => id);
            seen.push(...(backward ? ids.toReversed() : ids));
            cursor = end;
            if (read++ === stop % sizes.length) break;
          }
        };
        await success(first.clock, readSome());
        const rest = served(sizes, backward ? { ending_before: cursor } : { starting_after: cursor });
        seen.push(...(await success(rest.clock, idsOf(rest.list))));
        expect(seen).toEqual(backward ? first.service.rows.toReversed() : first.service.rows);
      }),
      { numRuns: 60 },
    );
  });

  test("requests the largest page that the operation allows, unless the caller sets a limit", async () => {
    const largest = served([1, 1]);
    await success(largest.clock, idsOf(largest.list));
    expect(largest.queries.map(String)).toEqual(["limit=200", "limit=200&starting_after=cursor_0"]);
    const chosen = served([1, 1], { limit: 7 });
    await success(chosen.clock, idsOf(chosen.list));
    expect(chosen.queries.map(String)).toEqual(["limit=7", "limit=7&starting_after=cursor_0"]);
  });

  test("sends the filters with every page, and sends cursors back unchanged", async () => {
    const odd = "c/+=&?%20 é";
    const { clock, fetch, list } = scripted([page(["a"], odd), page(["b"])], { status: ["running", "failed"] });
    await success(clock, idsOf(list));
    const query = new URL(fetch.requests[1]?.url ?? "").searchParams;
    expect(query.getAll("status")).toEqual(["running", "failed"]);
    expect(query.get("starting_after")).toBe(odd);
  });

  test("reads an unpaged list in one request with neither limit nor cursor", async () => {
    const whole = sampleList("whole");
    const { clock, fetch, list } = scripted([{ object: "list", data: [{ id: "a" }, { id: "b" }] }], {}, {}, whole);
    expect(await success(clock, idsOf(list))).toEqual(["a", "b"]);
    expect(fetch.requests.map(({ url }) => new URL(url).search)).toEqual([""]);
  });

  test("can be done twice over one list, from the start each time", async () => {
    const { clock, list, service } = served([2, 1]);
    expect(await success(clock, idsOf(list))).toEqual(service.rows);
    expect(await success(clock, idsOf(list))).toEqual(service.rows);
  });

  test("requests no page before the rows of the current page are consumed", async () => {
    const { clock, list, queries } = served([2, 2]);
    const rows = list[Symbol.asyncIterator]();
    await success(clock, rows.next());
    await success(clock, rows.next());
    expect(queries).toHaveLength(1);
    await success(clock, rows.next());
    expect(queries).toHaveLength(2);
  });

  test("passes on unknown fields and values", async () => {
    const { clock, list } = scripted([
      { ...page(["a"]), next_generation: true, data: [{ id: "a", status: "molten" }] },
    ]);
    expect(await success(clock, list.toArray({ max: 9 }))).toEqual([{ id: "a", status: "molten" }]);
  });
});

describe("a query that the caller changes after the call", () => {
  const change = (query: { status: string[]; limit?: number }) => {
    query.status[0] = "other";
    query.limit = 1;
  };

  test("changes no page of an iteration", async () => {
    const query = { status: ["running"] };
    const { list, queries } = served([2, 2, 2], query);
    change(query);
    for await (const _ of list) change(query);
    expect(queries.map((one) => [one.getAll("status"), one.get("limit")])).toEqual(Array(3).fill([["running"], "200"]));
  });

  test("changes neither an awaited page nor the pages that follow it", async () => {
    const query = { status: ["running"] };
    const { list, queries } = served([2, 2, 2], query);
    change(query);
    const first = await list;
    change(query);
    await (await first.next())?.next();
    expect(queries.map((one) => [one.getAll("status"), one.get("limit")])).toEqual(Array(3).fill([["running"], null]));
  });

  test("that cannot be copied is refused when the list is used, and not before", async () => {
    const query = {
      get status() {
        throw new Error("s3cr3t");
      },
    };
    const { list, clock } = served([1], query);
    expect(await failure(clock, list)).toMatchObject({ name: "UsageError" });
  });
});

describe("looking ahead", () => {
  test("requests one page while the current one is processed, and never more", async () => {
    const { clock, list, queries } = served([1, 1, 1, 1], {}, { lookAhead: true });
    const pages = list.pages();
    await success(clock, pages.next());
    await turns();
    expect(queries).toHaveLength(2);
    await success(clock, pages.next());
    await turns();
    expect(queries).toHaveLength(3);
  });

  test("throws the error of the next page after the rows of the current one", async () => {
    const { clock, list } = scripted([page(["a", "b"], "A"), status(403)], {}, { lookAhead: true });
    const rows: string[] = [];
    expect(await failure(clock, idsOf(list, rows))).toMatchObject({ name: "ApiError", status: 403 });
    expect(rows).toEqual(["a", "b"]);
  });

  test("aborts the pending request when the caller stops early, and leaves no unhandled rejection", async () => {
    const { signal, listeners } = countingSignal();
    const { clock, fetch, list } = scripted([page(["a"], "A"), stall()], {}, { lookAhead: true, signal });
    const readOne = async () => {
      for await (const { id } of list) return id;
      return undefined;
    };
    expect(await success(clock, readOne())).toBe("a");
    await turns();
    expect(fetch.requests[1]?.signal.aborted).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
    expect(listeners()).toBe(0);
  });

  test("leaves no listener when the iteration is abandoned without return()", async () => {
    const { signal, listeners } = countingSignal();
    const { clock, list } = served([1, 1, 1], {}, { lookAhead: true, signal });
    await success(clock, list.pages().next());
    await turns();
    expect(listeners()).toBe(0);
  });

  test("leaves the next page of a stored page reachable after the iteration has ended", async () => {
    const { clock, list } = served([1, 1, 1], {}, { lookAhead: true });
    const first = (await success(clock, list.pages().next())).value;
    await success(clock, idsOf(list));
    expect((await success(clock, first?.next() ?? Promise.reject()))?.data).toEqual([{ id: "row_2" }]);
    const stopped = async () => {
      for await (const kept of list.pages()) return kept;
      return undefined;
    };
    const kept = await success(clock, stopped());
    expect((await success(clock, kept?.next() ?? Promise.reject()))?.data).toEqual([{ id: "row_2" }]);
  });

  test("obeys the caller's signal", async () => {
    const { signal, abort } = countingSignal();
    const { clock, list } = scripted([page(["a"], "A"), stall()], {}, { lookAhead: true, signal });
    const rows: string[] = [];
    const reading = idsOf(list, rows);
    reading.catch(() => undefined);
    await turns();
    abort();
    expect(await failure(clock, reading)).toMatchObject({ name: "AbortError" });
    expect(rows).toEqual(["a"]);
  });
});

describe("a page", () => {
  test("is the result of awaiting a list, and takes one request with the query as given", async () => {
    const { clock, list, queries } = served([2, 1], { limit: 3 });
    const got = await success(clock, list);
    expect(got.data).toEqual([{ id: "row_1" }, { id: "row_2" }]);
    expect(got).toMatchObject({ hasMore: true, cursor: "cursor_0" });
    expect(queries.map(String)).toEqual(["limit=3"]);
    await success(clock, list);
    expect(queries).toHaveLength(1);
  });

  test("returns the next page, and undefined after the last", async () => {
    const { clock, list } = served([1, 1]);
    const second = await success(clock, (await success(clock, list)).next());
    expect(second?.data).toEqual([{ id: "row_2" }]);
    expect(await success(clock, second?.next() ?? Promise.reject())).toBeUndefined();
  });

  test("accepts null for no signal, and refuses anything else that is not a signal", async () => {
    const { list, clock } = served([1, 1]);
    const first = await list;
    for (const stop of [new AbortController(), 7, "stop"]) {
      expect(await failure(clock, first.next(stop as never))).toMatchObject({ name: "UsageError", field: "stop" });
    }
    expect((await success(clock, first.next(null as never)))?.data).toHaveLength(1);
  });

  test("can return its next page twice", async () => {
    const { clock, list } = served([1, 1, 1]);
    const first = await success(clock, list);
    const [a, b] = [await success(clock, first.next()), await success(clock, first.next())];
    expect(a?.data).toEqual(b?.data);
    expect((await success(clock, a?.next() ?? Promise.reject()))?.data).toEqual([{ id: "row_3" }]);
    expect((await success(clock, b?.next() ?? Promise.reject()))?.data).toEqual([{ id: "row_3" }]);
  });

  test("comes with the headers of its response on request", async () => {
    const { clock, list } = scripted([status(503), json(page(["a"]), 200, { "x-request-id": "req_1" })]);
    expect(await success(clock, list.withResponse())).toMatchObject({ requestId: "req_1", attempts: 2 });
  });

  test("keeps the whole response body", async () => {
    const { clock, list } = scripted([{ ...page(["a"]), total: 9 }]);
    expect((await success(clock, list)).body).toMatchObject({ total: 9 });
  });
});

describe("toArray", () => {
  test("returns the first rows up to max, and requests no more than it needs", async () => {
    await fc.assert(
      fc.asyncProperty(layouts, fc.integer({ min: 1, max: 60 }), async (sizes, max) => {
        const { clock, list, service, queries } = served(sizes);
        expect((await success(clock, list.toArray({ max }))).map(({ id }) => id)).toEqual(service.rows.slice(0, max));
        expect(queries[0]?.get("limit")).toBe(String(Math.min(max, 200)));
      }),
      { numRuns: 40 },
    );
  });

  test("requests no page larger than the operation allows, and sends no limit when that size is unknown", async () => {
    const large = served([1]);
    await success(large.clock, large.list.toArray({ max: 500 }));
    expect(large.queries.map(String)).toEqual(["limit=200"]);
    const whole = served([1], {}, {}, sampleList("whole"));
    expect(await success(whole.clock, whole.list.toArray({ max: 500 }))).toEqual([{ id: "row_1" }]);
    expect(whole.queries.map(String)).toEqual([""]);
  });

  test("rethrows an error that is not the client's unchanged", async () => {
    const broken = new Error("broken");
    const list = new PageRequest(sampleList(), {}, false, () => Promise.reject(broken));
    await expect(list.toArray({ max: 1 })).rejects.toBe(broken);
    expect(Object.keys(broken)).toEqual([]);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses max %d before anything is sent",
    async (max) => {
      const { clock, fetch, list } = scripted([]);
      expect(await failure(clock, list.toArray({ max }))).toEqual(
        new UsageError("max", "must be a positive integer", { operation: sampleList() }),
      );
      expect(fetch.requests).toHaveLength(0);
    },
  );

  test("puts the rows that it has read on the error", async () => {
    const { clock, list } = scripted([page(["a"], "A"), page(["b"], "A")]);
    const error = await failure(clock, list.toArray({ max: 9 }));
    expect(error).toBeInstanceOf(PaginationError);
    expect((error as PaginationError).items).toEqual([{ id: "a" }]);
    // A list that starts at this cursor returns the missing rows, and only those.
    expect((error as PaginationError).resumeFrom).toBe("A");
  });
});

describe("a list that cannot be followed", () => {
  const repeated = "the service repeats a cursor: its pages would never end";
  const noCursor = "the service reports more items, but no cursor to continue from";
  const noHasMore = "the service does not report whether there are more items (no has_more)";
  const cases: [string, object[], string[], string | undefined, string][] = [
    ["A, A", [page(["a"], "A"), page(["b"], "A")], ["a"], "A", repeated],
    ["A, B, A", [page(["a"], "A"), page(["b"], "B"), page(["c"], "A")], ["a", "b"], "B", repeated],
    ["a null cursor", [page(["a"], null, true)], ["a"], undefined, noCursor],
    ["no cursor", [{ data: [{ id: "a" }], has_more: true }], ["a"], undefined, noCursor],
    ["an empty cursor", [page(["a"], "", true)], ["a"], undefined, noCursor],
    ["a null cursor later", [page(["a"], "A"), page(["b"], null, true)], ["a", "b"], "A", noCursor],
    ["no has_more", [{ data: [{ id: "a" }], cursor: "A" }], [], undefined, noHasMore],
  ];

  test.each(cases)("throws a PaginationError and repeats no row: %s", async (_, bodies, rows, resumeFrom, why) => {
    for (const lookAhead of [false, true]) {
      const { clock, fetch, list } = scripted(bodies, {}, { lookAhead });
      const seen: string[] = [];
      const error = await failure(clock, idsOf(list, seen));
      expect(error).toBeInstanceOf(PaginationError);
      expect(error).toMatchObject({ operation: "things.list", resumeFrom, attempts: 1, ambiguous: false });
      expect((error as Error).message).toBe(`GET /v/things: ${why}.`);
      // The rows of the last page are available, whether they were yielded or not.
      const lastPage = (bodies.at(-1) as { data: Row[] }).data;
      expect((error as PaginationError).items).toEqual(lastPage);
      expect(seen).toEqual(rows);
      expect(fetch.requests).toHaveLength(bodies.length);
    }
  });

  test("is detected when a cursor leads back to the start of the iteration", async () => {
    const { clock, list } = scripted([page(["a"], "A")], { starting_after: "A" });
    expect(await failure(clock, idsOf(list))).toBeInstanceOf(PaginationError);
  });

  test("is detected when the cursor is a list, which is another object on each page", async () => {
    const again = { ...page(["a"]), has_more: true, cursor: ["A", "B"] };
    const { clock, fetch, list } = scripted([again, again, { ...page(["c"]), has_more: false }]);
    expect(await failure(clock, idsOf(list))).toBeInstanceOf(PaginationError);
    expect(fetch.requests).toHaveLength(2);
  });

  test("is detected when the caller requests the next page with next()", async () => {
    const { clock, list } = scripted([page(["a"], null, true)]);
    const first = await success(clock, list);
    expect(first.data).toEqual([{ id: "a" }]);
    expect(await failure(clock, first.next())).toBeInstanceOf(PaginationError);
  });

  test("is detected when an unpaged list states that there is more", async () => {
    const { clock, list } = scripted([page(["a"], "A")], {}, {}, sampleList("whole"));
    const error = await failure(clock, idsOf(list));
    expect(error).toBeInstanceOf(PaginationError);
    expect((error as PaginationError).items).toEqual([{ id: "a" }]);
    expect(String(error)).toContain("the service reports more items, but this list has no pages");
  });

  /** A list whose pages are all empty except for those with these numbers, and how many pages were requested. */
  const sparse = (length: number, filled: number[]) => {
    let requests = 0;
    const list = new PageRequest<Row, ListBody>(sampleList(), {}, false, async () => {
      requests += 1;
      const data = page(filled.includes(requests) ? ["a"] : [], `cursor_${requests}`, requests < length);
      return { data, response: new Response(), requestId: undefined, idempotencyKey: undefined, attempts: 1 };
    });
    return { list, requests: () => requests };
  };

  test("is detected when empty pages never end", async () => {
    const { list, requests } = sparse(1_100, []);
    await expect(idsOf(list)).rejects.toThrow("more than 1000 empty pages in a row");
    expect(requests()).toBe(1_001);
  });

  test.each([
    ["a thousand at the start", 1_010, [1_001]],
    ["a thousand in two parts", 1_200, [600]],
  ])("is not assumed for fewer empty pages in a row: %s", async (_, length, filled) => {
    const { list, requests } = sparse(length, filled);
    expect(await idsOf(list)).toEqual(["a"]);
    expect(requests()).toBe(length);
  });

  test.each([
    ["no data", { has_more: false }],
    ["data that is not a list", { data: {}, has_more: false }],
    ["a bare list", [{ id: "a" }]],
  ])("is a DecodeError when it is not a list: %s", async (_, body) => {
    const { clock, list } = scripted([body]);
    const error = await failure(clock, idsOf(list));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ operation: "things.list", attempts: 1, status: 200 });
    if (!Array.isArray(body)) {
      expect(error).toHaveProperty("message", "GET /v/things: 200 with a list that has no data.");
    }
  });
});

describe("a list that ends", () => {
  test.each([
    ["with a cursor", page(["a"], "A", false)],
    ["with the cursor it began with", page(["a"], "Z", false)],
    ["without a row", page([], null, false)],
  ])("ends on has_more false: %s", async (_, body) => {
    const { clock, list, fetch } = scripted([body], { starting_after: "Z" });
    expect(await success(clock, idsOf(list))).toEqual(body.data.map(({ id }) => id));
    expect(fetch.requests).toHaveLength(1);
  });
});

describe("a list call", () => {
  test("runs the callback of finally(), whether it succeeds or fails", async () => {
    const { clock, list } = scripted([page(["a"])]);
    const ended = vi.fn();
    expect(await success(clock, list.finally(ended))).toMatchObject({ data: [{ id: "a" }] });
    const failing = scripted([status(422)]);
    expect(await failure(failing.clock, failing.list.finally(ended))).toMatchObject({ status: 422 });
    expect(ended).toHaveBeenCalledTimes(2);
  });

  test("ends with a TimeoutError when the signal that next() is given times out", async () => {
    const { clock, list } = scripted([page(["a"], "A"), stall()]);
    const first = await success(clock, list);
    const stop = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    expect(await failure(clock, first.next(stop))).toMatchObject({ name: "TimeoutError", limit: "signal" });
  });

  test("sends nothing until it is awaited or iterated", async () => {
    const { fetch } = scripted([]);
    await turns();
    expect(fetch.requests).toHaveLength(0);
  });

  test("with cursors of both directions rejects, and never throws", async () => {
    const { clock, fetch, list } = scripted([], { starting_after: "A", ending_before: "B" });
    expect(await failure(clock, list)).toBeInstanceOf(UsageError);
    expect(await failure(clock, list.withResponse())).toBeInstanceOf(UsageError);
    expect(
      await settle(
        clock,
        list.catch(() => "caught"),
      ),
    ).toEqual({ value: "caught" });
    expect(await failure(clock, idsOf(list))).toBeInstanceOf(UsageError);
    expect(fetch.requests).toHaveLength(0);
  });
});

describe("null", () => {
  test("counts as no cursor and no limit: every row is yielded once, in order", async () => {
    for (const query of [{ ending_before: null }, { starting_after: null }, { limit: null }, { limit: undefined }]) {
      const { clock, list, queries, service } = served([2, 2, 1], query);
      expect(await success(clock, idsOf(list))).toEqual(service.rows);
      expect(queries[0]?.get("limit")).toBe("200");
    }
  });

  test("beside a cursor of the other direction changes nothing", async () => {
    const ending_before = pagedList([2, 2]).cursorOf(2);
    const { clock, list, service } = served([2, 2], { ending_before, starting_after: null });
    expect(await success(clock, idsOf(list))).toEqual(service.rows.toReversed());
  });
});

describe("an iteration that fails", () => {
  const endings: [string, Step, string][] = [
    ["an error of the service", status(422), "ApiError"],
    ["a body that cannot be read", text("<html>"), "DecodeError"],
    ["a stall", stall(), "TimeoutError"],
    ["a broken connection", failed("ERR_INVALID_CHAR"), "ConnectionError"],
    ["a page without data", json({ has_more: false }), "DecodeError"],
  ];

  test.each(endings)("states where to resume, and toArray also what it has read: %s", async (_, step, name) => {
    const pages = [page(["a", "b"], "B"), page(["c"], "C"), step];
    const whole = scripted(pages, {}, { maxRetries: 0 });
    const error = (await failure(whole.clock, whole.list.toArray({ max: 100 }))) as SfcError;
    expect(error).toMatchObject({ name, resumeFrom: "C" });
    expect(error.items).toEqual([{ id: "a" }, { id: "b" }, { id: "c" }]);
    const rows = scripted(pages, {}, { maxRetries: 0 });
    expect(await failure(rows.clock, idsOf(rows.list))).toMatchObject({ name, resumeFrom: "C", items: [] });
    const ahead = scripted(pages, {}, { maxRetries: 0, lookAhead: true });
    expect(await failure(ahead.clock, idsOf(ahead.list))).toMatchObject({ name, resumeFrom: "C" });
  });

  test("on the first page resumes from the caller's cursor, if there is one", async () => {
    const first = scripted([status(422)]);
    const error = (await failure(first.clock, first.list.toArray({ max: 5 }))) as SfcError;
    expect(error).not.toHaveProperty("resumeFrom");
    expect(error.items).toEqual([]);
    const none = scripted([status(422)], { ending_before: null });
    expect(await failure(none.clock, none.list)).not.toHaveProperty("resumeFrom");
    const later = scripted([status(422)], { starting_after: "A" });
    expect(await failure(later.clock, later.list.toArray({ max: 5 }))).toMatchObject({ resumeFrom: "A" });
  });

  test("prints the cursor and never the rows", async () => {
    const { clock, list } = scripted([page(["secret_row"], "B"), status(422)]);
    const error = await failure(clock, list.toArray({ max: 5 }));
    expect(JSON.stringify(error)).toContain('"resumeFrom":"B"');
    expect(JSON.stringify(error) + inspect(error)).not.toContain("secret_row");
  });

  test("of a call that is not an iteration has neither resumeFrom nor items", async () => {
    const { caller, clock } = testCaller(scriptedFetch(status(422)));
    const error = (await failure(
      clock,
      caller.call(sampleOperations.read, inputFor(sampleOperations.read)),
    )) as SfcError;
    expect(JSON.stringify(error)).not.toContain("resumeFrom");
    expect(error.items).toBeUndefined();
  });
});

test.each([undefined, null, {}, { max: 0 }, { max: "5" }, 5])("toArray refuses %j", async (wrong) => {
  const { clock, list } = scripted([]);
  const error = await failure(clock, list.toArray(wrong as { max: number }));
  expect(error).toMatchObject({ name: "UsageError", field: "max" });
});
