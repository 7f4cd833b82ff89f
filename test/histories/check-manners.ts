/** Checks how often clients send requests, whether they obey `Retry-After`, and whether they end. */
import type { Evidence, Violation } from "./check.js";
import { outageCalls } from "./perform.js";
import type { SentRequest } from "./record.js";

/** The limit of requests of one step per minute of its clock: a log tail polls each second, and each call has three attempts. */
const mostPerMinute = 90;
/** According to docs/waiting.md, a waiter reads at most twelve times a minute. Each read has three attempts. */
const mostReadsPerMinute = 36;
/** The limit of retries of all failing calls of a client together, according to docs/keys-and-retries.md. */
const retryBudget = 100;
/** The time limit, on its own clock, of a step that begins after the faults have stopped. */
const longestMs = 15 * 60_000;
/** The time limit of a step with faults: an upload repeats each part, and each part may take 15 minutes. */
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
  const kinds = new Map(history.runs.map(({ step }) => [step.id, step.kind]));
  for (const requests of bySender.values()) {
    violations.push(...checkRetryAfter(requests));
    const kind = kinds.get(requests[0]?.step ?? "");
    if (kind === "outage") violations.push(...checkBudget(requests));
    else violations.push(...checkRate(requests, mostPerMinute));
    // The write before the waiting has another path.
    if (kind === "order" || kind === "transfer") {
      violations.push(
        ...checkRate(
          requests.filter(({ method }) => method === "GET"),
          mostReadsPerMinute,
        ),
      );
    }
  }
  return violations;
}

function checkRate(requests: readonly SentRequest[], most: number): Violation[] {
  for (const [index, { dateMs, step }] of requests.entries()) {
    const later = requests[index + most];
    if (later !== undefined && later.dateMs - dateMs < 60_000) {
      return [{ rule: "politeness", text: `more than ${most} requests within a minute`, steps: [step] }];
    }
  }
  return [];
}

/** Each success gives half a retry back. */
function checkBudget(requests: readonly SentRequest[]): Violation[] {
  const failed = requests.filter(({ fault }) => fault !== undefined).length;
  const retries = requests.length - outageCalls;
  if (retries <= retryBudget + (requests.length - failed) / 2) return [];
  const text = `${requests.length} requests for ${outageCalls} calls during an outage`;
  return [{ rule: "retry budget", text, steps: [requests[0]?.step ?? ""] }];
}

/** The next request of the same kind must not come before `Retry-After` has passed. */
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
