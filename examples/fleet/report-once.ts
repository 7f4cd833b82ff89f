/** Prints each message once. While Redis is down, the same message occurs several times a second. */
export function reportOnce(): (error: Error) => void {
  const reported = new Set<string>();
  return ({ message }) => {
    if (message === "" || reported.has(message)) return;
    reported.add(message);
    console.error(message);
  };
}
