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
