/** Something about a user's project or about the new version that only the caller can fix. */
export interface ProblemParts {
  /** Path, or what was given on the command line. */
  readonly where: string;
  readonly what: string;
  readonly fix: string;
}

/** Its message is all that the caller needs. */
export class ProjectProblem extends Error {
  override readonly name = "ProjectProblem";

  constructor(readonly parts: ProblemParts) {
    super(`${parts.where}\n  ${parts.what}\n  To fix: ${parts.fix}`);
  }
}
