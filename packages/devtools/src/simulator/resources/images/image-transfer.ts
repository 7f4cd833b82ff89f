import { conflict, forbidden, Refusal } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import type { Simulation } from "../../simulation.js";
import type { ImageRow } from "../../storage/rows.js";
import { needImage } from "./images.js";
import { presentUpload } from "./present-image.js";

const mostBytes = 128 * 1024 ** 3;

/** Finds an image whose upload is not finished. */
function needUploading(sim: Simulation, reference: string): ImageRow {
  const row = needImage(sim, reference);
  if (row.isDefault) throw forbidden("images of the service cannot be changed");
  if (row.status !== "started" && row.status !== "uploading")
    throw refused(sim, `the upload is over: the image is ${row.status}`);
  return row;
}

function refused(sim: Simulation, message: string): Refusal {
  return new Refusal([sim.assumptions.uploadStateRefusal], message, [{ code: "wrong_state", message }]);
}

export const imageTransfer: Handlers<"create_image_upload_part_url" | "complete_image_upload" | "download_image"> = {
  create_image_upload_part_url({ path, body, origin }, sim) {
    const row = needUploading(sim, path[0]);
    return sim.uploads.presign(origin, `uploads/${row.id}/${body.part_id}`, sim.assumptions.presignedSeconds);
  },

  async complete_image_upload({ path, body }, sim) {
    const row = needUploading(sim, path[0]);
    if (sim.uploads.partCount(row.id) === 0) throw refused(sim, "no part was uploaded");
    if (sim.uploads.size(row.id) > mostBytes) throw refused(sim, "the image is larger than 128 GiB");
    const actual = await sim.uploads.sha256(row.id);
    // Checked again, because another caller may have completed or deleted the image while it was hashed.
    needUploading(sim, row.id);
    row.actualSha256 = actual;
    // The hash is not checked here, as in the service. With a wrong one, the boot of an instance fails.
    row.sha256 = body.sha256;
    row.status = "completed";
    return presentUpload(sim, row);
  },

  download_image({ path, origin }, sim) {
    const row = needImage(sim, path[0]);
    if (row.status !== "completed" || row.sha256 === null)
      throw conflict(`the image is ${row.status}, not completed`, "wrong_state");
    const signed = sim.uploads.presign(origin, `downloads/${row.id}`, sim.assumptions.presignedSeconds);
    return { ...signed, sha256: row.sha256, size: sim.uploads.size(row.id) };
  },
};
