import type { Calendar, UpgradePolicy } from '../config/types.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { calendarSpec, channelSpec, loadAppliedConfigs, readPolicies, upgradePolicy } from '../policy/applied.ts';
import { BUILT_IN_CHANNELS, type ChannelSpec } from '../policy/channels.ts';
import { loadAllPolicies, policyOf } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';
import { PolicyRollouts, Regions } from '../store/entities.ts';
import { load, ofKind } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type SupportView, supportView } from './support-view.ts';

export interface CalendarView extends Pick<AppliedConfig, 'name' | 'revision' | 'appliedBy' | 'appliedAt'> {
  /** Null when this version cannot read what was applied: then it is closed. */
  readonly spec: Calendar['spec'] | null;
  /** Waves that go by it, as `policy/wave`. */
  readonly usedBy: readonly string[];
}

export async function listCalendars({ table }: Pick<Ports, 'table'>): Promise<{ items: CalendarView[] }> {
  const policies = await loadAllPolicies(table);
  const items = (await loadAppliedConfigs(table, 'Calendar')).map((config): CalendarView => {
    const { name, revision, appliedBy, appliedAt } = config;
    const usedBy = policies.flatMap(({ metadata, spec }) =>
      spec.waves
        .filter(({ calendar }) => [calendar ?? []].flat().includes(name))
        .map((wave) => `${metadata.name}/${wave.name}`),
    );
    return { name, spec: calendarSpec(config) ?? null, usedBy, revision, appliedBy, appliedAt };
  });
  return { items };
}

export interface ChannelView {
  readonly name: string;
  /** Null when this version cannot read what was applied: then nothing moves by it. */
  readonly spec: ChannelSpec | null;
  /** `replaced`: one that is built in, with other words of yours. */
  readonly source: 'built-in' | 'applied' | 'replaced';
  /** Policies whose target it is. */
  readonly usedBy: readonly string[];
  /** Null for one that nobody applied. */
  readonly appliedBy: string | null;
  readonly appliedAt: string | null;
}

/** Those that are there without being written first, then the others by name. */
export async function listChannels({ table }: Pick<Ports, 'table'>): Promise<{ items: ChannelView[] }> {
  const configs = await loadAppliedConfigs(table, 'Channel');
  const targets = (await loadAllPolicies(table)).flatMap(({ metadata, spec: { target } }) =>
    typeof target === 'object' ? [{ policy: metadata.name, channel: target.channel }] : [],
  );
  const usersOf = (name: string) => targets.filter(({ channel }) => channel === name).map(({ policy }) => policy);
  const names = new Set([...BUILT_IN_CHANNELS.keys(), ...configs.map(({ name }) => name)]);
  const items = [...names].map((name): ChannelView => {
    const config = configs.find((one) => one.name === name);
    const builtIn = BUILT_IN_CHANNELS.get(name);
    return {
      name,
      spec: (config === undefined ? builtIn : channelSpec(config)) ?? null,
      source: config === undefined ? 'built-in' : builtIn === undefined ? 'applied' : 'replaced',
      usedBy: usersOf(name),
      appliedBy: config?.appliedBy ?? null,
      appliedAt: config?.appliedAt ?? null,
    };
  });
  return { items };
}

export interface PolicyView extends Pick<AppliedConfig, 'name' | 'revision' | 'appliedBy' | 'appliedAt'> {
  /** Null when this version cannot read what was applied: then nothing happens under it. */
  readonly spec: UpgradePolicy['spec'] | null;
  /** Clusters that it alone selects. */
  readonly clusters: number;
  /** Clusters that it selects together with other policies: left alone until one does. */
  readonly ambiguousClusters: number;
  /** Clusters for which its expression has no answer (`PolicyError`): it does not select them. */
  readonly undecidedClusters: number;
  readonly newestRollout: string | null;
}

export async function listPolicies({ table }: Pick<Ports, 'table'>): Promise<{ items: PolicyView[] }> {
  const configs = await loadAppliedConfigs(table, 'UpgradePolicy');
  const { policies, unreadable } = readPolicies(configs);
  const living = await loadLivingRecords(table);
  const matches = living.map((cluster) => policyOf(cluster, policies, unreadable));
  const items = await Promise.all(
    configs.map(async (config): Promise<PolicyView> => {
      const rollout = await load(table, PolicyRollouts, config.name);
      return {
        name: config.name,
        spec: upgradePolicy(config)?.spec ?? null,
        revision: config.revision,
        appliedBy: config.appliedBy,
        appliedAt: config.appliedAt,
        clusters: matches.filter((match) => match.type === 'one' && match.policy.metadata.name === config.name).length,
        ambiguousClusters: matches.filter((match) => match.type === 'ambiguous' && match.names.includes(config.name))
          .length,
        undecidedClusters: matches.filter(({ errors }) => errors.some(({ policy }) => policy === config.name)).length,
        newestRollout: rollout?.data.rolloutId ?? null,
      };
    }),
  );
  return { items };
}

/** One minor in one Region. */
export interface VersionView extends SupportView {
  readonly region: string;
  readonly version: string;
  readonly isDefault: boolean;
  readonly releaseDate: string | null;
  readonly endOfStandardSupport: string | null;
  readonly endOfExtendedSupport: string | null;
  /** Clusters of the fleet that run it there. */
  readonly clusters: number;
}

/** What EKS offers in each Region, oldest first, and how much of the fleet runs what. Versions that only clusters have are listed too. */
export async function listVersions(ports: Pick<Ports, 'table' | 'clock'>): Promise<{ items: VersionView[] }> {
  const now = ports.clock.now();
  const regions = ofKind(await ports.table.queryPartition('VERSIONS'), Regions);
  const living = await loadLivingRecords(ports.table);
  const names = [...new Set([...regions.map(({ region }) => region), ...living.map(({ region }) => region)])].sort();
  const items = names.flatMap((region) => {
    const known = regions.find((one) => one.region === region);
    const here = living.filter((cluster) => cluster.region === region);
    const versions = new Set([
      ...(known?.versions ?? []).map(({ version }) => version),
      ...here.map((one) => one.version),
    ]);
    return [...versions].sort(byVersion).map((version): VersionView => {
      const row = known?.versions.find((one) => one.version === version);
      return {
        region,
        version,
        isDefault: row?.defaultVersion ?? false,
        ...supportView({ version }, known, now),
        releaseDate: row?.releaseDate ?? null,
        endOfStandardSupport: row?.endOfStandardSupport ?? null,
        endOfExtendedSupport: row?.endOfExtendedSupport ?? null,
        clusters: here.filter((cluster) => cluster.version === version).length,
      };
    });
  });
  return { items };
}

function byVersion(a: string, b: string): number {
  const [left, right] = [KubeVersion.tryParse(a), KubeVersion.tryParse(b)];
  return left === undefined || right === undefined ? (a < b ? -1 : 1) : left.compare(right);
}
