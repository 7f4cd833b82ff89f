import type { Resources } from "../../generated/resources/index.js";
import { SfcError } from "../../wrappers/errors.js";
import { TransferError } from "../errors.js";
import { isPassing } from "../pace.js";
import { partBody } from "./part-body.js";
import { failureOf, onWire, request, type Wire, WireFailure } from "./presigned.js";

/** As many as the vendor's own tool makes. */
const maxRetries = 5;

/** Stores one part. Every attempt asks for a URL of its own, because the last one may have expired. */
export async function sendPart(
  { images }: Pick<Resources, "images">,
  wire: Wire,
  imageId: string,
  part: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let retry = 0; ; retry++) {
    try {
      const call = { ...wire.pace.callOptions(), signal: wire.signal };
      const { url } = await images.createUploadPart(imageId, { part_id: part }, call);
      await put(wire, url, bytes);
      return;
    } catch (error) {
      const passing = error instanceof WireFailure ? error.passing : isPassing(error);
      if (!passing || retry === maxRetries || wire.pace.isOver())
        throw asTransferError(error, imageId, part, retry + 1);
      await wire.pace.backoff(retry, error);
    }
  }
}

async function put(wire: Wire, url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await onWire(wire, async (signal) => {
    const response = await request(wire, url, { method: "PUT", signal, ...partBody(bytes) });
    // Read, so that the connection can be used again.
    await response.text();
    if (!response.ok) throw failureOf(wire, response);
  });
}

function asTransferError(error: unknown, imageId: string, part: number, attempts: number): unknown {
  if (SfcError.is(error)) return error;
  const why = error instanceof WireFailure ? error.why : "unknown";
  return new TransferError("failed", `part ${part} did not get through: ${why}.`, imageId, { attempts });
}
