import { Readable } from "node:stream";
import type { Reply } from "../faults/connection.js";
import type { Faults } from "../faults/faults.js";
import { afterCommit, beforeCommit } from "../faults/response-faults.js";
import type { Simulation } from "../simulation.js";
import { type ApiContext, getConnection, type Recorder, send } from "./send.js";

/** Creates an error reply of an object store, which is XML and not the API's envelope. */
function denied(code: string): Reply {
  return {
    status: 403,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`,
  };
}

/** Handles the `PUT` of one part to its presigned URL. */
export async function uploadPart(c: ApiContext, sim: Simulation, faults: Faults, record: Recorder): Promise<Response> {
  const fault = faults.next("upload_part");
  const entry = record(c, "upload_part", fault);
  const connection = getConnection(c);
  if (fault?.kind !== "refuse" && fault !== undefined) await drain(connection.body, fault.kind);
  const early = beforeCommit(fault, connection);
  if (early !== "carryOn") return send(entry, early);

  const imageId = c.req.param("image") ?? "";
  const partId = Number(c.req.param("part"));
  const refusal = sim.uploads.refusal(`uploads/${imageId}/${partId}`, new URL(c.req.url).searchParams);
  const image = sim.store.images.get(imageId);
  const open = image?.status === "started" || image?.status === "uploading";
  if (refusal !== undefined || image === undefined || !open) return send(entry, denied(refusal ?? "AccessDenied"));

  await sim.uploads.write(imageId, partId, connection.body);
  if (image.status === "started") image.status = "uploading";
  entry.committed = true;
  return send(
    entry,
    afterCommit(fault, connection, { status: 200, headers: { etag: `"${imageId}-${partId}"` }, body: "" }),
  );
}

/** Reads the body of a request that a fault responds to before it is executed, as servers do. */
async function drain(incoming: AsyncIterable<unknown>, kind: string): Promise<void> {
  if (kind !== "answer" && kind !== "redirect") return;
  for await (const _ of incoming);
}

/** Handles the `GET` of an image's bytes: all of them, or one range. */
export function downloadBytes(c: ApiContext, sim: Simulation, faults: Faults, record: Recorder): Response {
  const fault = faults.next("download_bytes");
  const entry = record(c, "download_bytes", fault);
  const connection = getConnection(c);
  const early = beforeCommit(fault, connection);
  if (early !== "carryOn") return send(entry, early);

  const imageId = c.req.param("image") ?? "";
  const refusal = sim.uploads.refusal(`downloads/${imageId}`, new URL(c.req.url).searchParams);
  if (refusal !== undefined || sim.uploads.partCount(imageId) === 0) return send(entry, denied(refusal ?? "NoSuchKey"));

  const size = sim.uploads.size(imageId);
  const range = readRange(c.req.header("range"), size);
  if (range === "unsatisfiable") {
    return send(entry, { status: 416, headers: { "content-range": `bytes */${size}` }, body: "" });
  }
  const { from, to } = range ?? { from: 0, to: size };
  const headers: Record<string, string> = {
    "content-type": "application/octet-stream",
    "content-length": String(to - from),
    "accept-ranges": "bytes",
  };
  if (range !== undefined) headers["content-range"] = `bytes ${from}-${to - 1}/${size}`;
  entry.status = range === undefined ? 200 : 206;
  const half = fault?.kind === "truncate" || fault?.kind === "stall";
  const end = half ? from + Math.floor((to - from) / 2) : to;
  if (!half) {
    const bytes = Readable.toWeb(Readable.from(sim.uploads.read(imageId, from, to))) as ReadableStream<Uint8Array>;
    return new Response(bytes, { status: entry.status, headers });
  }
  const then = fault.kind === "truncate" ? "cut" : "hold";
  return connection.sendPart({ status: entry.status, headers }, sim.uploads.read(imageId, from, end), then);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Reads `bytes=a-b`, `bytes=a-` and `bytes=-n`. Several ranges and other values are ignored, as HTTP allows. */
function readRange(header: string | undefined, size: number): Range | "unsatisfiable" | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (found === null || (found[1] === "" && found[2] === "")) return undefined;
  const from = found[1] === "" ? Math.max(0, size - Number(found[2])) : Number(found[1]);
  const to = found[1] === "" || found[2] === "" ? size : Math.min(size, Number(found[2]) + 1);
  return from >= size || from >= to ? "unsatisfiable" : { from, to };
}
