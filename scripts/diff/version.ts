import type { Impact } from "./entry.js";

/** What a change asks of the version number, by the rules of semantic versioning. */
export function nextVersion(current: string, impact: Impact): string {
  const [major = 0, minor = 0, patch = 0] = current.split(/[.+-]/).map(Number);
  // `^0.1.0` takes 0.1.1 but not 0.2.0: before 1.0.0 the middle number is the one that warns.
  const level = major > 0 ? impact : BEFORE_ONE[impact];
  if (level === "major") return `${major + 1}.0.0`;
  return level === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

const BEFORE_ONE = { major: "minor", minor: "patch", patch: "patch" } as const;

/** The bump as changesets call it, which knows nothing of the special place of 0.x. */
export function changesetBump(current: string, impact: Impact): Impact {
  return current.startsWith("0.") ? BEFORE_ONE[impact] : impact;
}
