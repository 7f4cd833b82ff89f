import { parseArgs } from "node:util";
import { startMockServer } from "../mock-server.js";
import { type Command, readPort } from "./command.js";
import { serve } from "./serve.js";

export const mock: Command = {
  summary: "a server without memory that checks each request and returns examples (needs @stoplight/prism-cli)",
  usage: `Usage: sfc-preview-devtools mock [options]

Starts Prism on 127.0.0.1 with the description of the API. Needs @stoplight/prism-cli beside this package.

  --port N   listen on this port; 0 picks a free one (default: 0)
  --json     print the address and a token as one line of JSON`,
  async run(args, terminal) {
    const { values } = parseArgs({ args: [...args], options: { port: { type: "string" }, json: { type: "boolean" } } });
    const server = await startMockServer({ port: readPort(values.port) });
    const token = "sk_live_any";
    serve(
      server,
      {
        message: `mock listens on ${server.url} (Ctrl-C ends it)`,
        variables: { SF_BASE_URL: server.url, SF_API_KEY: token },
        json: values.json ? { url: server.url, token } : undefined,
      },
      terminal,
    );
    return undefined;
  },
};
