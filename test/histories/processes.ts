/** The client processes of one seed. They are started, killed with SIGKILL, and restarted where they stopped. */
import { type ChildProcess, fork } from "node:child_process";
import type { End, Scene, ToClient, ToRunner } from "./messages.js";
import type { Plan, Step } from "./plan.js";
import type { Sent } from "./proxy.js";
import { repeatable } from "./record.js";

export interface ProcessesOptions {
  readonly plan: Plan;
  readonly scene: Scene;
  /** The bundled client. */
  readonly program: string;
  /** The date of the service, in milliseconds. */
  now(): number;
  onInvoke(step: Step, dateMs: number): void;
  onEnd(step: Step, dateMs: number, end: End): void;
  onCrash(step: Step): void;
  onRelease(process: number, request: number): void;
  onProblem(text: string, steps: readonly string[]): void;
}

interface Client {
  readonly number: number;
  child: ChildProcess;
  life: number;
  /** The steps of each lane that have not ended. */
  lanes: (readonly Step[])[];
  readonly begun: Set<string>;
  readonly done: Promise<void>;
  finish(): void;
}

export class Processes {
  readonly #options: ProcessesOptions;
  readonly #clients = new Map<number, Client>();
  kills = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  /** Runs all lanes to their end. */
  async run(watchdogMs: number): Promise<void> {
    const { processes } = this.#options.plan;
    for (const [number, lanes] of processes.entries()) if (lanes.flat().length > 0) this.#start(number, lanes);
    await this.#finished(watchdogMs);
  }

  /** Runs these steps in a new process. */
  async settle(steps: readonly Step[], watchdogMs: number): Promise<void> {
    const number = this.#options.plan.processes.length;
    if (steps.length === 0) return;
    const renamed = steps.map((step, index) => ({ ...step, id: `${number}.0.${index}`, client: "methods" as const }));
    this.#start(number, [renamed]);
    await this.#finished(watchdogMs);
  }

  /** Marks a step as begun, because its request can arrive before the message about its begin. Returns `false` when its process has ended. */
  begin({ process, life, step, dateMs }: Sent): boolean {
    const client = this.#clients.get(process);
    if (client === undefined || client.life !== life) return false;
    const known = client.lanes.flat().find(({ id }) => id === step);
    if (known !== undefined) this.#begin(client, known, dateMs);
    return true;
  }

  #begin({ begun }: Client, step: Step, dateMs: number): void {
    if (begun.has(step.id)) return;
    begun.add(step.id);
    this.#options.onInvoke(step, dateMs);
  }

  silence({ process, request }: Sent, ms?: number): void {
    this.#send(process, ms === undefined ? { type: "silent", request } : { type: "held", request, ms });
  }

  /** Kills a process and restarts it with its unfinished steps. */
  async kill(number: number): Promise<void> {
    const client = this.#clients.get(number);
    if (client === undefined) return;
    const { child } = client;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.removeAllListeners("message");
    child.kill("SIGKILL");
    await gone;
    if (client.child !== child) return;
    this.kills += 1;
    client.lanes = client.lanes.map((lane) => this.#afterCrash(client, lane));
    client.life += 1;
    client.child = this.#spawn(client);
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#clients.values()].map(({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.removeAllListeners("message");
        child.kill("SIGKILL");
        return gone;
      }),
    );
  }

  /** A step that was running is repeated if that is safe. A caller without a key must check first. */
  #afterCrash({ begun }: Client, lane: readonly Step[]): readonly Step[] {
    const [current, ...rest] = lane;
    if (current === undefined || !begun.delete(current.id)) return lane;
    this.#options.onCrash(current);
    return repeatable.has(current.kind) ? lane : rest;
  }

  #start(number: number, lanes: readonly (readonly Step[])[]): void {
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const client: Client = { number, life: 0, lanes: [...lanes], begun: new Set(), done, finish } as never;
    client.child = this.#spawn(client);
    this.#clients.set(number, client);
  }

  #spawn(client: Client): ChildProcess {
    const child = fork(this.#options.program, [], { execArgv: [], stdio: ["ignore", "inherit", "pipe", "ipc"] });
    let output = "";
    child.stderr?.on("data", (text) => (output += text));
    child.on("message", (message: ToRunner) => this.#receive(client, message));
    child.once("exit", (code, signal) => {
      if (signal === "SIGKILL" || client.child !== child) return;
      this.#options.onProblem(`process ${client.number} ended with ${code ?? signal}: ${output}`, [...client.begun]);
      client.finish();
    });
    return child;
  }

  #receive(client: Client, message: ToRunner): void {
    switch (message.type) {
      case "ready": {
        const { plan, scene } = this.#options;
        const { seed, transport } = plan;
        const { number, life, lanes } = client;
        const dateMs = this.#options.now();
        this.#send(number, { type: "start", process: number, life, seed, transport, dateMs, scene, lanes });
        break;
      }
      case "invoke":
        this.#begin(client, find(client, message.step), message.dateMs);
        break;
      case "end": {
        const step = find(client, message.step);
        client.begun.delete(step.id);
        client.lanes = client.lanes.map((lane) => lane.filter(({ id }) => id !== step.id));
        this.#options.onEnd(step, message.dateMs, message.end);
        break;
      }
      case "release":
        this.#options.onRelease(client.number, message.request);
        break;
      case "finished":
        client.finish();
        break;
      case "hang":
        this.#options.onProblem(`process ${client.number} waits for what never comes`, message.steps);
        client.finish();
    }
  }

  #send(number: number, message: ToClient): void {
    const child = this.#clients.get(number)?.child;
    // A process that has ended needs no message.
    if (child?.connected) child.send(message, () => undefined);
  }

  async #finished(watchdogMs: number): Promise<void> {
    let watchdog: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      watchdog = setTimeout(resolve, watchdogMs, "late");
    });
    const all = Promise.all([...this.#clients.values()].map(({ done }) => done));
    if ((await Promise.race([all, late])) === "late") {
      const steps = [...this.#clients.values()].flatMap(({ begun }) => [...begun]);
      this.#options.onProblem("the lanes did not finish", steps);
    }
    clearTimeout(watchdog);
  }
}

function find({ lanes }: Client, id: string): Step {
  const step = lanes.flat().find((one) => one.id === id);
  if (step === undefined) throw new Error(`there is no step ${id}`);
  return step;
}
