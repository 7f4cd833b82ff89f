import { parseArgs } from "node:util";
import { startSimulator } from "../simulator.js";
import { type Command, readPort } from "./command.js";
import { serve } from "./serve.js";

export const simulate: Command = {
  summary: "a server that behaves like the API and remembers",
  usage: `Usage: sfc-preview-devtools simulate [options]

Starts the simulator on 127.0.0.1. Its time follows the clock of this machine.

  --port N   listen on this port; 0 picks a free one (default: 0)
  --seed S   what ids, names and probabilities are generated from (default: sfc)
  --json     print the address and a token as one line of JSON`,
  async run(args, terminal) {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: "string" }, seed: { type: "string" }, json: { type: "boolean" } },
    });
    const { seed } = values;
    const port = readPort(values.port);
    const simulator = await startSimulator({
      port,
      realTime: true,
      keepRequests: 1_000,
      ...(seed !== undefined && { seed }),
    });
    const { url, token } = simulator;
    serve(
      simulator,
      {
        message: `simulate listens on ${url} (Ctrl-C ends it)`,
        variables: { SF_BASE_URL: url, SF_API_KEY: token },
        json: values.json ? { url, token } : undefined,
      },
      terminal,
    );
    return undefined;
  },
};
