import { createServer } from "node:net";

/**
 * Returns a port of this machine on which nothing listens. It is below the range from which operating systems choose ports, so that no other
 * test gets it meanwhile, and a connection cannot accidentally connect to itself.
 */
export async function refusedPort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) if (await isFree(port)) return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
