/** How often clients ask, how long they wait when they are asked to, and that they come to an end. */
import type { Evidence, Violation } from "./check.js";
import type { SentRequest } from "./record.js";

/** Requests of one step within a minute of its clock. A waiter polls each second or two, and each call has three attempts. */
const mostPerMinute = 90;
/** A step that begins after the faults have stopped ends within so much of its own time. */
const longestMs = 15 * 60_000;
/** With faults: an upload repeats each part, and each part may take a quarter of an hour. */
const longestWithFaultsMs = 3 * 3_600_000;

export function checkManners({ history }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const { step, begins, ends, quiet } of history.runs) {
    if (ends !== undefined && ends - begins > (quiet ? longestMs : longestWithFaultsMs)) {
      const text = `it took ${ends - begins} ms${quiet ? " although the faults had stopped" : ""}`;
      violations.push({ rule: "liveness", text, steps: [step.id] });
    }
  }
  const bySender = new Map<string, SentRequest[]>();
  for (const request of history.requests) {
    const sender = `${request.step} ${request.life}`;
    bySender.set(sender, [...(bySender.get(sender) ?? []), request]);
  }
  for (const requests of bySender.values()) violations.push(...checkRate(requests), ...checkRetryAfter(requests));
  return violations;
}

function checkRate(requests: readonly SentRequest[]): Violation[] {
  for (const [index, { dateMs, step }] of requests.entries()) {
    const later = requests[index + mostPerMinute];
    if (later !== undefined && later.dateMs - dateMs < 60_000) {
      return [{ rule: "politeness", text: `more than ${mostPerMinute} requests within a minute`, steps: [step] }];
    }
  }
  return [];
}

/** The next request for the same thing comes no earlier than the service asked for. */
function checkRetryAfter(requests: readonly SentRequest[]): Violation[] {
  return requests.flatMap((request, index) => {
    const { fault, method, path, step, dateMs } = request;
    if (fault?.kind !== "refuse") return [];
    const next = requests.slice(index + 1).find((one) => one.method === method && one.path === path);
    if (next === undefined || next.dateMs - dateMs >= fault.retryAfter * 1_000) return [];
    const text = `Retry-After: ${fault.retryAfter}, and the next request came after ${next.dateMs - dateMs} ms`;
    return [{ rule: "Retry-After", text, steps: [step] }];
  });
}
