import { stringify } from "yaml";
import { orderLike } from "./order-like.js";

/** The description as `openapi/sfc-preview.yaml` holds it: the comment at the top of the file stays. */
export function descriptionText(value: unknown, current: unknown, currentText: string): string {
  const comment = /^(#.*\n)*/.exec(currentText)?.[0] ?? "";
  return comment + stringify(orderLike(value, current), { lineWidth: 120, aliasDuplicateObjects: false });
}
