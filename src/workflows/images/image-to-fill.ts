import type { Resources } from "../../generated/resources/index.js";
import type { ImageUpload } from "../../generated/types.js";
import { AbortError, ApiError, SfcError } from "../../wrappers/errors.js";
import { isIn } from "../create-once/compare.js";
import { findByPath, scopeOfWorkspace } from "../create-once/lookup.js";
import { TransferError } from "../errors.js";
import { askedMs, longestAskedMs, type Pace } from "../pace.js";

const maxAttempts = 4;

type ImageClient = Pick<Resources, "images" | "workspaces">;

/** What an image to fill is asked for by. */
interface ImageRequest {
  readonly workspace: string;
  readonly name: string;
  /** Whether an earlier process may have created it. */
  readonly resumed: boolean;
}

/**
 * Creates the image to fill. An image that is found only by its name is never returned: it may be another caller's, and two uploads into one image mix their bytes.
 */
export async function createImage(sfc: ImageClient, request: ImageRequest, pace: Pace): Promise<ImageUpload> {
  const { workspace, name } = request;
  let lost = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await sfc.images.create({ workspace, name }, pace.callOptions());
    } catch (error) {
      const isLost = SfcError.is(error) && error.ambiguous;
      const isTaken = ApiError.is(error) && error.status === 409 && (lost || request.resumed);
      if (AbortError.is(error)) throw lost ? aborted(name) : error;
      if (!isLost && !isTaken) throw lost ? unconfirmed(request, error) : error;
      lost ||= isLost;
      // A lost request may still arrive: give it a moment before the look.
      if (isLost) await pause(pace, 1_000 * 2 ** (attempt - 1), request, error);
      const found = await findImage(sfc, request, pace, error);
      if (found || isTaken || attempt === maxAttempts || pace.isOver()) throw unconfirmed(request, error, found);
    }
  }
}

/** Reads the image that the caller names by its id, and makes sure that it is the one that the other options describe. */
export async function readImage(
  { images }: ImageClient,
  { workspace, name, imageId }: { readonly workspace: string; readonly name: string; readonly imageId: string },
  pace: Pace,
): Promise<ImageUpload> {
  const image = await images.get(imageId, pace.callOptions());
  if (image.name === name && isIn(workspace, image)) return image;
  const message = `image ${imageId} is ${image.resource_path}, not "${name}" in ${workspace}. Nothing was sent: check \`imageId\`, \`name\` and \`workspace\`.`;
  throw new TransferError("state", message, imageId);
}

async function findImage(
  sfc: ImageClient,
  { workspace, name }: ImageRequest,
  pace: Pace,
  failure: unknown,
): Promise<{ readonly id: string } | undefined> {
  try {
    const scope = await scopeOfWorkspace(sfc, workspace, pace.callOptions());
    return await findByPath(sfc.images, "image", scope, name, pace.callOptions());
  } catch (error) {
    throw AbortError.is(error) ? aborted(name) : unconfirmed({ workspace, name }, failure);
  }
}

/** At least `leastMs`, and what the service asked for. */
async function pause(pace: Pace, leastMs: number, request: ImageRequest, failure: unknown): Promise<void> {
  const ms = Math.max(leastMs, askedMs(failure));
  if (ms > longestAskedMs) throw unconfirmed(request, failure);
  await pace.sleep(ms).catch(() => {
    throw aborted(request.name);
  });
  if (pace.isOver()) throw unconfirmed(request, failure);
}

function aborted(name: string): AbortError {
  const message = `aborted by the caller's signal; it is not certain whether image "${name}" was created.`;
  return new AbortError(message, { ambiguous: true });
}

function unconfirmed(
  { workspace, name }: Pick<ImageRequest, "workspace" | "name">,
  cause: unknown,
  found?: { readonly id: string },
): TransferError {
  const next = found
    ? `Image ${found.id} has this name, but another caller may have created it, so nothing was written to it. If it is yours and no one else uploads to it, set \`imageId\` to this id to continue; otherwise choose another name.`
    : "No image of this name could be read. Call again to find out.";
  const message = `it is not certain whether this upload created image "${name}" in ${workspace}. ${next}`;
  return new TransferError("unconfirmed", message, found?.id, { cause, ambiguous: true });
}
