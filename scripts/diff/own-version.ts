import { readPackage } from "../lib/package.js";

/** The version that the package has now. */
export function ownVersion(root: string): string {
  return readPackage(root).version;
}
