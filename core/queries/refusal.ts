import type { ClusterRecord } from '../contracts/items/cluster.ts';

/** Names of refusals beside those of `core/contracts/errors.ts`. They are API: HTTP statuses and exit codes depend on them. */
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

/** Something that was asked for and is not done, with what a person needs to know to ask again. */
export class Refusal extends Error {
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(name: RefusalName, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.name = name;
    this.details = details;
  }
}

/** The refusal of something that was asked for at the wrong time: it may be done when the state is another. */
export const wrongState = (message: string): Refusal => new Refusal('WrongState', message);

/** The refusal of a request that cannot be answered as it is written. */
export const invalidInput = (message: string, details?: Readonly<Record<string, unknown>>): Refusal =>
  new Refusal('InvalidInput', message, details);

/** Fails with `ClusterGone` where the cluster was deleted: there is nothing to order for it any more. */
export function refuseGone({ name, deletedAt }: Pick<ClusterRecord, 'name' | 'deletedAt'>): void {
  if (deletedAt !== undefined) throw new Refusal('ClusterGone', `The cluster ${name} was deleted (seen ${deletedAt}).`);
}
