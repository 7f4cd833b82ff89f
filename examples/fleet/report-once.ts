/** Prints each message once: while Redis is away, the same one comes several times a second. */
export function reportOnce(): (error: Error) => void {
  const reported = new Set<string>();
  return ({ message }) => {
    if (message === "" || reported.has(message)) return;
    reported.add(message);
    console.error(message);
  };
}
