/** Steps with images: uploads and downloads. */
import { createHash } from "node:crypto";
import { access, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadImage, TransferError, uploadImage } from "../../src/workflows.js";
import type { Result } from "./messages.js";
import type { Clients, StepOf } from "./perform.js";

export const imageBytes = (name: string) => new TextEncoder().encode(`${name} `.repeat(2_000));

export async function upload(
  { sfc, scene, fetch, runtime }: Clients,
  { key: name }: StepOf<"upload">,
): Promise<Result> {
  const options = { workspace: scene.workspace, name, concurrency: 1, fetch, runtime };
  return { id: (await uploadImage(sfc, new Blob([imageBytes(name)]), options)).id };
}

/** Continues from the record of an earlier process. No other step uses the name, so that this one may follow the advice to set `imageId`. */
export async function uploadFile(
  { sfc, scene, fetch, runtime }: Clients,
  { key: name }: StepOf<"upload file">,
): Promise<Result> {
  const path = join(scene.folder, `${name}.img`);
  await writeOnce(path, imageBytes(name));
  const options = { workspace: scene.workspace, name, concurrency: 1, fetch, runtime };
  try {
    return { id: (await uploadImage(sfc, path, options)).id };
  } catch (error) {
    if (!TransferError.is(error) || error.reason !== "unconfirmed" || error.imageId === undefined) throw error;
    return { id: (await uploadImage(sfc, path, { ...options, imageId: error.imageId })).id };
  }
}

/** Writes the file completely and only once: a process can be killed in the middle, and the record contains the modification time of the file. */
async function writeOnce(path: string, bytes: Uint8Array): Promise<void> {
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    return;
  await writeFile(`${path}.${process.pid}`, bytes);
  await rename(`${path}.${process.pid}`, path);
}

export async function download({ sfc, scene, fetch, runtime }: Clients, { id }: StepOf<"download">): Promise<Result> {
  const path = join(scene.folder, id);
  const { sha256 } = await downloadImage(sfc, scene.image, path, { fetch, runtime, overwrite: true });
  const onDisk = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  return { id: scene.image, sha256, rows: [onDisk] };
}
