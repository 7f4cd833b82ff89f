import type { Resources } from "../../generated/resources/index.js";
import type { InstanceLogChunk } from "../../generated/types.js";
import { aDuration, aFlag, type Checks, readOptions } from "../../wrappers/checks.js";
import { ApiError, DecodeError } from "../../wrappers/errors.js";
import { fromBase64 } from "../base64.js";
import { isPassing, Pace, type PaceOptions, pacedChecks } from "../pace.js";
import { isResourcePath } from "../resource-path.js";
import { isOver } from "../wait/instance.js";
import { TextJoiner } from "./text-joiner.js";

/** Most chunks of one answer; fewer mean that the rest is not written yet. */
const mostChunks = 2_500;
/** Empty answers between two looks at whether the instance still lives. */
const idlePollsPerLook = 5;

export interface TailOptions extends PaceOptions {
  /** Go on as long as the instance lives, or until you stop. Otherwise: what there is now. @default false */
  readonly follow?: boolean | undefined;
  /** Continue after this `seqnum`, the last one that you have worked through; also in another process. @default from the start of the log */
  readonly after?: number | undefined;
  /** Milliseconds to wait after an answer that was not full; doubled while nothing new comes, up to ten times as long. @default 1000 */
  readonly pollMs?: number | undefined;
}

const tailChecks: Checks<TailOptions> = /* @__PURE__ */ pacedChecks<TailOptions>({
  follow: aFlag,
  after: [
    (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    "must be a seqnum: a whole number from 0 to 2^53 - 1",
  ],
  pollMs: aDuration,
});

/** One chunk of console output. */
export interface LogText {
  /** Pass the last one as `after` to continue from there. */
  readonly seqnum: number;
  /** The chunk's bytes as UTF-8. A character that the chunk cuts in two comes with the next one. */
  readonly text: string;
  /** The bytes as they are. */
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
 * With `follow` it ends when the instance is `terminated` or `failed` and everything it wrote has come. An outage does not end it; `deadlineMs` does, without an error.
 *
 * Calls `instances.listLogs` (`GET /preview/v2/instances/{id}/logs`), and `instances.get` now and then; it changes nothing. A resource path is looked up once and followed by id.
 * @throws {ApiError} `not_found` when there is no such instance
 * @throws {AbortError} when `signal` ends it; `break` ends it without an error
 * @throws {DecodeError} for a `seqnum` beyond 2^53, or data that is not base64
 */
export async function* tailLogs(
  sfc: Pick<Resources, "instances">,
  idOrPath: string,
  options: TailOptions = {},
): AsyncGenerator<LogText, void, undefined> {
  options = readOptions(options, tailChecks);
  const { follow = false } = options;
  const pace = new Pace(options);
  const id = isResourcePath(idOrPath) ? (await sfc.instances.get(idOrPath, pace.callOptions())).id : idOrPath;
  const joiner = new TextJoiner();
  const position = { next: options.after === undefined ? 0 : options.after + 1 };
  let last: LogText | undefined;
  for await (const chunk of chunksFrom(sfc, id, position, pace, follow, options.pollMs ?? 1_000)) {
    last = decode(chunk, joiner);
    yield last;
  }
  const rest = joiner.end();
  if (last && rest !== "") yield { ...last, text: rest, bytes: new Uint8Array() };
}

/** Chunks from a position on. Asks again where the last answer ended, because both bounds of a query include their number. */
async function* chunksFrom(
  sfc: Pick<Resources, "instances">,
  id: string,
  position: { next: number },
  pace: Pace,
  follow: boolean,
  pollMs: number,
): AsyncGenerator<InstanceLogChunk, void, undefined> {
  let idle = 0;
  let ended = false;
  while (!pace.isOver()) {
    const page = await pageFrom(sfc, id, position.next, pace, follow);
    for (const chunk of page ?? []) {
      position.next = numberAfter(chunk);
      yield chunk;
    }
    const isEmpty = page?.length === 0;
    // A short page does not prove the end; an empty one after the instance has ended does.
    if (isEmpty && (ended || !follow)) return;
    idle = isEmpty ? idle + 1 : 0;
    if (follow && idle > 0 && idle % idlePollsPerLook === 0) ended = await hasEnded(sfc, id, pace);
    if (follow && !ended && page?.length !== mostChunks) await pace.sleep(pollMs * Math.min(2 ** idle, 10));
  }
}

/** One answer, in order and without anything that came before; `undefined` when it has to be asked for again. */
async function pageFrom(
  { instances }: Pick<Resources, "instances">,
  id: string,
  next: number,
  pace: Pace,
  follow: boolean,
): Promise<InstanceLogChunk[] | undefined> {
  try {
    const query = { seqnum_after: next, sort_by: "seqnum", limit: mostChunks } as const;
    const { data } = await instances.listLogs(id, query, pace.callOptions());
    return data.filter(({ seqnum }) => seqnum >= next).sort((a, b) => a.seqnum - b.seqnum);
  } catch (error) {
    if (follow && isPassing(error)) return undefined;
    throw error;
  }
}

async function hasEnded({ instances }: Pick<Resources, "instances">, id: string, pace: Pace): Promise<boolean> {
  try {
    return isOver((await instances.get(id, pace.callOptions())).status);
  } catch (error) {
    // Deleted meanwhile; anything else shows in the next answer.
    if (ApiError.is(error) && error.status === 404) return true;
    if (isPassing(error)) return false;
    throw error;
  }
}

function numberAfter({ seqnum }: InstanceLogChunk): number {
  if (Number.isSafeInteger(seqnum) && Number.isSafeInteger(seqnum + 1)) return seqnum + 1;
  // Beyond 2^53 neighbours look alike: lines would be lost or repeated.
  throw new DecodeError("the log has a seqnum that is too large to be exact.", 200, {});
}

function decode(chunk: InstanceLogChunk, joiner: TextJoiner): LogText {
  const bytes = fromBase64(chunk.data);
  if (bytes === undefined) throw new DecodeError(`chunk ${chunk.seqnum} of the log is not base64.`, 200, {});
  return { seqnum: chunk.seqnum, text: joiner.push(bytes), bytes, chunk };
}
