import { relative, sep } from "node:path";

/** From one folder to a path, with forward slashes and a leading dot, as configuration files write it. */
export function relativePath(from: string, to: string): string {
  const path = relative(from, to).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}
