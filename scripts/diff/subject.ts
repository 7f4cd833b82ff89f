import type { Owner } from "./owners.js";

/** How a user calls a type: by the one method that takes it, where there is only one, else by its name. */
export function subjectOf({ operation, type, key, use }: Owner): { subject: string; methods: string[] } {
  const methods = [...new Set([...use.request, ...use.answer, ...use.error])];
  const [only] = methods;
  const isSentByOne = use.request.length === 1 && methods.length === 1;
  if (operation !== undefined) return { subject: operation, methods };
  return { subject: (isSentByOne ? only : type) ?? key, methods };
}
