import type { Entry } from "./entry.js";
import type { Direction, Make } from "./member-entries.js";
import type { Member } from "./members.js";

/** What compiles as before and means something else: who sets a member, what stands in for it, its unit. */
export function meanings(was: Member, is: Member, { sent, received }: Direction, make: Make): Entry[] {
  return [...access(was, is, sent, received, make), ...fallback(was, is, sent, make), ...units(was, is, make)];
}

function access(was: Member, is: Member, sent: boolean, received: boolean, make: Make): Entry[] {
  if (was.access === is.access) return [];
  if (is.access === "readOnly" && sent) {
    return [
      make(
        "member-access",
        { sent: "major", received: "patch" },
        "is set by the service alone now; it may ignore what a request gives",
      ),
    ];
  }
  if (is.access === "writeOnly" && received) {
    return [make("member-access", { sent: "patch", received: "major" }, "is not returned any more")];
  }
  if (was.access === "readOnly" && sent)
    return [make("member-access", { sent: "minor", received: "patch" }, "may now be given")];
  return [];
}

/** A call that leaves a member out does something else with another default. One that is only written down changes no call. */
function fallback(was: Member, is: Member, sent: boolean, make: Make): Entry[] {
  if (was.fallback === is.fallback || !sent || is.access === "readOnly") return [];
  const isKnown = was.fallback !== "" && is.fallback !== "";
  const clause = `is ${is.fallback || "not stated"} where it is left out (was ${was.fallback || "not stated"})`;
  return [make("member-default", { sent: isKnown ? "major" : "minor", received: "patch" }, clause)];
}

const UNITS =
  /\b(milli|micro|nano)?(seconds?|minutes?|hours?|days?|dollars?|cents?|bytes?|percent)\b|\b([KMGT]i?B)\b/gi;

/** Units in descriptions, when the newer one names none of those that the older one named. */
function units(was: Member, is: Member, make: Make): Entry[] {
  const [from, to] = [was, is].map(({ description }) => unitsIn(description)) as [Set<string>, Set<string>];
  if (from.size === 0 || to.size === 0 || [...from].some((unit) => to.has(unit))) return [];
  const clause = `is described in ${[...to].join(", ")} now (was ${[...from].join(", ")})`;
  return [make("member-unit", { sent: "major", received: "major" }, clause)];
}

function unitsIn(description: string): Set<string> {
  return new Set(
    [...description.matchAll(UNITS)].map(([unit]) =>
      /^[KMGT]i?B$/i.test(unit) ? unit : `${unit.toLowerCase().replace(/s$/, "")}s`.replace("percents", "percent"),
    ),
  );
}
