import { createServer } from "node:net";

/** What a server's failure to listen means for the person who chose the port. */
export function listenError(port: number, code = ""): Error {
  const why = code === "EADDRINUSE" ? "another program listens there" : "the system refuses it";
  return Object.assign(new Error(`cannot listen on 127.0.0.1:${port}: ${why} (${code}). Choose another port.`), {
    code,
  });
}

/** Tries a port before a slow program is started on it. 0, any that is free, is always possible. */
export async function checkPort(port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code }: NodeJS.ErrnoException) => reject(listenError(port, code)));
    server.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
