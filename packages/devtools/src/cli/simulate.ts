import { parseArgs } from "node:util";
import { type SimulatorOptions, startSimulator } from "../simulator.js";
import { type Command, readPort, type Terminal, UsageProblem } from "./command.js";
import { serve } from "./serve.js";
import { readWorldFile, writeWorldFile } from "./world-file.js";

export const simulate: Command = {
  summary: "a server that behaves like the API and remembers",
  usage: `Usage: sfc-preview-devtools simulate [options]

Starts the simulator on 127.0.0.1.

  --port N       listen on this port; 0 picks a free one (default: 0)
  --world FILE   begin with this world: JSON with members that replace those of the default one, or a saved world
  --state FILE   continue the world in this file, and save it there at the end; begin anew while there is no such file
  --seed N       what ids, names and probabilities are generated from: a number or a text (default: sfc)
  --clock MODE   wall: simulated time follows the clock of this machine (default); virtual: only --control moves it
  --speed N      simulated seconds per second of the wall clock (default: 1)
  --token VALUE  accept this token only (default: sk_live_simulator, and any other that begins with sk_live_)
  --control      allow control over HTTP; /_simulator/openapi.json describes it
  --json         print the addresses and the token as one line of JSON`,
  async run(args, terminal) {
    const { options, stateFile, asJson } = readArguments(args);
    const saved = stateFile === undefined ? {} : readWorldFile(stateFile, "--state", { mayBeMissing: true });
    if (options.control !== true && options.realTime !== true) {
      terminal.report("simulate: the clock stands still, because --clock virtual needs --control to move it");
    }
    const simulator = await startSimulator({ ...options, ...saved });
    const { url, token } = simulator;
    const control = options.control === true ? `${url}/_simulator` : undefined;
    const announcement = {
      message: `simulate listens on ${url} (Ctrl-C ends it)`,
      variables: { SF_BASE_URL: url, SF_API_KEY: token },
      json: asJson ? { url, token, ...(control && { control }) } : undefined,
    };
    serve(simulator, announcement, terminal, async () => {
      if (stateFile !== undefined) await saveState(stateFile, simulator, terminal);
    });
    return undefined;
  },
};

async function saveState(
  file: string,
  simulator: Awaited<ReturnType<typeof startSimulator>>,
  terminal: Terminal,
): Promise<void> {
  const saved = await simulator.save();
  writeWorldFile(file, saved);
  for (const id of saved.imagesWithoutBytes) {
    terminal.report(`simulate: ${id} was saved without its bytes, because it is too large`);
  }
}

interface Arguments {
  readonly options: SimulatorOptions;
  readonly stateFile: string | undefined;
  readonly asJson: boolean;
}

/** Throws a `UsageProblem` for options that are invalid or exclude each other. */
export function readArguments(args: readonly string[]): Arguments {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = { port: text, world: text, state: text, seed: text, clock: text, speed: text, token: text };
  const { values } = parseArgs({ args: [...args], options: { ...options, control: flag, json: flag } });
  const { seed, clock = "wall", token } = values;
  if (clock !== "wall" && clock !== "virtual") throw new UsageProblem(`--clock: "${clock}" must be wall or virtual`);
  const speed = values.speed === undefined ? undefined : readSpeed(values.speed);
  if (speed !== undefined && clock === "virtual")
    throw new UsageProblem("--speed cannot be combined with --clock virtual");
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageProblem("--token must be visible ASCII characters without spaces");
  }
  return {
    options: {
      port: readPort(values.port),
      realTime: clock === "wall",
      ...(values.control && { control: true }),
      ...(seed !== undefined && { seed }),
      ...(speed !== undefined && { speed }),
      ...(token !== undefined && { tokens: [{ value: token, user: null }] }),
      ...(values.world !== undefined && readWorldFile(values.world, "--world")),
    },
    stateFile: values.state,
    asJson: values.json ?? false,
  };
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (text.trim() !== "" && Number.isFinite(speed) && speed > 0) return speed;
  throw new UsageProblem(`--speed: "${text}" is not a positive number`);
}
