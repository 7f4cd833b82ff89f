import { createServer } from "node:net";

/**
 * A port of this machine on which nothing listens. Taken below the range from which systems choose ports by themselves, so that no other
 * test gets it meanwhile, and a connection cannot by chance meet itself.
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
