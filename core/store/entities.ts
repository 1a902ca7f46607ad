import type { z } from 'zod';
import {
  accountState,
  clusterControl,
  clusterName,
  clusterRecord,
  deadlineNotice,
  organization,
  regionVersions,
  settledUpdates,
} from '../contracts/items/cluster.ts';
import { clusterNews, ownerNotice } from '../contracts/items/owner-news.ts';
import { epoch, grant, intent, ledger, upgrade } from '../contracts/items/protocol.ts';
import { readinessDay, readinessHistory } from '../contracts/items/readiness-history.ts';
import {
  appliedConfig,
  fleetControl,
  learnedDurations,
  member,
  policyRollout,
  reconcileMarker,
  rollout,
  stagedMember,
  wave,
} from '../contracts/items/rollout.ts';
import type { ItemKey } from '../ports/table.ts';
import type { Entity } from './entity.ts';

/** Every kind of item in the table (docs/data-model.md). */

export const key = (pk: string, sk: string): ItemKey => ({ pk, sk });
export const clusterPartition = (clusterKey: string): string => `CLUSTER#${clusterKey}`;
export const rolloutPartition = (rolloutId: string): string => `ROLLOUT#${rolloutId}`;
export const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

/** @param partsOf what of its data the key is made of */
export function defineEntity<Data, Parts extends readonly unknown[] | []>(
  kind: string,
  schema: z.ZodType<Data>,
  key: (...parts: Parts) => ItemKey,
  partsOf: (data: Data) => Parts,
  active: (data: Data) => boolean = () => false,
): Entity<Data, Parts> {
  return { kind, schema, key, keyOf: (data) => key(...partsOf(data)), active };
}

/** One item of each cluster, beside the others that are about it. */
export function ofCluster<Data extends { readonly clusterKey: string }>(
  kind: string,
  schema: z.ZodType<Data>,
  sk: string,
  active?: (data: Data) => boolean,
): Entity<Data, [clusterKey: string]> {
  const at = (clusterKey: string) => key(clusterPartition(clusterKey), sk);
  return defineEntity(kind, schema, at, ({ clusterKey }) => [clusterKey], active);
}

function single<Data>(kind: string, schema: z.ZodType<Data>, at: ItemKey, active = false): Entity<Data, []> {
  return { kind, schema, key: () => at, keyOf: () => at, active: () => active };
}

export const Epochs = single('Epoch', epoch, key('EPOCH', 'EPOCH'));
export const Ledgers = single('Ledger', ledger, key('LEDGER', 'LEDGER'));
export const FleetControls = single('FleetControl', fleetControl, key('FLEET', 'CONTROL'));
export const ReconcileMarkers = single('ReconcileMarker', reconcileMarker, key('RECONCILE', 'MARKER'), true);
/** What upgrades of this fleet have taken: beside the marker, which every tick reads. */
export const Learned = single('LearnedDurations', learnedDurations, key('RECONCILE', 'LEARNED'));

/** The organization whose accounts discovery has listed: of another one the Fleet's inventory is not complete. */
export const Organizations = single('Organization', organization, key('RECONCILE', 'ORGANIZATION'));

export const Configs = defineEntity(
  'Config',
  appliedConfig,
  (kind: string, name: string) => key('CONFIG', `${kind}#${name}`),
  ({ kind, name }) => [kind, name],
);

export const Clusters = ofCluster('Cluster', clusterRecord, 'RECORD');

export const ClusterControls = ofCluster('ClusterControl', clusterControl, 'CONTROL');

export const Grants = ofCluster('Grant', grant, 'GRANT', (data) => data.status !== 'free');

export const Upgrades = defineEntity(
  'Upgrade',
  upgrade,
  (clusterKey: string, id: string) => key(clusterPartition(clusterKey), `UPGRADE#${id}`),
  ({ clusterKey, id }) => [clusterKey, id],
  (data) => data.status === 'Pending' || data.status === 'Running' || data.status === 'Parked',
);

/** Of all intents of a cluster, of those of one step, or of those on one subject. */
export const intentPrefix = (...parts: readonly (string | undefined)[]): string =>
  ['INTENT', ...parts.filter((part) => part !== undefined), ''].join('#');
export const Intents = defineEntity(
  'Intent',
  intent,
  (clusterKey: string, step: string, subject: string, attempt: number) =>
    key(clusterPartition(clusterKey), `${intentPrefix(step, subject)}${padded(attempt, 6)}`),
  ({ clusterKey, step, subject, attempt }) => [clusterKey, step, subject, attempt],
);

export const Accounts = defineEntity(
  'Account',
  accountState,
  (account: string, region: string) => key('ACCOUNTS', `${account}#${region}`),
  ({ account, region }) => [account, region],
);

export const Regions = defineEntity(
  'RegionVersions',
  regionVersions,
  (region: string) => key('VERSIONS', region),
  ({ region }) => [region],
);

export const Rollouts = defineEntity(
  'Rollout',
  rollout,
  (id: string) => key(rolloutPartition(id), 'ROLLOUT'),
  ({ id }) => [id],
  (data) => data.status === 'Planned' || data.status === 'Running' || data.status === 'Paused',
);

export const Waves = defineEntity(
  'Wave',
  wave,
  (rolloutId: string, index: number) => key(rolloutPartition(rolloutId), `WAVE#${padded(index, 3)}`),
  ({ rolloutId, index }) => [rolloutId, index],
  (data) => data.status === 'Pending' || data.status === 'Open' || data.status === 'Soaking',
);

export const Members = defineEntity(
  'Member',
  member,
  (rolloutId: string, waveIndex: number, clusterKey: string) =>
    key(rolloutPartition(rolloutId), `MEMBER#${padded(waveIndex, 3)}#${clusterKey}`),
  ({ rolloutId, waveIndex, clusterKey }) => [rolloutId, waveIndex, clusterKey],
  (data) => ['Pending', 'Running', 'Parked', 'Quarantined'].includes(data.status),
);

/** Beside the rollout's own partition, which is read much more often. */
export const stagedPartition = (rolloutId: string): string => `STAGED#${rolloutId}`;
export const StagedMembers = defineEntity(
  'StagedMember',
  stagedMember,
  (rolloutId: string, waveIndex: number, clusterKey: string) =>
    key(stagedPartition(rolloutId), Members.key(rolloutId, waveIndex, clusterKey).sk),
  ({ member }) => [member.rolloutId, member.waveIndex, member.clusterKey],
);

/** Account, Region and name: what a queue item and an ARN have in common, whatever the partition. */
export const namePartition = (at: { account: string; region: string; name: string }): string =>
  `NAME#${at.account}/${at.region}/${at.name}`;
export const ClusterNames = defineEntity(
  'ClusterName',
  clusterName,
  (account: string, region: string, name: string, clusterKey: string) =>
    key(namePartition({ account, region, name }), clusterKey),
  ({ account, region, name, clusterKey }) => [account, region, name, clusterKey],
);

export const SettledUpdates = defineEntity(
  'SettledUpdates',
  settledUpdates,
  (clusterKey: string, subject: string) => key(clusterPartition(clusterKey), `SETTLED#${subject}`),
  ({ clusterKey, subject }) => [clusterKey, subject],
);

export const PolicyRollouts = defineEntity(
  'PolicyRollout',
  policyRollout,
  (policy: string) => key('POLICY-ROLLOUTS', policy),
  ({ policy }) => [policy],
);

export const deadlinePartition = (region: string): string => `DEADLINES#${region}`;
export const DeadlineNotices = defineEntity(
  'DeadlineNotice',
  deadlineNotice,
  (region: string, clusterKey: string, event: string | undefined) =>
    key(deadlinePartition(region), event === undefined ? clusterKey : `${clusterKey}#${event}`),
  ({ region, clusterKey, event }) => [region, clusterKey, event],
);

/** What was told of a cluster, and when its readiness changed. */
export const ClusterNewsItems = ofCluster('ClusterNews', clusterNews, 'NEWS');

export const ReadinessHistories = ofCluster('ReadinessHistory', readinessHistory, 'READINESS');

export const READINESS_DAYS = 'READINESS-DAYS';
export const ReadinessDays = defineEntity(
  'ReadinessDay',
  readinessDay,
  (date: string) => key(READINESS_DAYS, date),
  ({ date }) => [date],
);

export const OWNER_NOTICES = 'OWNER-NOTICES';
export const OwnerNotices = defineEntity(
  'OwnerNotice',
  ownerNotice,
  (reference: string) => key(OWNER_NOTICES, reference),
  ({ reference }) => [reference],
);
