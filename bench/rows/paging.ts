import { type Contender, clients } from "../contenders.js";
import { inTurn, type Launch, startWorker } from "../rounds.js";
import { againstRaw, type Row, type Samples } from "../table.js";
import type { PagingJob } from "../workers/client.js";
import type { Context } from "../workshop.js";

const rowsPerPage = 200;

interface Walk {
  readonly contender: Contender;
  readonly what: "walk" | "walkAhead";
}

/** An iteration over a long list. Each sample is a new process. */
export async function paging({ workshop, quick, progress }: Context): Promise<Row[]> {
  const { folder, hasNodeTransport } = workshop;
  const pages = quick ? 250 : 1_000;
  const walkers: readonly Contender[] = hasNodeTransport ? [...clients, "ours-node"] : clients;
  const walks: Walk[] = [
    ...walkers.map((contender) => ({ contender, what: "walk" }) as const),
    ...walkers
      .filter((contender) => contender.startsWith("ours"))
      .map((contender) => ({ contender, what: "walkAhead" }) as const),
  ];
  const speed = { walk: emptySamples(walkers), walkAhead: emptySamples(walkers) };
  const peak = emptySamples(walkers);
  const server = await startWorker({ folder, kind: "server", arguments: [`${pages}`, `${rowsPerPage}`] }, "server");
  try {
    const launch: Launch = { folder, kind: "paging", arguments: [`http://127.0.0.1:${await server.ask({})}`] };
    const rounds = quick ? 3 : 5;
    for (let round = 0; round < rounds; round++) {
      progress(`paging ${pages} x ${rowsPerPage}, round ${round + 1} of ${rounds}`);
      for (const { contender, what } of inTurn(walks, round)) {
        const measured = await walk(launch, contender, what);
        speed[what][contender]?.push(measured.rowsPerSecond);
        if (what === "walk") peak[contender]?.push(measured.peakMiB);
      }
    }
  } finally {
    server.end();
  }
  const ahead = { raw: speed.walk.raw, ours: speed.walkAhead.ours, "ours-node": speed.walkAhead["ours-node"] };
  const orNotBuilt = (samples: Partial<Record<Contender, number[] | undefined>>): Samples =>
    ({ ...samples, "ours-node": hasNodeTransport ? samples["ours-node"] : "not built" }) as Samples;
  const title = `paging ${pages.toLocaleString("en-US")} x ${rowsPerPage}`;
  const row = { unit: "items/s", better: "higher", digits: 2 } as const;
  return [
    {
      ...row,
      id: "paging",
      title,
      cells: againstRaw(orNotBuilt(speed.walk), "ratio"),
      targets: { ours: 1, "ours-node": 1.05 },
    },
    {
      ...row,
      id: "paging-ahead",
      title: `${title}, look-ahead`,
      cells: againstRaw(orNotBuilt(ahead), "ratio"),
      targets: { ours: 1.2 },
    },
    {
      id: "paging-peak",
      title: "peak memory for it, over raw",
      unit: "MiB",
      better: "lower",
      digits: 1,
      cells: againstRaw(orNotBuilt(peak), "difference"),
      targets: { ours: 5 },
    },
  ];
}

function emptySamples(walkers: readonly Contender[]): Partial<Record<Contender, number[]>> {
  return Object.fromEntries(walkers.map((name) => [name, []]));
}

async function walk(launch: Launch, contender: Contender, what: PagingJob["what"]) {
  const worker = await startWorker(launch, contender);
  try {
    const rowsPerSecond = await worker.ask({ what });
    return { rowsPerSecond, peakMiB: await worker.ask({ what: "peak" }) };
  } finally {
    worker.end();
  }
}
