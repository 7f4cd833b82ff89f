/**
 * Uploads an image, and replaces every instance with a tag by one of this image, one after the other. Run it again after a crash: stored parts are not sent again, and no instance is replaced twice.
 *
 *     SF_API_KEY=… npx tsx examples/redeploy-fleet.ts 4f2a trainer.qcow2 sfc:workspace:acme:default fleet=trainers cloud-init.yaml
 */
import { readFile } from "node:fs/promises";
import { ApiError, type Instance, type SfcClient } from "../src/index.js";
import {
  cloudInit,
  type PaceOptions,
  resourcePath,
  tagFilter,
  uploadImage,
  waitForInstance,
} from "../src/workflows.js";
import { progressBar } from "./support/progress-bar.js";
import { type Say, whenStarted } from "./support/started.js";

export interface Release {
  /** For example the commit. It is part of every name and key. */
  readonly id: string;
  readonly file: string;
  /** The resource path. */
  readonly workspace: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The startup script, which a replacement does not inherit. */
  readonly script: string;
}

export async function redeployFleet(sfc: SfcClient, release: Release, say: Say, pace: PaceOptions = {}): Promise<void> {
  const image = await imageOf(sfc, release, pace);
  const instances = await sfc.instances
    .list({ tag: tagFilter(release.tags), status: ["running"] })
    .toArray({ max: 10_000 });
  // Replacements inherit the tags. Those of an earlier run already boot the new image.
  const old = instances.filter((instance) => instance.image.id !== image);
  for (const instance of old) {
    const fresh = await replaceOnce(sfc, instance, image, release);
    await waitForInstance(sfc, fresh.id, "running", pace);
    say(`${instance.name} is replaced by ${fresh.name}`);
  }
  say(`${old.length} of ${instances.length} instances replaced`);
}

/** The name of the replacement of this instance for this release. */
export function keyOf(release: string, instanceId: string): string {
  return `redeploy-${release}-${instanceId}`;
}

/** The parts of an instance that its replacement requires. */
export type Replaceable = Pick<Instance, "id" | "name" | "resource_path">;

/**
 * Every repeat with the same key returns the same replacement. The service forgets a key after a while. By then the old instance no longer exists, so a finished replacement is found by its name.
 * `image` is an id.
 */
export async function replaceOnce(
  sfc: SfcClient,
  old: Replaceable,
  image: string,
  release: Pick<Release, "id" | "script">,
  idempotencyKey = keyOf(release.id, old.id),
): Promise<Instance> {
  const name = `${old.name}-${release.id}`;
  const body = { image, name, cloud_init_user_data: cloudInit(release.script) };
  const fresh = await sfc.instances.replace(old.id, body, { idempotencyKey }).catch(async (error: unknown) => {
    if (!isRefused(error)) throw error;
    const found = await findInstance(sfc, resourcePath.format({ ...resourcePath.parse(old.resource_path), name }));
    if (found === undefined) throw error;
    return found;
  });
  // The replacement belongs to this release, but it may come from another attempt with another image.
  if (fresh.image.id === image) return fresh;
  throw new WrongImageError(
    `${fresh.id} ("${fresh.name}") boots ${fresh.image.id}, not ${image}: use another release, or replace it by hand`,
  );
}

/** A replacement exists, but it is not the requested one. */
export class WrongImageError extends Error {}

/** The service refused the request, and would refuse it again. */
export function isRefused(error: unknown): error is ApiError {
  if (!ApiError.is(error) || error.ambiguous) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
}

async function findInstance(sfc: SfcClient, path: string): Promise<Instance | undefined> {
  try {
    return await sfc.instances.get(path);
  } catch (error) {
    if (ApiError.is(error) && error.status === 404) return undefined;
    throw error;
  }
}

async function imageOf(sfc: SfcClient, { id, file, workspace }: Release, pace: PaceOptions): Promise<string> {
  const name = `release-${id}`;
  try {
    return (await uploadImage(sfc, file, { workspace, name, onProgress: progressBar(), ...pace })).id;
  } catch (error) {
    // An earlier run has uploaded it.
    if (!ApiError.is(error) || error.status !== 409) throw error;
    const { account, name: workspaceName } = resourcePath.parse(workspace);
    const image = await sfc.images.get(resourcePath.format({ type: "image", account, workspace: workspaceName, name }));
    if (image.upload_status !== "completed") throw error;
    return image.id;
  }
}

await whenStarted(import.meta.url, async (sfc, [id = "", file = "", workspace = "", tag = "", script = ""], say) => {
  const [key = "", value = ""] = tag.split("=");
  await redeployFleet(
    sfc,
    { id, file, workspace, tags: { [key]: value }, script: await readFile(script, "utf8") },
    say,
  );
});
