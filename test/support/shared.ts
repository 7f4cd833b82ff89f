/** What is started once for all test files of a process, and ended with it. */
interface Closable {
  close(): Promise<void>;
}

const running: Closable[] = [];

/** Starts something at its first use. Prism, for one, takes two seconds to start, and its state is the same for all files. */
export function shared<T extends Closable>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => {
    started ??= start().then((server) => {
      if (running.push(server) === 1) process.once("SIGTERM", end);
      return server;
    });
    return started;
  };
}

/** Vitest ends its processes with this signal when there are no more files. */
async function end(): Promise<void> {
  await Promise.allSettled(running.map((server) => server.close()));
  process.exit();
}
