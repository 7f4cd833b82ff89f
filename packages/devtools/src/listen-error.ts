import { createServer } from "node:net";

/** Creates an error for a server that cannot listen on the port that the user chose. */
export function listenError(port: number, code = ""): Error {
  const why = code === "EADDRINUSE" ? "another program listens there" : "the system refuses it";
  return Object.assign(new Error(`cannot listen on 127.0.0.1:${port}: ${why} (${code}). Choose another port.`), {
    code,
  });
}

/** Checks that a port is free before a slow program is started on it. 0 means any free port. */
export async function checkPort(port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code }: NodeJS.ErrnoException) => reject(listenError(port, code)));
    server.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
