import type { z } from 'zod';
import {
  accountState,
  clusterControl,
  clusterName,
  clusterRecord,
  deadlineNotice,
  regionVersions,
  settledUpdates,
} from '../contracts/items/cluster.ts';
import { epoch, grant, intent, ledger, upgrade } from '../contracts/items/protocol.ts';
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

const key = (pk: string, sk: string): ItemKey => ({ pk, sk });
export const clusterPartition = (clusterKey: string): string => `CLUSTER#${clusterKey}`;
export const rolloutPartition = (rolloutId: string): string => `ROLLOUT#${rolloutId}`;
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

function single<Data>(kind: string, schema: z.ZodType<Data>, at: ItemKey, active = false): Entity<Data, []> {
  return { kind, schema, key: () => at, keyOf: () => at, active: () => active };
}

export const Epochs = single('Epoch', epoch, key('EPOCH', 'EPOCH'));
export const Ledgers = single('Ledger', ledger, key('LEDGER', 'LEDGER'));
export const FleetControls = single('FleetControl', fleetControl, key('FLEET', 'CONTROL'));
export const ReconcileMarkers = single('ReconcileMarker', reconcileMarker, key('RECONCILE', 'MARKER'), true);
/** What upgrades of this fleet have taken: beside the marker, which every tick reads. */
export const Learned = single('LearnedDurations', learnedDurations, key('RECONCILE', 'LEARNED'));

export const Configs: Entity<z.infer<typeof appliedConfig>, [kind: string, name: string]> = {
  kind: 'Config',
  schema: appliedConfig,
  key: (kind, name) => key('CONFIG', `${kind}#${name}`),
  keyOf: (data) => key('CONFIG', `${data.kind}#${data.name}`),
  active: () => false,
};

export const Clusters: Entity<z.infer<typeof clusterRecord>, [clusterKey: string]> = {
  kind: 'Cluster',
  schema: clusterRecord,
  key: (clusterKey) => key(clusterPartition(clusterKey), 'RECORD'),
  keyOf: (data) => key(clusterPartition(data.clusterKey), 'RECORD'),
  active: () => false,
};

export const ClusterControls: Entity<z.infer<typeof clusterControl>, [clusterKey: string]> = {
  kind: 'ClusterControl',
  schema: clusterControl,
  key: (clusterKey) => key(clusterPartition(clusterKey), 'CONTROL'),
  keyOf: (data) => key(clusterPartition(data.clusterKey), 'CONTROL'),
  active: () => false,
};

export const Grants: Entity<z.infer<typeof grant>, [clusterKey: string]> = {
  kind: 'Grant',
  schema: grant,
  key: (clusterKey) => key(clusterPartition(clusterKey), 'GRANT'),
  keyOf: (data) => key(clusterPartition(data.clusterKey), 'GRANT'),
  active: (data) => data.status !== 'free',
};

export const Upgrades: Entity<z.infer<typeof upgrade>, [clusterKey: string, id: string]> = {
  kind: 'Upgrade',
  schema: upgrade,
  key: (clusterKey, id) => key(clusterPartition(clusterKey), `UPGRADE#${id}`),
  keyOf: (data) => key(clusterPartition(data.clusterKey), `UPGRADE#${data.id}`),
  active: (data) => data.status === 'Pending' || data.status === 'Running' || data.status === 'Parked',
};

/** Of all intents of a cluster, of those of one step, or of those on one subject. */
export const intentPrefix = (...parts: readonly (string | undefined)[]): string =>
  ['INTENT', ...parts.filter((part) => part !== undefined), ''].join('#');
export const Intents: Entity<
  z.infer<typeof intent>,
  [clusterKey: string, step: string, subject: string, attempt: number]
> = {
  kind: 'Intent',
  schema: intent,
  key: (clusterKey, step, subject, attempt) =>
    key(clusterPartition(clusterKey), `${intentPrefix(step, subject)}${padded(attempt, 6)}`),
  keyOf: (data) =>
    key(clusterPartition(data.clusterKey), `${intentPrefix(data.step, data.subject)}${padded(data.attempt, 6)}`),
  active: () => false,
};

export const Accounts: Entity<z.infer<typeof accountState>, [account: string, region: string]> = {
  kind: 'Account',
  schema: accountState,
  key: (account, region) => key('ACCOUNTS', `${account}#${region}`),
  keyOf: (data) => key('ACCOUNTS', `${data.account}#${data.region}`),
  active: () => false,
};

export const Regions: Entity<z.infer<typeof regionVersions>, [region: string]> = {
  kind: 'RegionVersions',
  schema: regionVersions,
  key: (region) => key('VERSIONS', region),
  keyOf: (data) => key('VERSIONS', data.region),
  active: () => false,
};

export const Rollouts: Entity<z.infer<typeof rollout>, [id: string]> = {
  kind: 'Rollout',
  schema: rollout,
  key: (id) => key(rolloutPartition(id), 'ROLLOUT'),
  keyOf: (data) => key(rolloutPartition(data.id), 'ROLLOUT'),
  active: (data) => data.status === 'Planned' || data.status === 'Running' || data.status === 'Paused',
};

export const Waves: Entity<z.infer<typeof wave>, [rolloutId: string, index: number]> = {
  kind: 'Wave',
  schema: wave,
  key: (rolloutId, index) => key(rolloutPartition(rolloutId), `WAVE#${padded(index, 3)}`),
  keyOf: (data) => key(rolloutPartition(data.rolloutId), `WAVE#${padded(data.index, 3)}`),
  active: (data) => data.status === 'Pending' || data.status === 'Open' || data.status === 'Soaking',
};

export const Members: Entity<z.infer<typeof member>, [rolloutId: string, waveIndex: number, clusterKey: string]> = {
  kind: 'Member',
  schema: member,
  key: (rolloutId, waveIndex, clusterKey) =>
    key(rolloutPartition(rolloutId), `MEMBER#${padded(waveIndex, 3)}#${clusterKey}`),
  keyOf: (data) => key(rolloutPartition(data.rolloutId), `MEMBER#${padded(data.waveIndex, 3)}#${data.clusterKey}`),
  active: (data) => ['Pending', 'Running', 'Parked', 'Quarantined'].includes(data.status),
};

/** Beside the rollout's own partition, which is read much more often. */
export const stagedPartition = (rolloutId: string): string => `STAGED#${rolloutId}`;
export const StagedMembers: Entity<
  z.infer<typeof stagedMember>,
  [rolloutId: string, waveIndex: number, clusterKey: string]
> = {
  kind: 'StagedMember',
  schema: stagedMember,
  key: (rolloutId, waveIndex, clusterKey) =>
    key(stagedPartition(rolloutId), Members.key(rolloutId, waveIndex, clusterKey).sk),
  keyOf: ({ member }) => key(stagedPartition(member.rolloutId), Members.keyOf(member).sk),
  active: () => false,
};

/** Account, Region and name: what a queue item and an ARN have in common, whatever the partition. */
export const namePartition = (at: { account: string; region: string; name: string }): string =>
  `NAME#${at.account}/${at.region}/${at.name}`;
export const ClusterNames: Entity<
  z.infer<typeof clusterName>,
  [account: string, region: string, name: string, clusterKey: string]
> = {
  kind: 'ClusterName',
  schema: clusterName,
  key: (account, region, name, clusterKey) => key(namePartition({ account, region, name }), clusterKey),
  keyOf: (data) => key(namePartition(data), data.clusterKey),
  active: () => false,
};

export const SettledUpdates: Entity<z.infer<typeof settledUpdates>, [clusterKey: string, subject: string]> = {
  kind: 'SettledUpdates',
  schema: settledUpdates,
  key: (clusterKey, subject) => key(clusterPartition(clusterKey), `SETTLED#${subject}`),
  keyOf: (data) => key(clusterPartition(data.clusterKey), `SETTLED#${data.subject}`),
  active: () => false,
};

export const PolicyRollouts: Entity<z.infer<typeof policyRollout>, [policy: string]> = {
  kind: 'PolicyRollout',
  schema: policyRollout,
  key: (policy) => key('POLICY-ROLLOUTS', policy),
  keyOf: (data) => key('POLICY-ROLLOUTS', data.policy),
  active: () => false,
};

export const deadlinePartition = (region: string): string => `DEADLINES#${region}`;
export const DeadlineNotices: Entity<z.infer<typeof deadlineNotice>, [region: string, clusterKey: string]> = {
  kind: 'DeadlineNotice',
  schema: deadlineNotice,
  key: (region, clusterKey) => key(deadlinePartition(region), clusterKey),
  keyOf: (data) => key(deadlinePartition(data.region), data.clusterKey),
  active: () => false,
};
