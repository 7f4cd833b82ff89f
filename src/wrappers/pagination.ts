import type { Operation } from "../operation.js";
import type { ListOptions } from "../options.js";
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
  readonly signal: AbortSignal | undefined;
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
    this.#first ??= this.#page(this.#step(this.#query, undefined));
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
    const ahead = this.#options.lookAhead ? linkedController(this.#options.signal) : undefined;
    let empty = 0;
    try {
      let coming = this.#page(this.#step(query, ahead?.signal)).then(({ data }) => data as typeof data | undefined);
      for (let page = await coming; page !== undefined; page = await coming) {
        empty = page.data.length > 0 ? 0 : empty + 1;
        if (empty > emptyPagesInARow) throw this.#broken(`${empty} empty pages in a row`, page.data, page.cursor);
        if (ahead) coming = quietly(page.next());
        yield page;
        if (!ahead) coming = page.next();
      }
    } finally {
      // Who stops early does not want the page that is on its way.
      ahead?.release();
    }
  }

  /** Asks for one page and makes sure that it is not one that was read before. */
  async #page(step: Step): Promise<CallResult<Page<Item, Body>>> {
    const result = await this.#fetch(step.query, step.signal);
    const body = this.#checked(result, step);
    const { cursor, has_more } = body;
    if (cursor && has_more) {
      const seenOn = step.cursors.get(cursor);
      // The same number means that the caller asks for the same page again, which is fine.
      if (seenOn !== undefined && seenOn < step.number) {
        throw this.#broken("the service repeats a cursor: its pages would never end", body.data, cursorOf(step.query));
      }
      step.cursors.set(cursor, step.number);
    }
    return { ...result, data: new Page<Item, Body>(body, () => this.#follow(step, body)) };
  }

  #checked({ data: body, response: { status }, attempts }: CallResult<Body>, { query }: Step): Body & Envelope<Item> {
    const { data, has_more } = body as Partial<Envelope<Item>>;
    if (!Array.isArray(data)) {
      throw new DecodeError(`${status} with a list that has no data.`, status, {
        operation: this.#operation,
        attempts,
      });
    }
    if (this.#operation.paging === "whole") {
      if (has_more)
        throw this.#broken("the service says that there is more, but this list has no pages", data, cursorOf(query));
    } else if (typeof has_more !== "boolean") {
      throw this.#broken("the service does not say whether there is more (no has_more)", data, cursorOf(query));
    }
    return body as Body & Envelope<Item>;
  }

  async #follow({ query, number, cursors, signal }: Step, { cursor, data }: Envelope<Item>): Promise<Page<Item, Body>> {
    if (!cursor)
      throw this.#broken("the service says that there is more, but not where (no cursor)", data, cursorOf(query));
    const parameter = query.ending_before === undefined ? "starting_after" : "ending_before";
    return (await this.#page({ query: { ...query, [parameter]: cursor }, number: number + 1, cursors, signal })).data;
  }

  /** The first step of an iteration. */
  #step(query: Query, signal: AbortSignal | undefined): Step {
    if (query.starting_after !== undefined && query.ending_before !== undefined) {
      throw new UsageError("query.ending_before", "cannot go with starting_after: a list is read in one direction", {
        operation: this.#operation,
      });
    }
    const start = cursorOf(query);
    return { query, number: 1, cursors: new Map(start === undefined ? [] : [[start, 0]]), signal };
  }

  #broken(message: string, items: readonly Item[], resumeFrom: string | undefined): PaginationError {
    return new PaginationError(`${message}.`, items, resumeFrom, { operation: this.#operation, attempts: 1 });
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

/** A controller that also follows the caller's signal, until it is released. */
function linkedController(signal: AbortSignal | undefined): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    release: () => {
      signal?.removeEventListener("abort", abort);
      abort();
    },
  };
}
