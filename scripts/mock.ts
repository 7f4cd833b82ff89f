/** Runs the mock server until it is interrupted: `PORT=4010 npm run mock`. */
import { startMockServer } from "../packages/devtools/src/mock-server.js";

const port = portFromEnvironment(process.env.PORT);
const server = await startMockServer({ port }).catch((error: Error) => fail(`mock: ${error.message}`));
console.log(`The mock of SF Compute's preview API listens on ${server.url}`);
console.log("Choose a response with a header: Prefer: code=404, or Prefer: example=first_page. Ctrl-C ends it.");

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await server.close();
    process.exit(0);
  });
}

function portFromEnvironment(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  return fail(`PORT: "${text}" is not a port number from 0 to 65535`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
