import { visible } from "../../access/grants.js";
import { conflict, forbidden, notFound } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { among, creationPage, listResponse } from "../../queries/lists.js";
import type { Simulation } from "../../simulation.js";
import { chooseName, find, needOwnWorkspace, needWorkspace } from "../../storage/lookup.js";
import type { ImageRow } from "../../storage/rows.js";
import { canonicalId } from "../../world/ids.js";
import { presentImage, presentUpload } from "./present-image.js";

export function needImage(sim: Simulation, reference: string): ImageRow {
  const row = find(sim, sim.store.images, "image", reference);
  if (row === undefined) throw notFound("image");
  return row;
}

/** Refuses changes to the vendor's own images. */
function refuseDefault(row: ImageRow): void {
  if (row.isDefault) throw forbidden("images of the service cannot be changed");
}

function inUse(sim: Simulation, image: ImageRow): boolean {
  const uses = ({ imageId }: { imageId: string }) => imageId === image.id;
  return sim.store.templates.some(uses) || sim.store.instances.live().some(uses);
}

function move(sim: Simulation, reference: string, from: ImageRow["status"], to: ImageRow["status"]) {
  const row = needImage(sim, reference);
  refuseDefault(row);
  if (row.status !== from) throw conflict(`the image is ${row.status}, not ${from}`, "wrong_state");
  row.status = to;
  return presentImage(sim, row);
}

export const images: Handlers<
  "list_images" | "create_image" | "fetch_image" | "delete_image" | "revoke_image" | "reinstate_image"
> = {
  list_images({ query, caller }, sim) {
    const workspace = query.workspace === undefined ? undefined : needWorkspace(sim, query.workspace).id;
    const mayList = visible(sim, caller, "image:list");
    const id = among(query.id?.map(canonicalId));
    const rows = sim.store.images.where((row) => {
      // Public images are listed only when their workspace is requested.
      const inScope = workspace === undefined ? !row.isPublic && mayList(row.scope) : row.scope === workspace;
      return inScope && id(row.id);
    });
    return listResponse(creationPage(sim, rows, query, "imagec"), (row) => presentImage(sim, row));
  },

  create_image({ body }, sim) {
    const workspace = needOwnWorkspace(sim, body.workspace);
    const clash = (name: string) => conflict(`the workspace already has an image named "${name}"`, "name_taken");
    const row = sim.store.images.insert({
      id: sim.ids.make("image"),
      seq: sim.store.nextSeq(),
      scope: workspace.id,
      name: chooseName(sim, sim.store.images, workspace.id, body.name, clash),
      isPublic: false,
      isDefault: false,
      provider: null,
      status: "started",
      sha256: null,
      actualSha256: null,
      createdAt: sim.clock.seconds,
    });
    return presentUpload(sim, row);
  },

  fetch_image({ path }, sim) {
    return presentImage(sim, needImage(sim, path[0]));
  },

  async delete_image({ path }, sim) {
    const row = needImage(sim, path[0]);
    refuseDefault(row);
    if (inUse(sim, row)) throw conflict("a template or an active instance uses this image", "in_use");
    sim.store.images.remove(row);
    await sim.uploads.forget(row.id);
    return { object: "image", deleted: true, name: row.name };
  },

  revoke_image({ path }, sim) {
    return move(sim, path[0], "completed", "revoked");
  },

  reinstate_image({ path }, sim) {
    return move(sim, path[0], "revoked", "completed");
  },
};
