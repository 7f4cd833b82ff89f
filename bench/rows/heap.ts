import { clients } from "../contenders.js";
import { inRounds } from "../rounds.js";
import { againstRaw, type Row } from "../row.js";
import type { Context } from "./context.js";

/** How much one list call allocates; it is what makes the garbage collector run. */
export async function heap({ workshop, quick, progress }: Context): Promise<Row[]> {
  const title = "heap per list call over raw";
  progress(title);
  const samples = await inRounds({
    folder: workshop.folder,
    worker: "heap",
    flags: ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"],
    contenders: clients,
    sessions: 1,
    rounds: quick ? 3 : 7,
    // Code that is not compiled yet allocates more.
    warmUp: { times: 1_000 },
    job: { times: 1_000 },
  });
  const cells = againstRaw(samples, "difference");
  return [{ id: "heap-list", title, unit: "KB", better: "lower", digits: 1, cells, targets: { ours: 6 } }];
}
