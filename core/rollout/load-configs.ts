import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig, Rollout, Wave } from '../contracts/items/rollout.ts';
import { authorsOf, channelNamed, channelSpec, FLEET, fleetSpec, inForce, upgradePolicy } from '../policy/applied.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { compiledCalendar } from '../policy/load-rules.ts';
import type { Table } from '../ports/table.ts';
import { Configs } from '../store/entities.ts';
import { decode, load } from '../store/entity.ts';

/** What the applied configuration says, as far as this version can read it. */
export function configuredBy(applied: readonly AppliedConfig[]) {
  const configs = applied.filter(inForce);
  const policies = named(configs, 'UpgradePolicy', (config) => {
    const policy = upgradePolicy(config);
    const channel = configs.find(({ kind, name }) => kind === 'Channel' && name === channelNamed(config));
    return policy && { policy, revision: config.revision, appliedBy: authorsOf(config, channel) };
  });
  return {
    fleet: fleetSpec(configs.find(({ kind, name }) => kind === 'Fleet' && name === FLEET)),
    policies,
    unreadablePolicies: configs.filter(({ kind, name }) => kind === 'UpgradePolicy' && !policies.has(name)),
    deletedPolicies: applied.filter((one) => one.kind === 'UpgradePolicy' && inForce(one) === undefined),
    calendars: named(configs, 'Calendar', compiledCalendar),
    channels: new Map(configs.flatMap((one) => (one.kind === 'Channel' ? [[one.name, channelSpec(one)]] : []))),
  };
}

/** The values of one kind that this version can read, by name. */
function named<Value>(
  configs: readonly AppliedConfig[],
  kind: AppliedConfig['kind'],
  read: (config: AppliedConfig) => Value | undefined,
): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const config of configs) {
    const value = config.kind === kind ? read(config) : undefined;
    if (value !== undefined) values.set(config.name, value);
  }
  return values;
}

const KINDS = ['Fleet#', 'UpgradePolicy#', 'Calendar#', 'Channel#'];

/**
 * Reads all configuration that decisions need in one request, with what was deleted. Waivers are needed by scans alone, and are left out.
 */
export async function loadEveryConfig(table: Pick<Table, 'queryPartition'>): Promise<AppliedConfig[]> {
  const items = await table.queryPartition('CONFIG');
  return items.filter(({ sk }) => KINDS.some((kind) => sk.startsWith(kind))).map((item) => decode(Configs, item).data);
}

type Named = readonly ['Calendar' | 'Channel', string];

/** The names that the last reading found: the next one asks for them at once, and corrects them by what it then reads. */
let namedLast: ReadonlyMap<string, Named> = new Map();

/**
 * The configuration that rollouts under way need: the Fleet, their policies, and the Channels and calendars that are named by these policies, by tags
 * of their clusters and by waves which the policies no longer have. Fleet and policies are read together with whatever else `reader` is asked for in
 * this turn.
 */
export async function configsOf(
  reader: Pick<Table, 'get'>,
  {
    rollouts,
    waves,
  }: { readonly rollouts: readonly Rollout[]; readonly waves: Promise<readonly Pick<Wave, 'calendars'>[]> },
  reading: Promise<readonly ClusterRecord[]>,
): Promise<AppliedConfig[]> {
  const ahead = new Map([...namedLast].map(([id, one]) => [id, load(reader, Configs, ...one)]));
  const policyNames = [...new Set(rollouts.map(({ policy }) => policy))];
  const [clusters, kept, fleet, ...read] = await Promise.all([
    reading,
    waves,
    load(reader, Configs, 'Fleet', FLEET),
    ...policyNames.map((name) => load(reader, Configs, 'UpgradePolicy', name)),
    ...ahead.values(),
  ]);
  const policies = read.slice(0, policyNames.length);
  const prefix = fleetSpec(fleet?.data)?.tagPrefix ?? '';
  const names = [
    ...policies.flatMap((policy) => namedBy(policy?.data)),
    ...clusters.flatMap(({ tags }) => clusterTags(tags, prefix).calendars.map(asCalendar)),
    ...kept.flatMap(({ calendars }) => (calendars ?? []).map(asCalendar)),
  ];
  namedLast = new Map(names.map((one) => [one.join('#'), one]));
  const named = await Promise.all([...namedLast].map(([id, one]) => ahead.get(id) ?? load(reader, Configs, ...one)));
  return [fleet, ...policies, ...named].flatMap((one) => inForce(one?.data) ?? []);
}

const asCalendar = (name: string): Named => ['Calendar', name];

function namedBy(policy: AppliedConfig | undefined): Named[] {
  const calendars = (upgradePolicy(policy)?.spec.waves ?? []).flatMap(({ calendar }) => calendar ?? []);
  const channel = channelNamed(policy);
  return [...calendars.map(asCalendar), ...(channel === undefined ? [] : [['Channel', channel] as const])];
}
