/** Runs one seed: a simulator, the proxy in front of it, the client processes, and the record of what they saw. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, type Violation } from "./check.js";
import type { Scene } from "./messages.js";
import { type Plan, type Step, type Subset, strikeFor } from "./plan.js";
import { Processes } from "./processes.js";
import { FaultyProxy } from "./proxy.js";
import { History } from "./record.js";
import { type Simulator, startSimulator } from "./simulator.js";

/** The time limit that ends a run that would otherwise hang. No check depends on it. */
const watchdogMs = 60_000;

export interface Outcome {
  readonly plan: Plan;
  readonly history: History;
  readonly violations: readonly Violation[];
}

export async function runPlan(plan: Plan, program: string, subset: Subset = {}): Promise<Outcome> {
  const simulator = await startSimulator({
    seed: plan.seed,
    assumptions: plan.assumptions,
    world: {
      pools: [{ name: "main", allocations: [{ sku: "richmond", nodes: 8 }] }, { name: "spare" }],
      instances: [{ pool: "main", sku: "richmond", count: 7 }],
    },
  });
  simulator.advance({ minutes: 1 });
  const folder = await mkdtemp(join(tmpdir(), "histories-"));
  const history = new History();
  const violations: Violation[] = [];
  let processes: Processes | undefined;
  let begun = 0;
  let quiet = false;

  const proxy = new FaultyProxy(simulator.url, {
    onRequest(sent) {
      // The request was sent before its process was killed, and never delivered.
      if (!processes?.begin(sent)) return { kind: "drop" };
      const nth = history.request(sent);
      const fault = quiet ? undefined : strikeFor(plan, subset, sent.step, nth, sent.method);
      if (fault !== undefined) history.strike(sent, nth, fault);
      return fault;
    },
    onDeliver({ dateMs }) {
      simulator.advance(Math.max(0, dateMs - simulator.now.getTime()));
    },
    onSilence(sent, ms) {
      processes?.silence(sent, ms);
    },
    kill: async ({ process }) => processes?.kill(process),
  });
  const url = await proxy.listen();
  const scene = sceneFor(simulator, url, folder);
  writeLogs(simulator, scene);
  try {
    processes = new Processes({
      plan,
      scene,
      program,
      now: () => simulator.now.getTime(),
      onInvoke(step, dateMs) {
        history.invoke(step, dateMs, idsFor(step, simulator), quiet);
        begun += 1;
        if (begun >= plan.quietAfter) quiet = true;
      },
      onEnd: (step, dateMs, end) => history.end(step, dateMs, end, idsFor(step, simulator)),
      onCrash: (step) => history.crash(step),
      onRelease: (process, request) => proxy.release(process, request),
      onProblem: (text, steps) => void violations.push({ rule: "liveness", text, steps }),
    });
    await processes.run(watchdogMs);
    quiet = true;
    await proxy.drained();
    // Another process follows the advice of every error with an uncertain outcome, which is the same call again or a check.
    await processes.settle(history.open(), watchdogMs);
    await proxy.drained();
    simulator.advance({ minutes: 5 });
    violations.push(...check(plan, history, simulator, scene));
  } finally {
    await processes?.close();
    await proxy.close();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
  return { plan, history, violations };
}

export const logLines = ["one\n", "two\n", "three\n", "four\n", "five\n"] as const;

function writeLogs(simulator: Simulator, { instances }: Scene): void {
  for (const line of logLines) simulator.writeLog(instances[6] ?? "", line);
}

function sceneFor({ state, token, now }: Simulator, url: string, folder: string): Scene {
  const [main, spare] = state.pools;
  return {
    url,
    token,
    folder,
    pool: main?.id ?? "",
    otherPool: spare?.id ?? "",
    sku: state.instanceSkus.find(({ alias }) => alias === "richmond")?.id ?? "",
    image: state.images.find(({ is_public }) => !is_public)?.id ?? "",
    workspace: state.workspaces.find(({ name }) => name === "default")?.id ?? "",
    instances: state.instances.map(({ id }) => id),
    slots: Math.ceil(now.getTime() / 3_600_000 + 48) * 3_600,
  };
}

/** The ids that a list returns on the service, if the step is a list. */
function idsFor(step: Step, { state }: Simulator): readonly string[] {
  return step.kind === "list" ? state[step.resource].map(({ id }) => id) : [];
}
