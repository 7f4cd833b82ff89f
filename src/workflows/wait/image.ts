import type { Resources } from "../../generated/resources/index.js";
import type { Image } from "../../generated/types.js";
import { type WaitOptions, watch } from "./poll.js";

const fifteenMinutesMs = 15 * 60_000;

/**
 * Waits until an image is `completed`, so that instances can boot it; for programs that did not upload it themselves.
 *
 * Calls `images.get` (`GET /preview/v2/images/{id}`), again and again; it changes nothing. A resource path is looked up once and followed by id.
 * @param options `deadlineMs` is 15 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when the upload `failed` or the image is `revoked`, `"deadline"` when the time is up
 * @throws {ApiError} `not_found` when there is no such image
 */
export function waitForImage(
  sfc: Pick<Resources, "images">,
  idOrPath: string,
  options: WaitOptions<Image> = {},
): Promise<Image> {
  let id = idOrPath;
  return watch(
    {
      what: `image ${idOrPath}`,
      goal: "completed",
      read: async (call) => {
        const image = await sfc.images.get(id, call);
        id = image.id;
        return image;
      },
      stateOf: ({ upload_status }) => upload_status,
      verdict: ({ upload_status: status }) =>
        status === "completed" ? "reached" : status === "failed" || status === "revoked" ? "unreachable" : "pending",
    },
    options,
    fifteenMinutesMs,
  );
}
