import type { Resources } from "../generated/resources/index.js";
import type { InstanceLogChunk, InstanceLogListQuery } from "../generated/types.js";
import { aDuration, aFlag, type Checks, readOptions } from "../wrappers/checks.js";
import { AbortError, ApiError, DecodeError } from "../wrappers/errors.js";
import { isResourcePath } from "./references.js";
import { isTransient, Pace, type PaceOptions, pacedChecks } from "./runtime.js";
import { fromBase64 } from "./values.js";
import { hasEnded } from "./wait.js";

/** The size of the largest page. After a full page there may be more chunks. */
const maxChunks = 2_500;
/** Number of empty pages between two checks of whether the instance has ended. */
const idlePollsPerLook = 5;
/** Bytes of the longest UTF-8 character. */
const maxCharacterBytes = 4;

export interface TailOptions extends PaceOptions {
  /** `true`: keep reading until the instance has ended or you stop. `false`: read what exists now. @default false */
  readonly follow?: boolean | undefined;
  /** Continue after this `seqnum`, the last one that you have processed; works in another process too. @default from the start of the log */
  readonly after?: number | undefined;
  /** Milliseconds between two requests once the end of the log is reached; doubled while nothing new is written, up to ten times as long. @default 1000 */
  readonly pollMs?: number | undefined;
}

const tailChecks: Checks<TailOptions> = /* @__PURE__ */ pacedChecks<TailOptions>({
  follow: aFlag,
  after: [
    (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    "must be a seqnum: an integer from 0 to 2^53 - 1",
  ],
  pollMs: aDuration,
});

/** One chunk of console output. */
export interface LogText {
  /** Position in the log. Pass the last one as `after` to continue from there. */
  readonly seqnum: number;
  /**
   * The chunk's bytes, decoded as UTF-8. A character that is split between two chunks is part of the second one's text, also when another process
   * continues there. When the log ends inside a character, that part of it is in `bytes` only.
   */
  readonly text: string;
  /** The bytes, undecoded. */
  readonly bytes: Uint8Array;
  /** The chunk as the service sent it. */
  readonly chunk: InstanceLogChunk;
}

/**
 * Console output of an instance, chunk by chunk, each exactly once and in order.
 *
 * ```ts
 * for await (const { text } of tailLogs(sfc, id, { follow: true })) process.stdout.write(text);
 * ```
 *
 * With `follow` the iteration ends without an error when the instance is `terminated` or `failed` and everything that it wrote was read, or at
 * `deadlineMs`. A transient failure does not end it: requests become less frequent, and `Retry-After` is obeyed. A `Retry-After` of more than an hour
 * ends it with the service's error; continue with `after`.
 *
 * Calls `instances.listLogs` (`GET /preview/v2/instances/{id}/logs`), and with `follow` sometimes `instances.get`. Read-only, so a repeat is safe. A
 * resource path is resolved once and then followed by id.
 * @throws {ApiError} `not_found` when the instance does not exist
 * @throws {TimeoutError} at `deadlineMs` without `follow`: the log was not read to its end
 * @throws {AbortError} when `signal` aborts; `break` ends the iteration without an error
 * @throws {DecodeError} for a `seqnum` beyond 2^53, or data that is not base64
 */
export async function* tailLogs(
  sfc: Pick<Resources, "instances">,
  idOrPath: string,
  options: TailOptions = {},
): AsyncGenerator<LogText, void, undefined> {
  options = readOptions(options, tailChecks);
  yield* new Tail(sfc.instances, idOrPath, options).run();
}

/** One iteration of `tailLogs`. */
class Tail {
  readonly #instances: Resources["instances"];
  readonly #pace: Pace;
  readonly #follow: boolean;
  readonly #pollMs: number;
  /** A resource path until it is resolved. */
  #id: string;
  /** The lowest `seqnum` that was not yielded yet. It is the lower bound of the next query, because bounds are inclusive. */
  #next: number;
  /** Whether the decoder has seen the bytes right before the next chunk. */
  #isJoined: boolean;
  // A byte order mark is kept, because it is output of the console like any other character.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(instances: Resources["instances"], id: string, options: TailOptions) {
    const { follow = false, after, pollMs = 1_000 } = options;
    this.#instances = instances;
    this.#pace = new Pace(options);
    this.#follow = follow;
    this.#pollMs = pollMs;
    this.#id = id;
    this.#next = after === undefined ? 0 : after + 1;
    this.#isJoined = after === undefined;
  }

  async *run(): AsyncGenerator<LogText, void, undefined> {
    let failures = 0;
    let idle = 0;
    let nextLook = idlePollsPerLook;
    let shortPages = 0;
    let instanceEnded = false;
    // Without `follow`, the next call fails at the deadline. Ending without an error would present a part of the log as the whole.
    while (!this.#follow || !this.#pace.isOver()) {
      let page: InstanceLogChunk[];
      try {
        page = await this.#page();
        idle = page.length === 0 ? idle + 1 : 0;
        if (idle === 0) nextLook = idlePollsPerLook;
        // With `follow`, only an empty page after the instance has ended marks the end of the log.
        if (idle > 0 && (instanceEnded || !this.#follow)) return;
        if (idle >= nextLook) {
          instanceEnded = await this.#hasEnded();
          nextLook = idle + idlePollsPerLook;
        }
      } catch (error) {
        if (!this.#follow || !isTransient(error)) throw error;
        failures += 1;
        await this.#pace.pause(this.#pollMs, failures, error);
        continue;
      }
      failures = 0;
      for (const chunk of page) yield this.#take(chunk);
      shortPages = idle > 0 || page.length === maxChunks ? 0 : shortPages + 1;
      const skipsPause = page.length === maxChunks || (idle > 0 && instanceEnded);
      // After several short pages, the instance is still writing, so the next request waits.
      if (this.#follow ? !skipsPause : shortPages > 2)
        await this.#pace.pause(this.#pollMs * Math.min(2 ** idle, 10), 0);
    }
  }

  /** The next chunks in order, each `seqnum` once. */
  async #page(): Promise<InstanceLogChunk[]> {
    if (isResourcePath(this.#id)) this.#id = (await this.#instances.get(this.#id, this.#pace.callOptions())).id;
    const chunks = await this.#list({ seqnum_after: this.#next, sort_by: "seqnum", limit: maxChunks });
    const page = chunks
      .filter(({ seqnum }) => !(seqnum < this.#next))
      .sort((a, b) => a.seqnum - b.seqnum)
      .filter(({ seqnum }, index, all) => index === 0 || seqnum !== all[index - 1]?.seqnum);
    if (!this.#isJoined) await this.#join(page);
    return page;
  }

  async #list(query: InstanceLogListQuery): Promise<InstanceLogChunk[]> {
    const { data } = await this.#instances.listLogs(this.#id, query, this.#pace.callOptions());
    if (Array.isArray(data) && data.every((chunk) => typeof chunk?.data === "string")) return data;
    throw new DecodeError("the response has no log chunks.", 200, {});
  }

  /** If the first chunk begins inside a character, decodes the start of that character, which an earlier process has read. */
  async #join(page: readonly InstanceLogChunk[]): Promise<void> {
    const first = page.find(({ data }) => data !== "");
    if (!first) return;
    if (isContinuation(fromBase64(first.data)?.[0])) {
      for (const bytes of await this.#bytesBefore()) this.#decoder.decode(bytes, { stream: true });
    }
    this.#isJoined = true;
  }

  /** Reads the bytes before the next chunk, in order: enough for the longest character that can begin in them. */
  async #bytesBefore(): Promise<Uint8Array[]> {
    const pieces: Uint8Array[] = [];
    let last = this.#next - 1;
    for (let count = 0; count < maxCharacterBytes && last >= 0; ) {
      const query = { seqnum_before: last, sort_by: "-seqnum", limit: maxCharacterBytes } as const;
      const chunks = (await this.#list(query))
        .filter(({ seqnum }) => seqnum <= last)
        .sort((a, b) => b.seqnum - a.seqnum);
      for (const { data } of chunks) {
        const bytes = fromBase64(data) ?? new Uint8Array();
        pieces.unshift(bytes);
        count += bytes.length;
      }
      last = (chunks.at(-1)?.seqnum ?? 0) - 1;
    }
    return pieces;
  }

  #take(chunk: InstanceLogChunk): LogText {
    if (this.#pace.signal?.aborted) throw new AbortError("aborted by the caller's signal.", {});
    const { seqnum, data } = chunk;
    if (!Number.isSafeInteger(seqnum) || !Number.isSafeInteger(seqnum + 1)) {
      // Beyond 2^53, different seqnums become the same number, so chunks would be lost or repeated.
      throw new DecodeError("the log has a seqnum beyond 2^53, which is not exact as a number.", 200, {});
    }
    const bytes = fromBase64(data);
    if (bytes === undefined) throw new DecodeError(`chunk ${seqnum} of the log is not base64.`, 200, {});
    this.#next = seqnum + 1;
    return { seqnum, text: this.#decoder.decode(bytes, { stream: true }), bytes, chunk };
  }

  async #hasEnded(): Promise<boolean> {
    try {
      return hasEnded((await this.#instances.get(this.#id, this.#pace.callOptions())).status);
    } catch (error) {
      // With 404, the instance was deleted in the meantime. Any other error is transient or ends the iteration.
      if (ApiError.is(error) && error.status === 404) return true;
      throw error;
    }
  }
}

/** Whether a byte continues a UTF-8 character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}

/**
 * Splits text from `tailLogs`, or from any other iterable of `{ text }`, into lines. Accepts `\n` and `\r\n`, and yields lines without them. Text
 * after the last line end is yielded as a last line.
 *
 * ```ts
 * for await (const line of logLines(tailLogs(sfc, id, { follow: true }))) console.log(line);
 * ```
 */
export async function* logLines(
  chunks: AsyncIterable<{ readonly text: string }>,
): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const { text } of chunks) {
    const lines = text.split("\n");
    // Only the new text is searched for line ends, so that a line that arrives in many pieces is not scanned again for each piece.
    lines[0] = rest + (lines[0] ?? "");
    rest = lines.pop() ?? "";
    for (const line of lines) yield trimCarriageReturn(line);
  }
  if (rest !== "") yield trimCarriageReturn(rest);
}

/** Removes the `\r` of a line end, because consoles write `\r\n`. */
function trimCarriageReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
