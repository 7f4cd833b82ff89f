/** Resources that are started once for all test files of a process, and end with the process. */
interface Closable {
  close(): Promise<void>;
}

const running: Closable[] = [];

/** Starts a resource at its first use. For example, Prism takes two seconds to start, and its state is the same for all files. */
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

/** Vitest sends this signal to its processes when there are no more files. */
async function end(): Promise<void> {
  await Promise.allSettled(running.map((server) => server.close()));
  process.exit();
}
