import { wrongCall } from "../lib/command.js";
import type { Companions } from "./read.js";

/** What every command takes that compares two descriptions. */
export const COMPARISON_OPTIONS = {
  format: { type: "string", default: "text" },
  sdk: { type: "string" },
  overlay: { type: "string" },
} as const;

export function companionsOf({ sdk, overlay }: { sdk?: string | undefined; overlay?: string | undefined }): Companions {
  return { ...(sdk !== undefined && { sdk }), ...(overlay !== undefined && { overlay }) };
}

export function readFormat<T extends string>(call: string, formats: readonly T[], format: string): T {
  const found = formats.find((one) => one === format);
  if (found === undefined) throw wrongCall(call, `There is no format "${format}".`);
  return found;
}
