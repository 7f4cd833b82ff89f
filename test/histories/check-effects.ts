/** Checks that each key and intent has at most one effect, and that each result is true. */
import type { Evidence, Violation } from "./check.js";
import type { Scene } from "./messages.js";
import { markTag, scriptFor } from "./perform-create.js";
import { slotsApart } from "./perform-market.js";
import type { Step } from "./plan.js";
import type { Run, SentRequest } from "./record.js";
import type { Simulator } from "./simulator.js";

export function checkEffects({ history, simulator, scene, plan }: Evidence): Violation[] {
  const duplicates = duplicatedSteps(history.requests);
  const byKey = new Map<string, Run[]>();
  for (const run of history.runs) {
    if ("key" in run.step) byKey.set(run.step.key, [...(byKey.get(run.step.key) ?? []), run]);
  }
  const violations = [...byKey].flatMap(([key, runs]) =>
    checkKey(key, runs, effectsOf(simulator, scene, runs), duplicates),
  );
  for (const { step, end } of history.runs) {
    if (end?.as === "untyped") violations.push({ rule: "typed errors", text: end.error, steps: [step.id] });
    if (end === undefined) violations.push({ rule: "liveness", text: "it did not end", steps: [step.id] });
  }
  for (const run of history.runs) {
    const { step, end } = run;
    const wrong = (rule: string, text: string) => void violations.push({ rule, text, steps: [step.id] });
    // After the faults have stopped, no outcome stays uncertain.
    const follows = Number(step.id.split(".")[0]) >= plan.processes.length;
    if (end?.as === "ambiguous" && (run.quiet || follows)) {
      wrong("advice", `ambiguous although no fault was left: ${end.error}`);
    }
    if (follows && "key" in step) {
      const problem = adviceProblem(run, effectsOf(simulator, scene, byKey.get(step.key) ?? [run]));
      if (problem !== undefined) wrong("advice", `${step.key}: ${problem}`);
    }
    if (end?.as === "ok" && end.result.refused === false) wrong("key memory", "a key was sent with a second request");
  }
  return violations;
}

/** Following the advice of an error must lead to the state of the service. */
function adviceProblem({ step, end }: Run, effects: readonly string[]): string | undefined {
  if (end?.as === "fail" && effects.length > 0) return `${effects.join(", ")} is there, although: ${end.error}`;
  if (step.kind !== "look up" || end?.as !== "ok") return undefined;
  const { rows = [] } = end.result;
  const isSame = rows.length === effects.length && effects.every((id) => rows.includes(id));
  return isSame ? undefined : `found ${rows.join(", ")} instead of ${effects.join(", ")}`;
}

function checkKey(
  key: string,
  runs: readonly Run[],
  effects: readonly string[],
  duplicates: ReadonlySet<string>,
): Violation[] {
  const steps = [...new Set(runs.map(({ step }) => step.id))];
  const wrong = (rule: string, text: string): Violation => ({ rule, text: `${key}: ${text}`, steps });
  const violations: Violation[] = [];
  // A request without a key and without a name has two effects when the network delivers it twice, whatever the client does.
  const most = runs.some(({ step }) => step.kind === "create" && duplicates.has(step.id)) ? 2 : 1;
  if (effects.length > most) violations.push(wrong("one effect", `there are ${effects.length}: ${effects.join(", ")}`));
  const returned = new Set(runs.flatMap(({ end }) => (end?.as === "ok" && end.result.id ? [end.result.id] : [])));
  if (returned.size > 1) violations.push(wrong("same key, same result", [...returned].join(", ")));
  for (const id of returned) {
    if (!effects.includes(id)) violations.push(wrong("what succeeded is there", `${id} is not there`));
  }
  // A resource that already has the intent is adopted, also when the service refuses its name.
  const refused = runs.find(({ step: { kind }, end }) => {
    return kind === "createOnce" && end?.as === "fail" && [400, 409, 422].includes(end.status ?? 0);
  });
  if (refused?.end?.as === "fail" && effects.length > 0) {
    violations.push(wrong("an intent is adopted", `${effects.join(", ")} is there, although: ${refused.end.error}`));
  }
  const calls = runs.filter(({ step }) => step.kind !== "look up");
  const allFailed = calls.every(({ end }) => end?.as === "fail");
  if (allFailed && effects.length > 0) {
    const errors = calls.map(({ end }) => (end?.as === "fail" ? end.error : "")).join("; ");
    violations.push(wrong("what failed is absent", `${effects.join(", ")} is there, although: ${errors}`));
  }
  return violations;
}

function duplicatedSteps(requests: readonly SentRequest[]): Set<string> {
  return new Set(requests.filter(({ fault }) => fault?.kind === "duplicate").map(({ step }) => step));
}

interface Marked {
  readonly id: string;
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>> | null;
}

/** The ids of the resources that these runs have created on the service. */
function effectsOf({ state }: Simulator, scene: Scene, runs: readonly Run[]): string[] {
  const step = runs[0]?.step as Extract<Step, { key: string }>;
  const marked = (rows: readonly Marked[]) => rows.filter(({ tags }) => tags?.[markTag] === step.key);
  const named = (rows: readonly Marked[]) => rows.filter(({ name }) => name === step.key);
  const inSlot =
    (...slots: number[]) =>
    (row: { readonly allocation_schedule_delta: readonly { start_at: number }[] }) =>
      slots.some((slot) => row.allocation_schedule_delta[0]?.start_at === scene.slots + slot * 3_600);
  const rows = (): readonly Marked[] => {
    switch (step.kind) {
      case "order":
      case "order without key":
      case "order again":
      case "placeOrder":
        return state.orders.filter(inSlot(step.slot));
      case "reused key":
        return state.orders.filter(inSlot(step.slot, step.slot + slotsApart));
      case "transfer":
        return state.poolTransfers.filter(inSlot(step.slot));
      case "replace": {
        const script = Buffer.from(scriptFor(step.key)).toString("base64");
        return state.instances.filter(({ cloud_init_user_data }) => cloud_init_user_data === script);
      }
      case "create":
        return marked(state[step.resource]);
      case "createOnce":
        return step.resource === "workspaces" ? named(state.workspaces) : marked(state[step.resource]);
      case "deployment":
        return named(state.deployments);
      case "upload":
      case "upload file":
        return named(state.images);
      case "look up":
        return step.resource === "deployments" || step.resource === "images"
          ? named(state[step.resource])
          : marked(state[step.resource]);
    }
  };
  return rows().map(({ id }) => id);
}
