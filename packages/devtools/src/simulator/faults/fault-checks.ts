import {
  aCount,
  aFlag,
  anAmount,
  anObject,
  anything,
  aPositiveCount,
  aText,
  type Check,
  isCount,
  isObject,
  mustBe,
  oneOf,
  optional,
  shapeOf,
} from "../checks.js";
import { type Span, spanMs } from "../time/clock.js";
import type { Fault, FaultRule } from "./faults.js";
import { type FaultTarget, type Targets, targetName } from "./targets.js";

type Kind = Fault["kind"];
type OfKind<K extends Kind> = Omit<Extract<Fault, { kind: K }>, "kind">;

const aStatus = mustBe("a status from 200 to 599", (value) => isCount(value, 200, 599));
const headers = optional(mustBe("header names and values", isHeaders));
const response = { status: aStatus, headers, body: anything };

const members: { readonly [K in Kind]: { readonly [Member in keyof Required<OfKind<K>>]: Check } } = {
  refuse: {},
  reset: { when: oneOf("before", "after") },
  answer: { ...response, commit: optional(aFlag) },
  stall: { at: oneOf("headers", "body"), commit: optional(aFlag) },
  truncate: {},
  "half-json": {},
  "not-json": { body: optional(mustBe("a string", (value) => typeof value === "string")) },
  redirect: { location: aText, status: optional(oneOf(301, 302, 303, 307, 308)) },
  close: {},
  page: { change: oneOf("repeat-cursor", "null-cursor", "missing-cursor", "empty-cursor", "empty-page") },
  unknown: { what: oneOf("members", "enums") },
  early: response,
  drip: { everyMs: optional(anAmount) },
  malformed: { what: oneOf("protocol", "status-line", "header", "length", "chunk") },
  reason: {
    phrase: mustBe("a string without line breaks", (value) => typeof value === "string" && !/[\r\n]/.test(value)),
  },
  unsolicited: { status: optional(aStatus), body: anything },
  "late-commit": {},
  twice: { response: optional(oneOf("first", "second")) },
  latency: { ms: mustBe("a number of milliseconds from 0 to 2147483647", (value) => isCount(value, 0, 2 ** 31 - 1)) },
  lag: { writes: optional(aPositiveCount) },
};

const aKind = oneOf(...Object.keys(members));

function checkFault(value: unknown, name: string): void {
  if (value === undefined)
    throw new TypeError(`${name} is missing: it says what goes wrong, such as { kind: "refuse" }`);
  anObject(value, name);
  const { kind } = value as { kind: Kind };
  aKind(kind, `${name}.kind`);
  shapeOf<Fault>({ kind: aKind, ...members[kind] })(value, name);
}

const aSpan = optional((value, name) => void spanMs(value as Span, name));

/** Checks a rule, and returns the names of the targets that it can affect. Throws a `TypeError` for a rule that is invalid or could never apply. */
export function checkRule(rule: unknown, name: string, targets: Targets): ReadonlySet<string> {
  shapeOf<FaultRule & { fault: Fault }>({
    operation: optional((value, at) => {
      for (const one of Array.isArray(value) ? value : [value]) anOperation(targets)(one, at);
    }),
    nth: optional(
      mustBe("a positive whole number, or a list of them", (value) => [value].flat().every((nth) => isCount(nth, 1))),
    ),
    probability: optional(
      mustBe("a number from 0 to 1", (value) => typeof value === "number" && value >= 0 && value <= 1),
    ),
    seed: optional(aText),
    times: optional(aCount),
    startsAfter: aSpan,
    lasts: aSpan,
    fault: (value) => checkFault(value, isObject(value) ? "fault" : `${name}.fault`),
  })(rule, name);
  const { operation, fault } = rule as FaultRule & { fault: Fault };
  const wanted = operation ? [operation].flat().flatMap((one) => targets.named(one)) : targets.all;
  const possible = wanted.filter((target) => isPossible(fault, target));
  if (possible.length === 0) {
    const names = [operation ?? "anything"].flat().join(", ");
    throw new TypeError(`a "${fault.kind}" fault never strikes ${names}${reasons[fault.kind] ?? ""}`);
  }
  return new Set(possible.map(targetName));
}

function anOperation(targets: Targets): Check {
  return mustBe(
    '"orders.create", "orders.*", "create_order" or another method, group or operation id, "upload_part" or "download_bytes"',
    (value) => typeof value === "string" && targets.named(value).length > 0,
  );
}

const reasons: Partial<Record<Kind, string>> = {
  page: ", which is not a list",
  lag: ", which is not a read",
};

/** Faults that apply to presigned URLs. */
const storageKinds: Readonly<Record<"upload_part" | "download_bytes", readonly Kind[]>> = {
  upload_part: [
    "refuse",
    "reset",
    "answer",
    "stall",
    "redirect",
    "close",
    "early",
    "malformed",
    "reason",
    "unsolicited",
  ],
  download_bytes: ["refuse", "reset", "answer", "stall", "truncate", "redirect", "early", "drip", "malformed"],
};

/** Whether a fault can have any effect on a target. */
function isPossible({ kind }: Fault, target: FaultTarget): boolean {
  if (typeof target === "string") return storageKinds[target].includes(kind);
  if (kind === "page") return target.list;
  return kind !== "lag" || target.method === "GET";
}

function isHeaders(value: unknown): boolean {
  try {
    return isObject(value) && [...new Headers(value as Record<string, string>)].length >= 0;
  } catch {
    return false;
  }
}
