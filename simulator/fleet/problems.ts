/** All problems of a fleet folder at once: `file: path: message` or `file:line:column: message`. */
export class FleetFolderInvalid extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The fleet folder cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'FleetFolderInvalid';
    this.problems = problems;
  }
}

/** The findings of a load: problems that end it, and its assumptions. */
export interface Findings {
  readonly problems: string[];
  /** Sentences for people: each default that replaces what the files do not say. */
  readonly statements: string[];
}
