import type { World } from '../../simulator/process/world.ts';
import type { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';

/** What people see of a world before they act, as `liftlock get` names it. */
export interface Seen {
  /** The newest minor that EKS offers. */
  readonly newest: string;
  readonly now: Date;
  readonly clusters: readonly SeenCluster[];
  readonly rollouts: readonly { readonly id: string; readonly status: string }[];
  readonly waves: readonly { readonly rollout: string; readonly name: string; readonly status: string }[];
}

export interface SeenCluster {
  /** By its name, where no other cluster has that too. */
  readonly called: string;
  readonly arn: string;
  readonly version: string;
  readonly groups: readonly string[];
}

/** A command line, with what it reads; or something that others do to the account, in words. */
export type Act =
  | { readonly argv: readonly string[]; readonly stdin?: string }
  | { readonly outside: string; readonly change: (world: World) => void };

export const MINORS = ['1.34', '1.35', '1.36', '1.37'];

/** An act, or undefined where it has nothing to act upon. */
export type Chance = (seen: Seen, choices: SeededChoices) => Act | undefined;

export const onOlder =
  (act: Parameters<typeof onCluster>[0]): Chance =>
  (seen, choices) =>
    onCluster((cluster) => (cluster.version < seen.newest ? act(cluster, choices) : undefined))(seen, choices);

export const onCluster =
  (act: (cluster: Seen['clusters'][number], choices: SeededChoices) => Act | undefined): Chance =>
  ({ clusters }, choices) =>
    clusters.length === 0 ? undefined : act(choices.pick(clusters), choices);
