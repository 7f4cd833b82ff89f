/** A problem with a user's project or with the new version that only the caller can fix. */
export interface ProblemParts {
  /** A path, or an argument of the command line. */
  readonly where: string;
  readonly what: string;
  readonly fix: string;
}

/** An error whose message contains everything that the caller needs. */
export class ProjectProblem extends Error {
  override readonly name = "ProjectProblem";

  constructor({ where, what, fix }: ProblemParts) {
    super(`${where}\n  ${what}\n  To fix: ${fix}`);
  }
}
