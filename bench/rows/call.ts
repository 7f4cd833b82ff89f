import { clients } from "../contenders.js";
import { inRounds } from "../rounds.js";
import { againstRaw, type Row } from "../table.js";
import type { CpuJob } from "../workers/client.js";
import type { Context } from "../workshop.js";

const rows = [
  { call: "list", title: "list, CPU with a stub fetch", target: 1.6 },
  { call: "create", title: "create with a key of the program's, CPU", target: 1.7 },
  { call: "createWithFreshKey", title: "create with a fresh key, CPU", target: 1.7 },
] as const;

/** The processor time of a call without a network, in microseconds. */
export async function cpu({ workshop, quick, progress }: Context): Promise<Row[]> {
  const measured: Row[] = [];
  for (const { call, title, target } of rows) {
    progress(title);
    // Jobs are short, so that other work on the machine slows down a whole round and not a single contender.
    const job: CpuJob = { call, times: 1_000 };
    const samples = await inRounds({
      folder: workshop.folder,
      kind: "cpu",
      contenders: clients,
      sessions: quick ? 1 : 2,
      rounds: quick ? 15 : 40,
      warmUp: { call, times: 6_000 },
      job,
    });
    measured.push({
      id: `cpu-${call}`,
      title,
      unit: "us",
      better: "lower",
      digits: 2,
      cells: againstRaw(samples, "ratio"),
      targets: { ours: target },
    });
  }
  return measured;
}

/** How much memory one list call allocates, which determines how often the garbage collector runs. */
export async function heap({ workshop, quick, progress }: Context): Promise<Row[]> {
  const title = "heap per list call over raw";
  progress(title);
  const samples = await inRounds({
    folder: workshop.folder,
    kind: "heap",
    flags: ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"],
    contenders: clients,
    sessions: 1,
    rounds: quick ? 3 : 7,
    // Code that is not yet compiled allocates more.
    warmUp: { times: 1_000 },
    job: { times: 1_000 },
  });
  const cells = againstRaw(samples, "difference");
  return [{ id: "heap-list", title, unit: "KB", better: "lower", digits: 1, cells, targets: { ours: 6 } }];
}
