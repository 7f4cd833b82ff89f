import type { Operation } from "../operation.js";
import type { CallResult } from "./call.js";
import { isPlainObject } from "./checks.js";
import { DecodeError, PaginationError, SfcError, UsageError } from "./errors.js";

/** Ends an iteration over a list for which the service never reports the end. */
const maxConsecutiveEmptyPages = 1_000;

type Query = Readonly<Record<string, unknown>>;

/** Requests one page. Both `stop` and the caller's signal can end the request. */
export type PageFetcher<Body> = (query: Query, stop: AbortSignal | undefined) => Promise<CallResult<Body>>;

/** The position of an iteration. */
interface PagePosition {
  /** The number of the page, from 1. */
  readonly number: number;
  /** Empty pages right before this one. */
  readonly empty: number;
  /** Every cursor so far, with the number of the page that it came from. 0: the caller's own cursor. */
  cursors?: Map<string | undefined, number>;
}

/**
 * A lazy list call: nothing is sent until it is used. `await` it for one page; iterate it for every item, in pages as large as the
 * operation allows unless `limit` is set. With `ending_before` the items come in reverse order, moving away from the cursor.
 */
export class PageRequest<Item, Body = unknown> implements PromiseLike<Page<Item, Body>>, AsyncIterable<Item> {
  readonly #operation: Operation;
  readonly #query: Query;
  readonly #lookAhead: boolean;
  readonly #fetch: PageFetcher<Body>;
  #first: Promise<CallResult<Page<Item, Body>>> | undefined;

  constructor(operation: Operation, query: object, lookAhead: boolean, fetch: PageFetcher<Body>) {
    this.#operation = operation;
    this.#query = copyQuery(query);
    this.#lookAhead = lookAhead;
    this.#fetch = fetch;
  }

  /** Requests one page. Awaiting it again does not send another request. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting a list requests one page of it
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

  /** One page, with the response and the number of attempts. */
  withResponse(): Promise<CallResult<Page<Item, Body>>> {
    this.#first ??= this.#load(this.#query);
    return this.#first;
  }

  /**
   * Every item, once. Holds one page at a time (two with `lookAhead`).
   * @throws {PaginationError} when the list cannot be followed without skipping or repeating items. Every `SfcError` that it throws has
   * `resumeFrom`, the cursor of the page that failed.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    return this.#items(this.#operation.maxLimit);
  }

  /** Every page. Its items are in the order that the service returns. */
  pages(): AsyncGenerator<Page<Item, Body>, void, undefined> {
    return this.#pages(this.#operation.maxLimit);
  }

  /**
   * The first `max` items. `max` is required, because it limits memory. An `SfcError` that it throws has the items so far as
   * `items`, and `resumeFrom`.
   */
  async toArray(options: { max: number }): Promise<Item[]> {
    const max = (options as { max?: number } | null | undefined)?.max ?? 0;
    if (!(Number.isInteger(max) && max > 0)) {
      throw new UsageError("max", "must be a positive integer", { operation: this.#operation });
    }
    const { maxLimit } = this.#operation;
    const items: Item[] = [];
    try {
      for await (const item of this.#items(maxLimit && Math.min(max, maxLimit))) {
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
      // The items of a page are in the order of the list, so they are reversed when paging backward.
      // They are yielded one by one, because `yield*` over an array awaits three times per item.
      for (const item of backward ? page.data.toReversed() : page.data) yield item;
    }
  }

  async *#pages(limit: number | undefined): AsyncGenerator<Page<Item, Body>, void, undefined> {
    const query = withLimit(this.#query, limit);
    const stop = this.#lookAhead ? new AbortController() : undefined;
    try {
      let page: Page<Item, Body> | undefined = (await this.#load(query, stop?.signal)).data;
      while (page) {
        const ahead: Promise<Page<Item, Body> | undefined> | undefined = stop && page.next(stop.signal);
        // The request is awaited later. Until then, its failure must not be an unhandled rejection.
        ahead?.catch(() => undefined);
        yield page;
        page = await (ahead ?? page.next());
      }
    } finally {
      // A caller that stops early does not need the page that is being requested.
      stop?.abort();
    }
  }

  /** Requests one page and checks that it can be followed. */
  async #load(
    query: Query,
    stop?: AbortSignal,
    position: PagePosition = { number: 1, empty: 0 },
  ): Promise<CallResult<Page<Item, Body>>> {
    try {
      const result = await this.#fetch(query, stop);
      return { ...result, data: this.#read(result, query, position) };
    } catch (error) {
      if (SfcError.is(error) && error.items === undefined) {
        // Added to the error, so that any caller that catches it can continue from this page.
        const resumeFrom = readCursor(query);
        if (resumeFrom !== undefined) Object.assign(error, { resumeFrom });
        error.withItems([]);
      }
      throw error;
    }
  }

  #read(
    { data, response: { status }, attempts }: CallResult<Body>,
    query: Query,
    position: PagePosition,
  ): Page<Item, Body> {
    const operation = this.#operation;
    const body = data as Body & Envelope<Item>;
    if (!Array.isArray(body.data)) {
      throw new DecodeError(`${status} with a list that has no data.`, status, { operation, attempts });
    }
    const pagingError = (why: string) =>
      new PaginationError(`${why}.`, body.data, readCursor(query), { operation, attempts });
    const fault = checkPage(operation, body, position, readCursor(query));
    if (fault) throw pagingError(fault);
    const page: Page<Item, Body> = new Page(body, async (stop) => {
      const { hasMore, cursor } = page;
      if (!hasMore) return undefined;
      if (!cursor) throw pagingError("the service reports more items, but no cursor to continue from");
      const next = { ...query, [isBackward(query) ? "ending_before" : "starting_after"]: cursor };
      const empty = body.data.length ? 0 : position.empty + 1;
      return (await this.#load(next, stop, { ...position, number: position.number + 1, empty })).data;
    });
    return page;
  }
}

/** Records the cursor of a page. Returns why the page cannot be followed: it was read before, or has no `has_more`. */
function checkPage(
  { paging }: Operation,
  { data, has_more, cursor }: Envelope<unknown>,
  position: PagePosition,
  start: string | undefined,
): string | undefined {
  if (paging === "whole") return has_more ? "the service reports more items, but this list has no pages" : undefined;
  if (typeof has_more !== "boolean") return "the service does not report whether there are more items (no has_more)";
  if (position.empty === maxConsecutiveEmptyPages && data.length === 0)
    return `more than ${position.empty} empty pages in a row`;
  if (!cursor || !has_more) return undefined;
  position.cursors ??= new Map([[start, 0]]);
  // With the same number, the caller requests the same page again, which is allowed.
  if ((position.cursors.get(String(cursor)) ?? position.number) < position.number) {
    return "the service repeats a cursor: its pages would never end";
  }
  position.cursors.set(String(cursor), position.number);
  return undefined;
}

function readCursor({ starting_after, ending_before }: Query): string | undefined {
  return (starting_after ?? ending_before ?? undefined) as string | undefined;
}

/**
 * Copies a query, so that later changes by the caller cannot lead to pages of another list. A query that cannot be copied, or contains objects, is refused
 * when the call is checked.
 */
function copyQuery(query: object): Query {
  try {
    if (!isPlainObject(query)) return query as Query;
    const copies = Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]);
    return Object.fromEntries(copies);
  } catch {
    return query as Query;
  }
}

/** Whether the list is read backward. `null` counts as absent, here and for `limit`. */
const isBackward = ({ ending_before }: Query) => (ending_before ?? undefined) !== undefined;

/** Adds a limit to a query. A query that is not a plain object is refused when the call is checked. */
const withLimit = (query: Query, limit: number | undefined): Query =>
  isPlainObject(query) ? { limit, ...query, ...((query.limit ?? undefined) === undefined && { limit }) } : query;

/** The response body of every list. */
export interface Envelope<Item> {
  readonly data: readonly Item[];
  readonly has_more?: boolean;
  readonly cursor?: string | null;
}

/** Requests the next page. `stop` ends that request. */
export type Follow<Item, Body> = (stop?: AbortSignal) => Promise<Page<Item, Body> | undefined>;

/** One page of a list. */
export class Page<Item, Body = unknown> {
  readonly data: readonly Item[];
  /** Whether the service reports more items in this direction. */
  readonly hasMore: boolean;
  /** The end of this page. Pass it as `starting_after` (or `ending_before`) to continue from here, in this process or another. */
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

  /** The response body, with all its members. */
  get body(): Body {
    return this.#body;
  }

  /**
   * Requests the page after this one (before it, when going backward); `undefined` at the end.
   * @param stop ends this request, as the list's own signal does
   * @throws {PaginationError} when the service reports more items without a cursor
   */
  next(stop?: AbortSignal): Promise<Page<Item, Body> | undefined> {
    return this.#follow(stop);
  }
}
