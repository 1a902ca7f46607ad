/** Names of refusals beside those of `core/contracts/errors.ts`. They are API: HTTP statuses and exit codes follow them. */
export type RefusalName =
  | 'InvalidInput'
  | 'PolicyNotFound'
  | 'ConfigNotFound'
  | 'AmbiguousCluster'
  | 'ClusterGone'
  | 'WaveNotFound'
  | 'PlanChanged'
  | 'NotAllowed'
  | 'RolloutBusy'
  | 'RolloutBlocked'
  | 'WrongState'
  | 'NothingToDo'
  | 'UpgradeBlocked'
  | 'DrainBlocked'
  | 'RollbackBlocked';

/** Something that was asked for and is not done, with what a person needs to ask again. */
export class Refusal extends Error {
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(name: RefusalName, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.name = name;
    this.details = details;
  }
}

/** Of what is asked for at the wrong time: it may be done once things stand otherwise. */
export const wrongState = (message: string): Refusal => new Refusal('WrongState', message);

/** Of what is asked for in a way that nobody can answer. */
export const invalidInput = (message: string, details?: Readonly<Record<string, unknown>>): Refusal =>
  new Refusal('InvalidInput', message, details);
