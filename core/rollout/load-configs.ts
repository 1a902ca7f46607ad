import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig, Rollout } from '../contracts/items/rollout.ts';
import { FLEET, fleetSpec, upgradePolicy } from '../policy/applied.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import type { Table } from '../ports/table.ts';
import { Configs } from '../store/entities.ts';
import { decode, load } from '../store/entity.ts';

const KINDS = ['Fleet#', 'UpgradePolicy#', 'Calendar#', 'Channel#'];

/** All that decisions know of what is applied, in one request. Waivers are for scans alone, and lie beside it. */
export async function everyConfig(table: Pick<Table, 'queryPartition'>): Promise<AppliedConfig[]> {
  const items = await table.queryPartition('CONFIG');
  return items.filter(({ sk }) => KINDS.some((kind) => sk.startsWith(kind))).map((item) => decode(Configs, item).data);
}

/** Calendars that were named when it was read last: the next reading asks for them at once, and learns from what it reads which it needs. */
let namedLast: readonly string[] = [];

/**
 * What goes on in rollouts needs no more than the Fleet, their policies, and the calendars that these and tags of their clusters name. The
 * first two are read together with what else `reader` is asked for in this turn.
 */
export async function configsOf(
  reader: Pick<Table, 'get'>,
  rollouts: readonly Rollout[],
  reading: Promise<readonly ClusterRecord[]>,
): Promise<AppliedConfig[]> {
  const calendar = (name: string) => load(reader, Configs, 'Calendar', name);
  const ahead = new Map(namedLast.map((name) => [name, calendar(name)]));
  const inForce = [...new Set(rollouts.map(({ policy }) => policy))];
  const [clusters, fleet, ...read] = await Promise.all([
    reading,
    load(reader, Configs, 'Fleet', FLEET),
    ...inForce.map((name) => load(reader, Configs, 'UpgradePolicy', name)),
    ...ahead.values(),
  ]);
  const policies = read.slice(0, inForce.length);
  const prefix = fleetSpec(fleet?.data)?.tagPrefix ?? '';
  const names = new Set([
    ...policies.flatMap((policy) => calendarsIn(policy?.data)),
    ...clusters.flatMap(({ tags }) => clusterTags(tags, prefix).calendars),
  ]);
  namedLast = [...names];
  const calendars = await Promise.all(namedLast.map((name) => ahead.get(name) ?? calendar(name)));
  return [fleet, ...policies, ...calendars].flatMap((one) => (one === undefined ? [] : [one.data]));
}

const calendarsIn = (policy: AppliedConfig | undefined): string[] =>
  (upgradePolicy(policy)?.spec.waves ?? []).flatMap(({ calendar }) => calendar ?? []);
