/** A server closes at its limit by its own clock, and the news travels. */
const marginMs = 1_000;
const longestMs = 300_000;

/** Milliseconds for which a connection may be kept unused, by the server's `Keep-Alive` header where there is one. 0: not at all. */
export function keepFor(hint: string | undefined, idleTimeoutMs: number): number {
  const seconds = hint === undefined ? undefined : /(?:^|[\s,;])timeout=(\d{1,9})/i.exec(hint)?.[1];
  if (seconds === undefined || idleTimeoutMs === 0) return idleTimeoutMs;
  return Math.min(Math.max(0, Number(seconds) * 1_000 - marginMs), longestMs);
}
