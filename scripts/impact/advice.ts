import type { Entry } from "../diff/entry.js";

/** What to write instead, in one sentence. */
export function adviceFor({ kind, member, instead, isInsteadDocumented, clause }: Entry): string {
  const name = `\`${member}\``;
  switch (kind) {
    case "member-gone":
      if (instead === undefined) return `Leave ${name} out.`;
      if (isInsteadDocumented) return `Use \`${instead}\`.`;
      return `Perhaps \`${instead}\` takes its place: read in its description whether it means the same.`;
    case "member-new":
    case "member-required":
      return `Give ${name}.`;
    case "member-optional":
      return `Handle that ${name} is absent.`;
    case "member-type":
      return `Follow the new type: ${clause}.`;
    case "value-new":
      return `Handle the new value: ${clause}.`;
    case "value-gone":
      return "Use one of the values that are left.";
    case "serialization":
      return `Leave ${name} out: the client cannot send it.`;
    case "method-gone":
      if (instead !== undefined) return `Perhaps \`${instead}\` takes its place: read whether it does the same.`;
      return "Do without it; nothing takes its place.";
    case "type-gone":
      return "Do without it; nothing takes its place.";
    case "method-renamed":
    case "type-renamed":
      return `Write \`${instead}\`.`;
    case "method-moved":
      return `Write ${instead} for the path client.`;
    case "key-gone":
      return "Leave `idempotencyKey` out, and look whether it took effect before you send it again.";
    default:
      return instead === undefined ? "Follow the new signature." : `Expect \`${instead}\`.`;
  }
}
