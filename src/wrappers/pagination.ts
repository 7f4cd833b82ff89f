import type { Operation } from "../operation.js";
import type { CallResult } from "./call.js";
import { isPlainObject } from "./checks.js";
import { DecodeError, PaginationError, SfcError, UsageError } from "./errors.js";

/** More than any filter leaves behind; a service that is stuck sends empty pages for ever. */
const emptyPagesInARow = 1_000;

type Query = Readonly<Record<string, unknown>>;

/** Sends the request of one page, which `stop` can end as well as the caller's signal. */
export type PageFetcher<Body> = (query: Query, stop: AbortSignal | undefined) => Promise<CallResult<Body>>;

/** How an iteration got to a page. */
interface PagePosition {
  /** The number of the page, from 1. */
  readonly number: number;
  /** Empty pages right before this one. */
  readonly empty: number;
  /** Every cursor met on the way, with the number of its page. */
  cursors?: Map<string, number>;
}

/**
 * A list call. Nothing is sent until it is used: `await` it for one page, exactly as asked for; iterate it for every row, in pages
 * as large as the operation allows unless `limit` says otherwise. With `ending_before` the rows come in reverse, moving away from the cursor.
 */
export class PageRequest<Item, Body = unknown> implements PromiseLike<Page<Item, Body>>, AsyncIterable<Item> {
  readonly #operation: Operation;
  readonly #query: Query;
  readonly #lookAhead: boolean;
  readonly #fetch: PageFetcher<Body>;
  #first: Promise<CallResult<Page<Item, Body>>> | undefined;

  constructor(operation: Operation, query: object, lookAhead: boolean, fetch: PageFetcher<Body>) {
    this.#operation = operation;
    this.#query = query as Query;
    this.#lookAhead = lookAhead;
    this.#fetch = fetch;
  }

  /** Sends the request, once, and hands on its page. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting a list is what asks for one page of it
  then<A = Page<Item, Body>, B = never>(
    onPage?: ((page: Page<Item, Body>) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.withResponse().then(({ data }) => (onPage ? onPage(data) : (data as A)), onError);
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<Page<Item, Body> | B> {
    return this.then(undefined, onError);
  }

  finally(onEnd?: (() => void) | null): Promise<Page<Item, Body>> {
    return this.then().finally(onEnd);
  }

  /** One page, with the answer's headers and the number of attempts. */
  withResponse(): Promise<CallResult<Page<Item, Body>>> {
    this.#first ??= this.#load(this.#query);
    return this.#first;
  }

  /**
   * Every row, once. Holds one page at a time (two with `lookAhead`).
   * @throws {PaginationError} when the list cannot be followed without losing or repeating rows. Every `SfcError` on the way has
   * `resumeFrom`, the cursor of the page that failed.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    return this.#items(this.#operation.maxLimit);
  }

  /** Every page, its rows as the service orders them. */
  pages(): AsyncGenerator<Page<Item, Body>, void, undefined> {
    return this.#pages(this.#operation.maxLimit);
  }

  /**
   * The first `max` rows. `max` is required, so that a list that has grown cannot fill the memory. An `SfcError` on the way has the rows so far as
   * `items`, and `resumeFrom`.
   */
  async toArray(options: { max: number }): Promise<Item[]> {
    const max = (options as { max?: number } | null | undefined)?.max ?? 0;
    if (!(Number.isInteger(max) && max > 0)) {
      throw new UsageError("max", "must be a positive whole number", { operation: this.#operation });
    }
    const items: Item[] = [];
    try {
      for await (const item of this.#items(Math.min(max, this.#operation.maxLimit ?? max))) {
        items.push(item);
        if (items.length === max) break;
      }
    } catch (error) {
      throw SfcError.is(error) ? error.withItems(items) : error;
    }
    return items;
  }

  async *#items(limit: number | undefined): AsyncGenerator<Item, void, undefined> {
    const backward = isBackward(this.#query);
    for await (const page of this.#pages(limit)) {
      // A page keeps the list's own order; going backward its rows are turned, so that the sequence never jumps.
      // One by one: `yield*` over an array waits three times for each row.
      for (const item of backward ? page.data.toReversed() : page.data) yield item;
    }
  }

  async *#pages(limit: number | undefined): AsyncGenerator<Page<Item, Body>, void, undefined> {
    const query = this.#operation.maxLimit === undefined ? this.#query : withLimit(this.#query, limit);
    const stop = this.#lookAhead ? new AbortController() : undefined;
    try {
      let page: Page<Item, Body> | undefined = (await this.#load(query, stop?.signal)).data;
      while (page) {
        const ahead: Promise<Page<Item, Body> | undefined> | undefined = stop && page.next(stop.signal);
        // Somebody looks at this later; until then a failure must not count as unhandled.
        ahead?.catch(() => undefined);
        yield page;
        page = await (ahead ?? page.next());
      }
    } finally {
      // Who stops early does not want the page that is on its way.
      stop?.abort();
    }
  }

  /** Asks for one page and makes sure that it can be followed. */
  async #load(
    query: Query,
    stop?: AbortSignal,
    trail: PagePosition = { number: 1, empty: 0 },
  ): Promise<CallResult<Page<Item, Body>>> {
    try {
      const result = await this.#fetch(query, stop);
      return { ...result, data: this.#read(result, query, trail) };
    } catch (error) {
      if (SfcError.is(error) && error.items === undefined) {
        // Whoever catches it far from here can still go on from this page.
        const resumeFrom = cursorOf(query);
        if (resumeFrom !== undefined) Object.assign(error, { resumeFrom });
        error.withItems([]);
      }
      throw error;
    }
  }

  #read(
    { data, response: { status }, attempts }: CallResult<Body>,
    query: Query,
    trail: PagePosition,
  ): Page<Item, Body> {
    const operation = this.#operation;
    const body = data as Body & Envelope<Item>;
    if (!Array.isArray(body.data)) {
      throw new DecodeError(`${status} with a list that has no data.`, status, { operation, attempts });
    }
    const broken = (why: string) => new PaginationError(`${why}.`, body.data, cursorOf(query), { operation, attempts });
    const fault = findPagingFault(operation, body, trail, cursorOf(query));
    if (fault) throw broken(fault);
    const page: Page<Item, Body> = new Page(body, async (stop) => {
      const { hasMore, cursor } = page;
      if (!hasMore) return undefined;
      if (!cursor) throw broken("the service says that there is more, but not where (no cursor)");
      const next = { ...query, [isBackward(query) ? "ending_before" : "starting_after"]: cursor };
      const empty = body.data.length ? 0 : trail.empty + 1;
      return (await this.#load(next, stop, { ...trail, number: trail.number + 1, empty })).data;
    });
    return page;
  }
}

/** Why a page cannot be followed: it was read before, or does not say clearly whether it is the last. Else notes its cursor. */
function findPagingFault(
  { paging }: Operation,
  { data, has_more, cursor }: Partial<Envelope<unknown>>,
  trail: PagePosition,
  start: string | undefined,
): string | undefined {
  if (paging === "whole")
    return has_more ? "the service says that there is more, but this list has no pages" : undefined;
  if (typeof has_more !== "boolean") return "the service does not say whether there is more (no has_more)";
  if (trail.empty === emptyPagesInARow && !data?.length) return `more than ${trail.empty} empty pages in a row`;
  if (!cursor || !has_more) return undefined;
  trail.cursors ??= new Map(start === undefined ? [] : [[start, 0]]);
  // The same number means that the caller asks for the same page again, which is fine.
  if ((trail.cursors.get(cursor) ?? trail.number) < trail.number) {
    return "the service repeats a cursor: its pages would never end";
  }
  trail.cursors.set(cursor, trail.number);
  return undefined;
}

function cursorOf({ starting_after, ending_before }: Query): string | undefined {
  return (starting_after ?? ending_before ?? undefined) as string | undefined;
}

/** null is as good as absent, here and for `limit`. */
const isBackward = ({ ending_before }: Query) => (ending_before ?? undefined) !== undefined;

/** What is not a plain object is left for the check of the call to refuse. */
const withLimit = (query: Query, limit: number | undefined): Query =>
  isPlainObject(query) ? { limit, ...query, ...((query.limit ?? undefined) === undefined && { limit }) } : query;

/** What every list answers with, as far as it is one. */
export interface Envelope<Item> {
  readonly data: readonly Item[];
  readonly has_more?: boolean;
  readonly cursor?: string | null;
}

/** Asks for the page after one; `stop` ends that request. */
export type Follow<Item, Body> = (stop?: AbortSignal) => Promise<Page<Item, Body> | undefined>;

/** One page of a list. */
export class Page<Item, Body = unknown> {
  readonly data: readonly Item[];
  /** Whether the service says that there are more rows in this direction. */
  readonly hasMore: boolean;
  /** Where this page ends: pass it as `starting_after` (or `ending_before`) to go on from here, also in another process. */
  readonly cursor: string | undefined;
  readonly #body: Body;
  readonly #follow: Follow<Item, Body>;

  constructor(body: Body & Envelope<Item>, follow: Follow<Item, Body>) {
    this.data = body.data;
    this.hasMore = body.has_more === true;
    this.cursor = body.cursor ?? undefined;
    this.#body = body;
    this.#follow = follow;
  }

  /** The answer as it came, with whatever else it holds. */
  get body(): Body {
    return this.#body;
  }

  /**
   * Asks for the page after this one (before it, when going backward); `undefined` at the end.
   * @param stop ends this request, as the list's own signal does
   * @throws {PaginationError} when the service says that there is more, and not where
   */
  next(stop?: AbortSignal): Promise<Page<Item, Body> | undefined> {
    return this.#follow(stop);
  }
}
