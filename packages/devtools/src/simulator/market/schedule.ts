/**
 * One step of a schedule, which is a step function of node counts over time. Steps are sorted. Each is valid from `at` (Unix seconds) until the next one,
 * and the last has no end. Before the first step the count is 0. Schedules are immutable: every operation returns a new one.
 */
export interface Step {
  readonly at: number;
  readonly nodes: number;
}
export type Schedule = readonly Step[];

/** A half-open range, as the API represents it. */
export interface ScheduleRange {
  start_at: number;
  end_at?: number | null;
  node_count: number;
}

export const nothing: Schedule = [];

/** A schedule with `nodes` in `[start, end)`. With `null` it has no end. */
export function rectangle(start: number, end: number | null, nodes: number): Schedule {
  if (nodes === 0 || (end !== null && end <= start)) return nothing;
  return end === null
    ? [{ at: start, nodes }]
    : [
        { at: start, nodes },
        { at: end, nodes: 0 },
      ];
}

export function nodesAt(schedule: Schedule, time: number): number {
  let nodes = 0;
  for (const step of schedule) {
    if (step.at > time) break;
    nodes = step.nodes;
  }
  return nodes;
}

/** Applies `f` to both node counts at every moment. `f(0, 0)` must be 0. */
function combine(a: Schedule, b: Schedule, f: (a: number, b: number) => number): Schedule {
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  let left = 0;
  let right = 0;
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i]?.at ?? Number.POSITIVE_INFINITY, b[j]?.at ?? Number.POSITIVE_INFINITY);
    if (a[i]?.at === at) left = a[i++]?.nodes ?? 0;
    if (b[j]?.at === at) right = b[j++]?.nodes ?? 0;
    const nodes = f(left, right);
    if (nodes !== (steps.at(-1)?.nodes ?? 0)) steps.push({ at, nodes });
  }
  return steps;
}

export const add = (a: Schedule, b: Schedule): Schedule => combine(a, b, (x, y) => x + y);
export const subtract = (a: Schedule, b: Schedule): Schedule => combine(a, b, (x, y) => x - y);
/** The minimum of both at every moment, which is the number of nodes that two sides can trade. */
export const lower = (a: Schedule, b: Schedule): Schedule => combine(a, b, Math.min);
/** The nodes by which `a` exceeds `b` at every moment, never below 0. */
export const excess = (a: Schedule, b: Schedule): Schedule => combine(a, b, (x, y) => Math.max(0, x - y));

export function sum(schedules: Iterable<Schedule>): Schedule {
  let total = nothing;
  for (const schedule of schedules) total = add(total, schedule);
  return total;
}

/** The part of a schedule in `[from, to)`. With `null` the part has no end. */
export function clip(schedule: Schedule, from: number, to: number | null): Schedule {
  const window = rectangle(from, to, 1);
  return combine(schedule, window, (nodes, inside) => (inside === 1 ? nodes : 0));
}

export function isNothing(schedule: Schedule): boolean {
  return schedule.length === 0;
}

/** Whether `a` is at least `b` at every moment. */
export function covers(a: Schedule, b: Schedule): boolean {
  return subtract(a, b).every((step) => step.nodes >= 0);
}

export function same(a: Schedule, b: Schedule): boolean {
  return isNothing(subtract(a, b));
}

/** The total of nodes times seconds. Only for schedules that end. */
export function nodeSeconds(schedule: Schedule): number {
  let total = 0;
  schedule.forEach((step, index) => {
    const next = schedule[index + 1];
    if (next !== undefined) total += step.nodes * (next.at - step.at);
  });
  return total;
}

/** The first moment after `time` at which the count changes. */
export function nextChange(schedule: Schedule, time: number): number | undefined {
  return schedule.find((step) => step.at > time)?.at;
}

/** Converts ranges of the API to a schedule. An omitted `end_at` is the next start, gaps have 0 nodes, and a last `null` means no end. */
export function fromRanges(ranges: readonly ScheduleRange[]): Schedule {
  return sum(ranges.map((range, index) => rectangle(range.start_at, rangeEnd(ranges, index), range.node_count)));
}

function rangeEnd(ranges: readonly ScheduleRange[], index: number): number | null {
  return ranges[index]?.end_at ?? ranges[index + 1]?.start_at ?? null;
}

/** Converts a schedule to ranges of the API. Only ranges with nodes are included. The last one may have no end (`end_at: null`). */
export function toRanges(schedule: Schedule): ScheduleRange[] {
  return schedule.flatMap((step, index) => {
    if (step.nodes === 0) return [];
    return [{ start_at: step.at, end_at: schedule[index + 1]?.at ?? null, node_count: step.nodes }];
  });
}

/** Returns why the ranges of a request are not a valid schedule, or `undefined` if they are. */
export function rangesProblem(ranges: readonly ScheduleRange[]): string | undefined {
  if (ranges.length === 0) return "at least one range is needed";
  for (const [index, range] of ranges.entries()) {
    const last = index === ranges.length - 1;
    const end = rangeEnd(ranges, index);
    if (range.start_at % 60 !== 0 || (end !== null && end % 60 !== 0)) return "times must be on whole minutes";
    if (range.node_count < 0) return "node_count must not be negative";
    if (end === null && !last) return "only the last range may be without end";
    if (end !== null && end <= range.start_at) return "end_at must be after start_at";
    if (!last && end !== null && end > (ranges[index + 1]?.start_at ?? end)) return "ranges must be in order and apart";
  }
  return undefined;
}
