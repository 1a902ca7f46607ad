import { apiVersion } from '../../config/kinds.ts';
import type { PlanDocument, PlanWave } from '../document/plan-schema.ts';

/** A value that has changed; unchanged ones are not listed. */
export interface Moved {
  readonly field: string;
  readonly before: string | number | boolean | null;
  readonly after: string | number | boolean | null;
}

/** What has changed from one plan to another. Two clusters are the same if account, Region and name are. */
export type PlanDiff = ReturnType<typeof diffOf>;

const WAVE_FIELDS = [
  'target',
  'maxConcurrency',
  'maxFailures',
  'opensAt',
  'startsAt',
  'endsAt',
  'soakUntil',
  'hash',
] as const;
const CLUSTER_FIELDS = ['policy', 'wave', 'from', 'to', 'start', 'end', 'position'] as const;

export function diffOf(older: PlanDocument, newer: PlanDocument) {
  const running = [...newer.running, ...older.running.filter(isNoneOf(newer.running))];
  const resting = (plan: PlanDocument) => ({ ...plan, waves: plan.waves.filter(isNoneOf(running)) });
  const [before, after] = [resting(older), resting(newer)];
  // The figures of the whole are over all policies: where a rollout of one policy runs, their changes say nothing.
  const shown = (plan: PlanDocument) => ({
    deadline: plan.deadline,
    ...(running.length === 0 && {
      feasible: plan.feasible,
      limitedBy: plan.limitedBy?.change ?? null,
      'eta.p50': plan.eta.p50,
      'eta.p90': plan.eta.p90,
      hash: plan.hash,
    }),
  });
  return {
    apiVersion,
    kind: 'RolloutPlanDiff',
    /** The instants from which the two were planned. */
    before: before.now,
    after: after.now,
    /**
     * Policies of which a rollout ran when one of the two inventories was printed: the plan's dates are not those of the rollout, so nothing of these
     * policies is compared.
     */
    running,
    /** Changes of the whole plan: feasible, deadline, what limits it, the hash. */
    plan: movedOf(shown(before), shown(after), Object.keys(shown(after)) as (keyof ReturnType<typeof shown>)[]),
    waves: changes(byKey(before.waves, waveKey), byKey(after.waves, waveKey), WAVE_FIELDS).map(
      ({ item, change, moved }) => ({ policy: item.policy, wave: item.name, change, moved }),
    ),
    clusters: changes(clustersOf(before), clustersOf(after), CLUSTER_FIELDS).map(({ item, change, moved }) => {
      const { name, accountId, region, policy, wave } = item;
      return { name, accountId, region, policy, wave, change, moved };
    }),
  };
}

const isNoneOf =
  (others: PlanDocument['running']) =>
  ({ policy }: { readonly policy: string }): boolean =>
    others.every((one) => one.policy !== policy);

const waveKey = (wave: PlanWave): string => `${wave.policy}/${wave.name}`;

const byKey = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item> =>
  new Map(items.map((item) => [keyOf(item), item]));

const clustersOf = ({ waves }: PlanDocument) =>
  byKey(
    waves.flatMap(({ clusters, policy, name }) => clusters.map((cluster) => ({ ...cluster, policy, wave: name }))),
    ({ accountId, region, name }) => `${accountId}/${region}/${name}`,
  );

interface Changed<Item> {
  readonly item: Item;
  /** `joined` and `left` refer to waves: a cluster that is excluded now has left. */
  readonly change: 'joined' | 'left' | 'moved';
  readonly moved: readonly Moved[];
}

function changes<Item>(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  fields: readonly (keyof Item & string)[],
): Changed<Item>[] {
  const left = [...before].filter(([key]) => !after.has(key));
  return [
    ...[...after].flatMap(([key, item]): Changed<Item>[] => {
      const old = before.get(key);
      if (old === undefined) return [{ item, change: 'joined', moved: [] }];
      const moved = movedOf(old, item, fields);
      return moved.length === 0 ? [] : [{ item, change: 'moved', moved }];
    }),
    ...left.map(([, item]): Changed<Item> => ({ item, change: 'left', moved: [] })),
  ];
}

function movedOf<Item>(before: Item, after: Item, fields: readonly (keyof Item & string)[]): Moved[] {
  return fields.flatMap((field) => {
    const [was, is] = [before[field], after[field]] as [Moved['before'], Moved['after']];
    return was === is ? [] : [{ field, before: was, after: is }];
  });
}
