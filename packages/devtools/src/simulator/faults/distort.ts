import { standstill } from "../queries/cursors.js";
import type { Fault } from "./faults.js";

/** Changes the body of a response: misleading pages, and members and values of later API versions. The functions are pure. */

type ListBody = { data: unknown[]; has_more?: boolean; cursor?: string | null };
type PageChange = Extract<Fault, { kind: "page" }>["change"];

/** The position of the requested page, from which a misleading page is made. */
export interface Asked {
  readonly cursor: string | undefined;
  /** Makes cursors of the same position differ. */
  readonly call: number;
}

export function distort(fault: Fault, body: unknown, asked: Asked): unknown {
  if (fault.kind === "page") return isList(body) ? misleadingPage(fault.change, body, asked) : body;
  if (fault.kind === "unknown") return fault.what === "members" ? withMembers(body) : withEnums(body);
  return body;
}

function isList(body: unknown): body is ListBody {
  return typeof body === "object" && body !== null && Array.isArray((body as ListBody).data);
}

function misleadingPage(change: PageChange, body: ListBody, asked: Asked): ListBody {
  const { cursor, ...rest } = body;
  if (change === "null-cursor") return { ...rest, has_more: true, cursor: null };
  if (change === "missing-cursor") return { ...rest, has_more: true };
  if (change === "empty-cursor") return { ...rest, has_more: true, cursor: "" };
  const known = cursor ?? asked.cursor;
  if (typeof known !== "string") return body;
  if (change === "repeat-cursor") return { ...rest, has_more: true, cursor: asked.cursor ?? known };
  return { ...rest, data: [], has_more: true, cursor: standstill(known, asked.cursor, asked.call) };
}

function withMembers(value: unknown): unknown {
  return mapObjects(value, (object) => ({ ...object, added_in_2031: { nested: ["unknown", 1, null] } }));
}

const enumMembers = [
  "status",
  "upload_status",
  "kind",
  "role_type",
  "entity_type",
  "priority_level",
  "state",
  "reason",
];

function withEnums(value: unknown): unknown {
  return mapObjects(value, (object) => {
    const texts = enumMembers.filter((member) => typeof object[member] === "string");
    return { ...object, ...Object.fromEntries(texts.map((member) => [member, "added_in_2031"])) };
  });
}

function mapObjects(value: unknown, change: (object: Record<string, unknown>) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (typeof value !== "object" || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, child]) => [key, mapObjects(child, change)])));
}
