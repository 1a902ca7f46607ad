import { loadLivingRecords } from '../inventory/records.ts';
import {
  calendarSpec,
  channelSpec,
  inForce,
  loadAppliedConfigs,
  loadConfigs,
  loadFleetInForce,
  readPolicies,
  scanWaiver,
  upgradePolicy,
} from '../policy/applied.ts';
import { BUILT_IN_CHANNELS } from '../policy/channels.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { deletedAmong } from '../policy/deleted-configs.ts';
import { loadAllPolicies, policyOf } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';
import { PolicyRollouts, Regions } from '../store/entities.ts';
import { load, ofKind } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { supportView } from './support-view.ts';

type ItemOf<List extends (...given: never) => Promise<{ readonly items: readonly unknown[] }>> = Awaited<
  ReturnType<List>
>['items'][number];

export type CalendarView = ItemOf<typeof listCalendars>;
export async function listCalendars({ table }: Pick<Ports, 'table'>) {
  const [policies, fleet, clusters] = await Promise.all([
    loadAllPolicies(table),
    loadFleetInForce(table),
    loadLivingRecords(table),
  ]);
  const tagged = clusters.flatMap(({ tags }) => clusterTags(tags, fleet?.tagPrefix ?? '').calendars);
  const items = (await loadAppliedConfigs(table, 'Calendar')).map((config) => {
    const { name, revision, appliedBy, appliedAt } = config;
    const usedBy = policies.flatMap(({ metadata, spec }) =>
      spec.waves
        .filter(({ calendar }) => [calendar ?? []].flat().includes(name))
        .map((wave) => `${metadata.name}/${wave.name}`),
    );
    return {
      name,
      /** Null when this version cannot read the applied Calendar: then it counts as closed. */
      spec: calendarSpec(config) ?? null,
      /** Waves that go by this Calendar, as `policy/wave`. */
      usedBy,
      /** How many clusters go by this Calendar because a tag of theirs names it. */
      taggedClusters: tagged.filter((one) => one === name).length,
      ...{ revision, appliedBy, appliedAt },
    };
  });
  return { items };
}

export type ChannelView = ItemOf<typeof listChannels>;
/** The built-in channels first, then the others by name. */
export async function listChannels({ table }: Pick<Ports, 'table'>) {
  const configs = await loadAppliedConfigs(table, 'Channel');
  const targets = (await loadAllPolicies(table)).flatMap(({ metadata, spec: { target } }) =>
    typeof target === 'object' ? [{ policy: metadata.name, channel: target.channel }] : [],
  );
  const usersOf = (name: string) => targets.filter(({ channel }) => channel === name).map(({ policy }) => policy);
  const names = new Set([...BUILT_IN_CHANNELS.keys(), ...configs.map(({ name }) => name)]);
  const items = [...names].map((name) => {
    const config = configs.find((one) => one.name === name);
    const builtIn = BUILT_IN_CHANNELS.get(name);
    return {
      name,
      /** Null when this version cannot read the applied Channel: then no cluster moves by it. */
      spec: (config === undefined ? builtIn : channelSpec(config)) ?? null,
      /** `replaced`: people have applied a Channel with the name of a built-in one. */
      source: config === undefined ? 'built-in' : builtIn === undefined ? 'applied' : 'replaced',
      /** Policies whose target this channel is. */
      usedBy: usersOf(name),
      /** Null for a channel that nobody has applied. */
      appliedBy: config?.appliedBy ?? null,
      appliedAt: config?.appliedAt ?? null,
    };
  });
  return { items };
}

export type WaiverView = ItemOf<typeof listWaivers>;
/** Waivers as applied, the one that ends first at the top; those that this version cannot read, which cover nothing, come first. */
export async function listWaivers({ table, clock }: Pick<Ports, 'table' | 'clock'>) {
  const items = (await loadAppliedConfigs(table, 'ScanWaiver')).map((config) => {
    const { name, revision, appliedBy, appliedAt } = config;
    const waiver = scanWaiver(config);
    const endsAt = waiver?.end.toISOString() ?? null;
    return {
      name,
      /** Null when this version cannot read the applied waiver: then it covers nothing. */
      spec: waiver?.document.spec ?? null,
      endsAt,
      /** From its end on a waiver covers nothing. Whether it covers a finding before that is said by the scan of the cluster. */
      hasEnded: waiver === undefined ? null : waiver.end <= clock.now(),
      ...{ revision, appliedBy, appliedAt },
    };
  });
  return { items: items.sort((a, b) => ((a.endsAt ?? '') < (b.endsAt ?? '') ? -1 : 1)) };
}

export type PolicyView = ItemOf<typeof listPolicies>;
export async function listPolicies({ table }: Pick<Ports, 'table'>) {
  const known = await loadConfigs(table, 'UpgradePolicy');
  const configs = known.filter(inForce);
  const { policies, unreadable } = readPolicies(configs);
  const living = await loadLivingRecords(table);
  const matches = living.map((cluster) => policyOf(cluster, policies, unreadable));
  const items = await Promise.all(
    configs.map(async (config) => {
      const rollout = await load(table, PolicyRollouts, config.name);
      return {
        name: config.name,
        /** Null when this version cannot read the applied policy: then nothing happens under it. */
        spec: upgradePolicy(config)?.spec ?? null,
        revision: config.revision,
        appliedBy: config.appliedBy,
        appliedAt: config.appliedAt,
        /** How many clusters this policy alone selects. */
        clusters: matches.filter((match) => match.type === 'one' && match.policy.metadata.name === config.name).length,
        /** How many clusters it selects together with other policies; these are left alone until one policy selects them. */
        ambiguousClusters: matches.filter((match) => match.type === 'ambiguous' && match.names.includes(config.name))
          .length,
        /** For how many clusters its expression has no answer (`PolicyError`); it does not select them. */
        undecidedClusters: matches.filter(({ errors }) => errors.some(({ policy }) => policy === config.name)).length,
        newestRollout: rollout?.data.rolloutId ?? null,
      };
    }),
  );
  /** `deleted`: who has deleted which policy, when and why, the last one first. */
  return { items, deleted: deletedAmong(known) };
}

/** One minor in one Region. */
export type VersionView = ItemOf<typeof listVersions>;
/** What EKS offers in each Region, oldest first, and how much of the fleet runs which version. Versions that only clusters have are listed too. */
export async function listVersions(ports: Pick<Ports, 'table' | 'clock'>) {
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
    return [...versions].sort(byVersion).map((version) => {
      const row = known?.versions.find((one) => one.version === version);
      return {
        region,
        version,
        isDefault: row?.defaultVersion ?? false,
        ...supportView({ version }, known, now),
        releaseDate: row?.releaseDate ?? null,
        endOfStandardSupport: row?.endOfStandardSupport ?? null,
        endOfExtendedSupport: row?.endOfExtendedSupport ?? null,
        /** How many clusters of the fleet run this version there. */
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
