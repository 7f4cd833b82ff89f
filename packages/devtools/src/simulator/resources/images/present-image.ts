import type { Types } from "../../http/api-types.js";
import { describeScope } from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import type { ImageRow } from "../../storage/rows.js";

export function presentUpload(sim: Simulation, row: ImageRow): Types.ImageUpload {
  return {
    ...describeScope(sim, row, "image"),
    is_public: row.isPublic,
    object: "image",
    upload_status: row.status,
    created_at: row.createdAt,
    sha256: row.sha256,
  };
}

export function presentImage(sim: Simulation, row: ImageRow): Types.Image {
  return { ...presentUpload(sim, row), provider: row.provider };
}
