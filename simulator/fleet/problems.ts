/** Everything that is wrong with a fleet folder, all at once: `file: path: message` or `file:line:column: message`. */
export class FleetFolderInvalid extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The fleet folder cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'FleetFolderInvalid';
    this.problems = problems;
  }
}

/** What a load has to say: faults that end it, and what it took for granted. */
export interface Findings {
  readonly problems: string[];
  /** Sentences for people: each default that stands in for what the files do not say. */
  readonly statements: string[];
}
