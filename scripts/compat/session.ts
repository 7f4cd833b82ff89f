import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoggedRequest, Simulator, SimulatorOptions, startSimulator } from "../../packages/devtools/src/index.js";

export interface Result {
  readonly check: string;
  /** Absent: it passed. */
  readonly failure?: string;
}

/** What a runtime's program is told. */
export interface Session {
  readonly baseUrl: string;
  readonly token: string;
}

/** Runs one runtime's program against a simulator of its own, the tarball's, and looks at both sides of what happened. */
export async function inSession(
  consumer: string,
  program: (session: Session) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const simulator = await startTarballSimulator(consumer, {
    startAt: new Date(),
    faults: [
      { operation: "create_order", nth: 2, fault: { kind: "reset", when: "after" } },
      { operation: "list_images", fault: { kind: "stall", at: "headers" } },
    ],
  });
  try {
    const results = await program({ baseUrl: simulator.url, token: simulator.token });
    const doubt = lostAnswerDoubt(simulator.requests);
    return results.map((result) =>
      result.check === "replay after a fault" && !result.failure && doubt ? { ...result, failure: doubt } : result,
    );
  } finally {
    await simulator.close();
  }
}

export async function startTarballSimulator(consumer: string, options: SimulatorOptions): Promise<Simulator> {
  const entry = pathToFileURL(join(consumer, "node_modules/sfc-preview-devtools/dist/index.js")).href;
  const devtools = (await import(entry)) as { startSimulator: typeof startSimulator };
  return devtools.startSimulator(options);
}

/** The program sees one order. Whether that is so because a key was repeated, only the server can tell. */
export function lostAnswerDoubt(requests: readonly LoggedRequest[]): string | undefined {
  const sent = requests.filter(({ idempotencyKey }) => idempotencyKey === "compat-replay");
  const [first, second] = sent;
  if (sent.length !== 2) return `the server saw ${sent.length} requests with the key instead of 2`;
  if (first?.fault !== "reset" || !first.committed) return "the first answer was not lost";
  return second?.replayed && !second.committed ? undefined : "the repeat was not answered with the first result";
}
