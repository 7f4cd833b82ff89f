/** The members of every stored row: its id, and its creation number, by which lists are ordered. */
export interface Row {
  readonly id: string;
  readonly seq: number;
}

/** Rows of one kind by id, oldest first. */
export class Table<R extends Row> {
  protected readonly rows: Map<string, R> = new Map();
  readonly #removed = new Map<string, R>();
  readonly #live = new Set<R>();
  readonly #isLive: (row: R) => boolean;

  /** `isLive` returns whether a row has not ended yet. A row that has ended must not become live again. */
  constructor(isLive: (row: R) => boolean = () => true) {
    this.#isLive = isLive;
  }

  get size(): number {
    return this.rows.size;
  }

  insert(row: R): R {
    this.rows.set(row.id, row);
    this.#live.add(row);
    return row;
  }

  get(id: string): R | undefined {
    return this.rows.get(id);
  }

  remove(row: R): void {
    this.rows.delete(row.id);
    this.#live.delete(row);
    this.#removed.set(row.id, row);
  }

  /** Returns a row that other rows refer to, even if it was removed: an old order still contains the name of its pool. */
  ever(id: string): R {
    const row = this.rows.get(id) ?? this.#removed.get(id);
    if (row === undefined) throw new Error(`the simulator lost ${id}`);
    return row;
  }

  all(): R[] {
    return [...this.rows.values()];
  }

  /**
   * Returns the rows that have not ended, oldest first. One that has ended is dropped when it is first seen here, so that the passing of time does not
   * become slower with the rows of the past: an automation can add one every simulated minute.
   */
  live(): R[] {
    for (const row of this.#live) if (!this.#isLive(row)) this.#live.delete(row);
    return [...this.#live];
  }

  /** Copies the rows of another table to this one, including removed rows. */
  fill(from: Table<R>): this {
    for (const row of from.rows.values()) this.insert(structuredClone(row));
    for (const row of from.#removed.values()) this.#removed.set(row.id, structuredClone(row));
    return this;
  }

  /** Removed rows, which are kept because other rows may refer to them. */
  get removed(): readonly R[] {
    return [...this.#removed.values()];
  }

  get removedCount(): number {
    return this.#removed.size;
  }

  /** Drops the removed rows that do not pass the test. */
  keepRemoved(test: (id: string) => boolean): void {
    for (const id of this.#removed.keys()) if (!test(id)) this.#removed.delete(id);
  }

  /** Restores saved rows into an empty table. */
  restore(rows: readonly R[], removed: readonly R[]): void {
    for (const row of rows) this.insert(row);
    for (const row of removed) this.#removed.set(row.id, row);
  }

  where(test: (row: R) => boolean): R[] {
    return this.all().filter(test);
  }

  some(test: (row: R) => boolean): boolean {
    for (const row of this.rows.values()) if (test(row)) return true;
    return false;
  }
}

/** A row whose name is unique within its scope: the workspace, or the account for workspaces and roles. */
export interface NamedRow extends Row {
  readonly scope: string;
  name: string;
}

/** A table that also finds rows by name, without a scan. */
export class NamedTable<R extends NamedRow> extends Table<R> {
  readonly #byName = new Map<string, R>();

  override insert(row: R): R {
    this.#byName.set(nameKey(row.scope, row.name), row);
    return super.insert(row);
  }

  override remove(row: R): void {
    this.#forgetName(row);
    super.remove(row);
  }

  named(scope: string, name: string): R | undefined {
    return this.#byName.get(nameKey(scope, name));
  }

  rename(row: R, name: string): void {
    this.#forgetName(row);
    row.name = name;
    this.#byName.set(nameKey(row.scope, name), row);
  }

  #forgetName(row: R): void {
    const key = nameKey(row.scope, row.name);
    // Rows can share a name if `nameClash` allows it, so only the row's own entry is removed.
    if (this.#byName.get(key) === row) this.#byName.delete(key);
  }
}

function nameKey(scope: string, name: string): string {
  return `${scope}/${name}`;
}
