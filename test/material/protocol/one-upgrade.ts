import type { UpgradePolicy } from '../../../core/config/types.ts';
import type { ClusterControl, ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import type { Epoch, Grant, Intent, Ledger, Upgrade } from '../../../core/contracts/items/protocol.ts';
import type { AppliedConfig, FleetControl, Member, Rollout, Wave } from '../../../core/contracts/items/rollout.ts';
import { FLEET } from '../../../core/policy/applied.ts';
import type { Table, WriteOperation } from '../../../core/ports/table.ts';
import type { CommitRequest } from '../../../core/protocol/commit.ts';
import type { GrantRequest } from '../../../core/protocol/grant.ts';
import * as entities from '../../../core/store/entities.ts';
import { type Entity, put } from '../../../core/store/entity.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { memberItem, rolloutItem, waveItem } from '../items/rollout-items.ts';
import { clusterRecord } from '../policy/cluster-record.ts';
import { policyWith } from '../policy/policies.ts';

/** When everything here happens. */
export const NOON = new Date('2026-11-20T12:00:00.000Z');
export const clock = { now: () => NOON };
export const cluster = clusterRecord({ name: 'web', version: '1.36', tags: { team: 'shop' } });
export const KEY = cluster.clusterKey;
export const HOLDER = 'arn:execution:upgrade';

export const grant = (given: Partial<Grant> = {}): Grant => ({
  clusterKey: KEY,
  number: 1,
  epoch: 4,
  status: 'open',
  upgradeId: '1.36-1.37',
  machine: 'upgrade-cluster',
  holder: HOLDER,
  executionName: 'upgrade-name',
  input: { targetVersion: '1.37' },
  capKeys: ['total', `account/${cluster.account}`],
  children: [],
  grantedAt: NOON.toISOString(),
  ...given,
});

export const upgrade = (given: Partial<Upgrade> = {}): Upgrade => ({
  clusterKey: KEY,
  id: '1.36-1.37',
  machine: 'upgrade-cluster',
  from: '1.36',
  to: '1.37',
  status: 'Running',
  mutated: false,
  steps: {},
  requestedBy: 'liftlock',
  reasons: [],
  rolloutId: 'r',
  waveIndex: 1,
  ...given,
});

export const intent = (given: Partial<Intent> = {}): Intent => ({
  clusterKey: KEY,
  step: 'upgrade-control-plane',
  subject: 'cluster',
  attempt: 1,
  upgradeId: '1.36-1.37',
  grantNumber: 1,
  epoch: 4,
  call: { name: 'UpdateClusterVersion', input: { name: 'web', version: '1.37' } },
  scope: { account: cluster.account, region: cluster.region },
  token: 'token',
  knownUpdateIds: [],
  commits: 1,
  committedAt: NOON.toISOString(),
  ...given,
});

export const request = (given: Partial<GrantRequest> = {}): GrantRequest => ({
  clusterKey: KEY,
  upgradeId: '1.36-1.37',
  machine: 'upgrade-cluster',
  from: '1.36',
  to: '1.37',
  requestedBy: 'liftlock',
  member: { rolloutId: 'r', waveIndex: 1, failures: 0 },
  ...given,
});

/** What a step asks to commit: that the control plane goes to 1.37. */
export const commitRequest = (given: Partial<CommitRequest> = {}): CommitRequest => ({
  asker: { arn: HOLDER, name: 'upgrade-name' },
  clusterKey: KEY,
  scope: { account: cluster.account, region: cluster.region },
  step: 'upgrade-control-plane',
  subject: 'cluster',
  target: KubeVersion.parse('1.37'),
  attempt: 1,
  repeats: undefined,
  call: (clientRequestToken) => ({
    name: 'UpdateClusterVersion',
    input: { name: 'web', version: '1.37', clientRequestToken },
  }),
  knownUpdateIds: ['u-0'],
  ...given,
});

/** What is kept of a rollout whose second of three waves is open, with one member; `undefined` leaves an item out. */
export interface Kept {
  readonly epoch?: Epoch | undefined;
  readonly fleet?: AppliedConfig | undefined;
  readonly policy?: AppliedConfig | undefined;
  readonly calendars?: readonly AppliedConfig[];
  readonly control?: FleetControl | undefined;
  readonly cluster?: ClusterRecord | undefined;
  readonly clusterControl?: ClusterControl | undefined;
  readonly grant?: Grant | undefined;
  readonly ledger?: Ledger | undefined;
  readonly upgrades?: readonly Upgrade[];
  readonly intents?: readonly Intent[];
  readonly rollout?: Rollout | undefined;
  readonly waves?: readonly Wave[];
  readonly member?: Member | undefined;
}

const applied = (kind: AppliedConfig['kind'], name: string, document: object): AppliedConfig => ({
  kind,
  name,
  document: document as Record<string, unknown>,
  revision: `of ${name}`,
  appliedBy: 'ann',
  appliedAt: NOON.toISOString(),
});
export const fleetConfig = applied('Fleet', FLEET, {
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Fleet',
  metadata: { name: 'f' },
  spec: {
    mode: 'act',
    accounts: [cluster.account],
    regions: [cluster.region],
    spokeRole: { externalId: 'xx' },
    caps: { total: 5 },
  },
});
/** A policy as applied. */
export const policyConfig = (policy: UpgradePolicy): AppliedConfig =>
  applied('UpgradePolicy', policy.metadata.name, policy);
const standard = policyWith({ name: 'p' });
/** The same policy, whose clusters go back by themselves where a hop has left them worse. */
export const takingBack = policyConfig({
  ...standard,
  spec: { ...standard.spec, rollback: { ...standard.spec.rollback, automatic: true, windows: 'ignore' } },
});
/** A calendar as applied. */
export const calendarConfig = (name: string, spec: object): AppliedConfig =>
  applied('Calendar', name, { apiVersion: 'liftlock/v1alpha1', kind: 'Calendar', metadata: { name }, spec });
export const waves = [
  waveItem({ index: 0, name: 'before', status: 'Completed' }),
  waveItem({ index: 1, name: 'all', members: 3, needWork: 3, maxConcurrency: 3 }),
  waveItem({ index: 2, name: 'after', status: 'Pending' }),
];

const ordinary: Kept = {
  epoch: { number: 4 },
  fleet: fleetConfig,
  policy: policyConfig(policyWith({ name: 'p' })),
  cluster,
  rollout: rolloutItem({ waves: ['before', 'all', 'after'] }),
  waves,
  member: memberItem({ clusterKey: KEY, waveIndex: 1 }),
};

/** Writes what is ordinary and what is given into a table. */
export async function keep(table: Table, given: Kept = {}): Promise<void> {
  const all: Kept = { ...ordinary, ...given };
  const one = <Data>(entity: Entity<Data, never>, data: Data | undefined): WriteOperation[] =>
    data === undefined ? [] : [put(entity, data, 'absent')];
  await table.transact([
    ...one(entities.Epochs, all.epoch),
    ...one(entities.Configs, all.fleet),
    ...one(entities.Configs, all.policy),
    ...(all.calendars ?? []).flatMap((calendar) => one(entities.Configs, calendar)),
    ...one(entities.FleetControls, all.control),
    ...one(entities.Clusters, all.cluster),
    ...one(entities.ClusterControls, all.clusterControl),
    ...one(entities.Grants, all.grant),
    ...one(entities.Ledgers, all.ledger),
    ...one(entities.Rollouts, all.rollout),
    ...one(entities.Members, all.member),
    ...(all.upgrades ?? []).flatMap((each) => one(entities.Upgrades, each)),
    ...(all.intents ?? []).flatMap((each) => one(entities.Intents, each)),
    ...(all.waves ?? []).flatMap((each) => one(entities.Waves, each)),
  ]);
}

/** What a transaction only checks, as `kind-or-key expected`. */
export const checksOf = (operations: readonly WriteOperation[]): string[] =>
  operations.flatMap((one) => (one.type === 'check' ? [`${one.key.pk} ${one.key.sk} ${one.expect}`] : [])).sort();

/** What it writes, as `kind expected`. */
export const writesOf = (operations: readonly WriteOperation[]): string[] =>
  operations.flatMap((one) => (one.type === 'put' ? [`${one.item.kind} ${one.expect}`] : [])).sort();
