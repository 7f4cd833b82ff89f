import type { Operation } from "../operation.js";
import type { ListOptions } from "../options.js";
import { onAbort } from "./abort.js";
import type { CallResult } from "./caller.js";
import { DecodeError, PaginationError, UsageError } from "./errors.js";
import { type Envelope, Page } from "./page.js";

/** More than any filter leaves behind; a service that is stuck sends empty pages for ever. */
const emptyPagesInARow = 1_000;

type Query = Readonly<Record<string, unknown>>;

/** Sends the request of one page. */
export type PageFetcher<Body> = (query: Query, signal: AbortSignal | undefined) => Promise<CallResult<Body>>;

/** Where an iteration is: the query of the page, its number, and every cursor met on the way with the number of its page. */
interface Step {
  readonly query: Query;
  readonly number: number;
  readonly cursors: Map<string, number>;
}

/** One page that has come, with what is needed to go on from it. */
interface Loaded<Item, Body> {
  readonly step: Step;
  readonly page: Page<Item, Body>;
  readonly result: CallResult<Body>;
}

/**
 * A list call. Nothing is sent until it is used: `await` it for one page, exactly as asked for; iterate it for every row, in pages
 * as large as the operation allows unless `limit` says otherwise. With `ending_before` the rows come in reverse, moving away from the cursor.
 */
export class PageRequest<Item, Body = unknown> implements PromiseLike<Page<Item, Body>>, AsyncIterable<Item> {
  readonly #operation: Operation;
  readonly #query: Query;
  readonly #options: ListOptions;
  readonly #fetch: PageFetcher<Body>;
  #first: Promise<CallResult<Page<Item, Body>>> | undefined;

  constructor(operation: Operation, query: object, options: ListOptions, fetch: PageFetcher<Body>) {
    this.#operation = operation;
    this.#query = query as Query;
    this.#options = options;
    this.#fetch = fetch;
  }

  /** Sends the request, once, and hands on its page. */
  // biome-ignore lint/suspicious/noThenProperty: awaiting a list is what asks for one page of it
  then<A = Page<Item, Body>, B = never>(
    onPage?: ((page: Page<Item, Body>) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.withResponse()
      .then(({ data }) => data)
      .then(onPage, onError);
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<Page<Item, Body> | B> {
    return this.then(undefined, onError);
  }

  finally(onEnd?: (() => void) | null): Promise<Page<Item, Body>> {
    return this.then().finally(onEnd);
  }

  /** One page, with the answer's headers and the number of attempts. */
  withResponse(): Promise<CallResult<Page<Item, Body>>> {
    this.#first ??= this.#load(this.#query).then(({ result, page }) => ({ ...result, data: page }));
    return this.#first;
  }

  /**
   * Every row, once. Holds one page at a time (two with `lookAhead`).
   * @throws {PaginationError} when the list cannot be followed without losing or repeating rows
   */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    return this.#items(this.#operation.maxLimit);
  }

  /** Every page, its rows as the service orders them. */
  pages(): AsyncGenerator<Page<Item, Body>, void, undefined> {
    return this.#pages(this.#operation.maxLimit);
  }

  /** The first `max` rows. `max` is required, so that a list that has grown cannot fill the memory. */
  async toArray({ max }: { max: number }): Promise<Item[]> {
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
      throw PaginationError.is(error) ? error.withItems(items) : error;
    }
    return items;
  }

  async *#items(limit: number | undefined): AsyncGenerator<Item, void, undefined> {
    const backward = this.#query.ending_before !== undefined;
    for await (const page of this.#pages(limit)) {
      // A page keeps the list's own order; going backward its rows are turned, so that the sequence never jumps.
      yield* backward ? page.data.toReversed() : page.data;
    }
  }

  async *#pages(limit: number | undefined): AsyncGenerator<Page<Item, Body>, void, undefined> {
    const query = this.#operation.maxLimit === undefined ? this.#query : { limit, ...this.#query };
    const stop = this.#options.lookAhead ? new AbortController() : undefined;
    let empty = 0;
    try {
      let coming: Promise<Loaded<Item, Body> | undefined> = this.#load(query, stop?.signal);
      for (let loaded = await coming; loaded !== undefined; loaded = await coming) {
        const { page } = loaded;
        empty = page.data.length > 0 ? 0 : empty + 1;
        if (empty > emptyPagesInARow) throw this.#broken(loaded, `${empty} empty pages in a row`);
        if (stop) coming = quietly(this.#loadNext(loaded, stop.signal));
        yield page;
        if (!stop) coming = this.#loadNext(loaded);
      }
    } finally {
      // Who stops early does not want the page that is on its way.
      stop?.abort();
    }
  }

  /** The first page of `query`. */
  async #load(query: Query, stop?: AbortSignal): Promise<Loaded<Item, Body>> {
    if (query.starting_after !== undefined && query.ending_before !== undefined) {
      throw new UsageError("query.ending_before", "cannot go with starting_after: a list is read in one direction", {
        operation: this.#operation,
      });
    }
    const start = cursorOf(query);
    return this.#loadStep({ query, number: 1, cursors: new Map(start === undefined ? [] : [[start, 0]]) }, stop);
  }

  /** The page after this one, `undefined` at the end. */
  async #loadNext(loaded: Loaded<Item, Body>, stop?: AbortSignal): Promise<Loaded<Item, Body> | undefined> {
    const { page, step } = loaded;
    if (!page.hasMore) return undefined;
    if (!page.cursor) throw this.#broken(loaded, "the service says that there is more, but not where (no cursor)");
    const parameter = step.query.ending_before === undefined ? "starting_after" : "ending_before";
    const query = { ...step.query, [parameter]: page.cursor };
    return this.#loadStep({ query, number: step.number + 1, cursors: step.cursors }, stop);
  }

  /** Asks for one page and makes sure that it can be followed. */
  async #loadStep(step: Step, stop: AbortSignal | undefined): Promise<Loaded<Item, Body>> {
    const result = await this.#fetchUntil(step.query, stop);
    const page: Page<Item, Body> = new Page(this.#listOf(result), async () => (await this.#loadNext(loaded))?.page);
    const loaded = { step, page, result };
    this.#check(loaded);
    return loaded;
  }

  /** Sends one request, which both the caller's signal and `stop` can end. */
  async #fetchUntil(query: Query, stop: AbortSignal | undefined): Promise<CallResult<Body>> {
    if (stop === undefined) return this.#fetch(query, undefined);
    const either = eitherSignal(stop, this.#options.signal);
    return this.#fetch(query, either.signal).finally(either.release);
  }

  #listOf({ data: body, response: { status }, attempts }: CallResult<Body>): Body & Envelope<Item> {
    if (Array.isArray((body as Partial<Envelope<Item>>).data)) return body as Body & Envelope<Item>;
    throw new DecodeError(`${status} with a list that has no data.`, status, { operation: this.#operation, attempts });
  }

  /** Refuses a page that was read before, and one that does not say clearly whether it is the last. */
  #check(loaded: Loaded<Item, Body>): void {
    const { step, page } = loaded;
    const { has_more } = page.body as Partial<Envelope<Item>>;
    if (this.#operation.paging === "whole") {
      if (has_more) throw this.#broken(loaded, "the service says that there is more, but this list has no pages");
      return;
    }
    if (typeof has_more !== "boolean") {
      throw this.#broken(loaded, "the service does not say whether there is more (no has_more)");
    }
    if (!page.cursor || !has_more) return;
    const seenOn = step.cursors.get(page.cursor);
    // The same number means that the caller asks for the same page again, which is fine.
    if (seenOn !== undefined && seenOn < step.number) {
      throw this.#broken(loaded, "the service repeats a cursor: its pages would never end");
    }
    step.cursors.set(page.cursor, step.number);
  }

  #broken({ page, step, result }: Loaded<Item, Body>, message: string): PaginationError {
    return new PaginationError(`${message}.`, page.data, cursorOf(step.query), {
      operation: this.#operation,
      attempts: result.attempts,
    });
  }
}

function cursorOf({ starting_after, ending_before }: Query): string | undefined {
  return (starting_after ?? ending_before) as string | undefined;
}

/** A rejection that somebody will look at later must not count as unhandled until then. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** A signal that follows both, until it is released. Held for one request only: an iteration may be left without a word. */
function eitherSignal(a: AbortSignal, b: AbortSignal | undefined): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (a.aborted || b?.aborted) abort();
  const [forgetA, forgetB] = [onAbort(a, abort), onAbort(b, abort)];
  return {
    signal: controller.signal,
    release: () => {
      forgetA();
      forgetB();
    },
  };
}
