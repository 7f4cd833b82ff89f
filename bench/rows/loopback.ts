import { names } from "../contenders.js";
import { inRounds, startWorker } from "../rounds.js";
import { againstRaw, type Row } from "../table.js";
import type { Context } from "../workshop.js";

const rows = [
  { atOnce: 1, requests: 200, targets: { ours: 0.95, "ours-node": 1.45 } },
  { atOnce: 64, requests: 640, targets: { ours: 0.95, "ours-node": 1.45 } },
] as const;

/** Complete calls over a real connection, each for a page of one instance. */
export async function loopback({ workshop, quick, progress }: Context): Promise<Row[]> {
  const { folder, hasNodeTransport } = workshop;
  const server = await startWorker({ folder, kind: "server" }, "server");
  try {
    const url = `http://127.0.0.1:${await server.ask({})}`;
    const measured: Row[] = [];
    for (const { atOnce, requests, targets } of rows) {
      const title = `loopback requests, ${atOnce} at a time`;
      progress(title);
      const samples = await inRounds({
        folder,
        kind: "loopback",
        arguments: [url],
        contenders: names.filter((name) => name !== "ours-node" || hasNodeTransport),
        sessions: quick ? 1 : 2,
        rounds: quick ? 8 : 15,
        warmUp: { atOnce, requests: 1_000 },
        job: { atOnce, requests },
      });
      const cells = againstRaw(hasNodeTransport ? samples : { ...samples, "ours-node": "not built" }, "ratio");
      measured.push({ id: `loopback-${atOnce}`, title, unit: "/s", better: "higher", digits: 2, cells, targets });
    }
    return measured;
  } finally {
    server.end();
  }
}
