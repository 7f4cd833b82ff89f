import type { Assumptions } from "../assumptions.js";
import { invalid } from "../http/errors.js";

export type Tags = { readonly [key: string]: string };

export interface TagQuery {
  readonly tag?: readonly string[];
  readonly tag_key?: readonly string[];
}

/** Creates a test for the tags of rows from the `tag=key=value` and `tag_key=key` filters of a request. */
export function tagFilter(query: TagQuery, assumptions: Assumptions): (tags: Tags | null) => boolean {
  const wanted = [
    ...(query.tag ?? []).map((text) => pair(text)),
    ...(query.tag_key ?? []).map((key) => [key, undefined] as const),
  ];
  if (wanted.length === 0) return () => true;
  return (tags) => {
    const holds = ([key, value]: readonly [string, string | undefined]) => {
      const present = tags !== null && Object.hasOwn(tags, key);
      return present && (value === undefined || tags[key] === value);
    };
    return assumptions.tagFilters === "all" ? wanted.every(holds) : wanted.some(holds);
  };
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw invalid("tag", "must have the form key=value", "malformed_tag");
  return [text.slice(0, at), text.slice(at + 1)];
}
