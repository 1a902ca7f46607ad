import { upgradePolicySchema } from '../../../core/config/schema/upgrade-policy.ts';
import type { ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import type { Grant, Intent, Upgrade } from '../../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../../core/contracts/items/rollout.ts';
import type { AuditItem, StoredItem } from '../../../core/ports/table.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Intents,
  Ledgers,
  Members,
  Rollouts,
  Upgrades,
  Waves,
} from '../../../core/store/entities.ts';
import type { Entity } from '../../../core/store/entity.ts';
import type { ClusterRecord as EksCluster } from '../../../simulator/eks/state/fake-eks-state.ts';
import { type Check, checkHistory, type History, type Violation } from '../../../simulator/invariants/history.ts';
import type { GateShown } from '../../../simulator/process/in-memory-gates.ts';
import { memberItem, rolloutItem, waveItem } from '../items/rollout-items.ts';

const BEGIN = Date.parse('2026-11-20T12:00:00Z');
export const KEY = 'arn:aws:eks:eu-central-1:111111111111:cluster/web@2026-01-01T00:00:00.000Z';
export const OTHER = 'arn:aws:eks:eu-central-1:111111111111:cluster/shop@2026-01-01T00:00:00.000Z';

/** A history that somebody made up, item by item, to see whether a check notices what is wrong with it. */
export class Fabricated {
  readonly #items: AuditItem[] = [];
  readonly #gates: GateShown[] = [];
  readonly #looks = new Map<string, number[]>();
  readonly #revisions = new Map<string, number>();
  #now = BEGIN;

  /** Lets so many minutes pass. */
  wait(minutes: number): this {
    this.#now += minutes * 60_000;
    return this;
  }

  /** Gates are read, and show this. */
  gate(gate: string, status: GateShown['status']): this {
    this.#gates.push({ at: this.#now, gate, status });
    return this;
  }

  /** EKS describes the cluster. */
  look(clusterKey = KEY): this {
    const arn = clusterKey.slice(0, clusterKey.indexOf('@'));
    this.#looks.set(arn, [...(this.#looks.get(arn) ?? []), this.#now]);
    return this;
  }

  /** One transaction on the record of a subject. */
  add(subject: string, event: string, detail: Record<string, unknown> = {}, ...writes: readonly Write[]): this {
    const at = new Date(this.#now).toISOString();
    const sequence = this.#items.filter((item) => item.subject === subject).length + 1;
    const written = writes.map(([entity, data]) => this.#write(entity, data));
    const whole = { ...detail, writes: written };
    this.#items.push({
      subject,
      sequence,
      event,
      principal: 'liftlock',
      at,
      detail: whole,
      previousHash: '',
      hash: '',
    });
    return this;
  }

  /** The commit of a change of the cluster in a wave. */
  commitIn(waveIndex: number): this {
    return this.commit('upgrade-control-plane', {}, { waveIndex });
  }

  /** The commit of a change under what is in force. */
  commit(
    step = 'upgrade-control-plane',
    more: Partial<Intent> = {},
    changed: Partial<Upgrade> = {},
    execution = 'holder',
  ): this {
    const clusterKey = KEY;
    const intent = intentOf({ step, clusterKey, ...more });
    const upgrade = upgradeOf({ clusterKey, mutated: true, ...changed });
    const { call, subject, attempt, grantNumber, upgradeId } = intent;
    const detail = { step, subject, attempt, grantNumber, upgradeId, call, execution };
    return this.add(clusterKey, 'MutationCommitted', detail, write(Intents, intent), write(Upgrades, upgrade));
  }

  /** The grant of a cluster, with what a granting transaction writes. */
  grant(more: Partial<Grant> = {}, member: Partial<Member> = {}, counts?: Record<string, number>): this {
    const grant = grantOf(more);
    const { clusterKey, number } = grant;
    const own = memberOf({ clusterKey, status: 'Running', inFlight: true, ...member });
    const detail = {
      grantNumber: number,
      upgradeId: grant.upgradeId,
      rolloutId: own.rolloutId,
      waveIndex: own.waveIndex,
    };
    return this.add(
      clusterKey,
      'Granted',
      detail,
      write(Grants, grant),
      write(Members, own),
      write(Upgrades, upgradeOf({ clusterKey, waveIndex: own.waveIndex })),
      ...(counts === undefined ? [] : [write(Ledgers, { counts })]),
    );
  }

  /** `clusters`: those of the fake at the end. */
  violations(check: (history: History) => Check, ...clusters: readonly EksCluster[]): Violation[] {
    const world = { eks: { state: { clusters, gone: [] } } };
    const writtenAt = (item: AuditItem) => Date.parse(item.at);
    const kept = { world, writtenAt, gateReadings: this.#gates, looks: this.#looks };
    return checkHistory({ timeline: this.#items, ...kept } as unknown as History, [check]);
  }

  #write(entity: Entity<unknown, never>, data: unknown): StoredItem {
    const { pk, sk } = entity.keyOf(data);
    const revision = (this.#revisions.get(`${pk} ${sk}`) ?? 0) + 1;
    this.#revisions.set(`${pk} ${sk}`, revision);
    return { pk, sk, kind: entity.kind, active: entity.active(data), revision, data };
  }
}

type Write = readonly [entity: Entity<unknown, never>, data: unknown];
export const write = <Data>(entity: Entity<Data, never>, data: Data): Write => [
  entity as unknown as Entity<unknown, never>,
  data,
];

/** A fleet of one rollout with two waves, in which the first change of a cluster may be committed. */
export function inForce(
  options: {
    readonly fleet?: object;
    readonly wave?: object;
    readonly spec?: object;
    readonly rollout?: Partial<Rollout>;
    readonly first?: Partial<Wave>;
    readonly second?: Partial<Wave>;
    readonly grant?: Partial<Grant>;
    readonly calendars?: Readonly<Record<string, object>>;
    readonly steps?: Upgrade['steps'];
  } = {},
): Fabricated {
  const apiVersion = 'liftlock/v1alpha1';
  const spec = { mode: 'act', regions: ['eu-central-1'], spokeRole: { externalId: 'test' }, ...options.fleet };
  const policy = upgradePolicySchema.parse({
    apiVersion,
    kind: 'UpgradePolicy',
    metadata: { name: 'standard' },
    spec: {
      selector: {},
      target: '1.37',
      waves: [{ name: 'first', ...options.wave }, { name: 'second' }],
      ...options.spec,
    },
  });
  const calendars = Object.entries(options.calendars ?? {}).map(([name, one]) =>
    config('Calendar', name, { apiVersion, kind: 'Calendar', metadata: { name }, spec: one }),
  );
  return new Fabricated().add(
    'fleet',
    'ConfigApplied',
    {},
    config('Fleet', 'fleet', { apiVersion, kind: 'Fleet', metadata: { name: 'f' }, spec }),
    config('UpgradePolicy', 'standard', policy),
    ...calendars,
    write(Epochs, { number: 1 }),
    rollout(options.rollout ?? {}),
    write(Waves, waveOf({ index: 0, name: 'first', status: 'Open', ...options.first })),
    write(Waves, waveOf({ index: 1, name: 'second', ...options.second })),
    write(Upgrades, upgradeOf(options.steps === undefined ? {} : { steps: options.steps })),
    write(Grants, grantOf(options.grant ?? {})),
    write(Ledgers, { counts: { total: 1, 'account/111111111111': 1, 'region/eu-central-1': 1 } }),
  );
}

/** A cluster that a person upgrades, outside every rollout. */
export const byHand = (options: Parameters<typeof inForce>[0]): Fabricated =>
  inForce(options)
    .add(KEY, 'ClusterDiscovered', { tags: {} }, inventory)
    .commit(undefined, {}, { rolloutId: undefined, waveIndex: undefined });

export const tagged = (tags: ClusterRecord['tags']): Write =>
  write(Clusters, {
    clusterKey: KEY,
    name: 'web',
    account: '111111111111',
    region: 'eu-central-1',
    tags,
    labels: {},
    conditions: [],
  } as unknown as ClusterRecord);
export const inventory = tagged({});

export const stopFleet = write(FleetControls, { stopped: true });
const HELD = { reason: { code: 'Failed' as const, message: 'it failed' }, since: '2026-11-20T12:00:00.000Z' };
export const hold = write(ClusterControls, { clusterKey: KEY, held: HELD });
export const holdOf = (upgradeId: string): Write =>
  write(ClusterControls, { clusterKey: KEY, held: { ...HELD, upgradeId } });

export function config(kind: 'Fleet' | 'UpgradePolicy' | 'Calendar', name: string, document: object): Write {
  const applied = {
    kind,
    name,
    document: { ...document },
    revision: 'r',
    appliedBy: 'author',
    appliedAt: '2026-11-20T00:00:00.000Z',
  };
  return write(Configs, applied);
}

export const rollout = (more: Partial<Rollout>): Write =>
  write(Rollouts, rolloutItem({ policy: 'standard', createdBy: 'creator', waves: ['first', 'second'], ...more }));

export const waveOf = (more: Partial<Wave>): Wave =>
  waveItem({ name: 'first', status: 'Pending', members: 2, needWork: 2, ...more });

export const memberOf = (more: Partial<Member>): Member =>
  memberItem({ clusterKey: KEY, upgradeId: '1.36-1.37', ...more });

const step: Upgrade['steps'][string] = { status: 'done', reasons: [], startedAt: '2026-11-20T12:00:00.000Z' };
export const upgradeOf = (more: Partial<Upgrade>): Upgrade => ({
  clusterKey: KEY,
  id: '1.36-1.37',
  machine: 'upgrade-cluster',
  from: '1.36',
  to: '1.37',
  status: 'Running',
  mutated: false,
  steps: { 'scan-cluster': step, 'update-addons-before': step },
  requestedBy: 'liftlock',
  rolloutId: 'r',
  waveIndex: 0,
  reasons: [],
  startedAt: '2026-11-20T12:00:00.000Z',
  ...more,
});

export const grantOf = (more: Partial<Grant>): Grant => ({
  clusterKey: KEY,
  number: 1,
  epoch: 1,
  status: 'open',
  upgradeId: '1.36-1.37',
  machine: 'upgrade-cluster',
  holder: 'holder',
  executionName: 'name',
  input: {},
  capKeys: ['total', 'account/111111111111', 'region/eu-central-1'],
  children: [],
  grantedAt: '2026-11-20T12:00:00.000Z',
  ...more,
});

export const intentOf = (more: Partial<Intent>): Intent => ({
  clusterKey: KEY,
  step: 'upgrade-control-plane',
  subject: 'cluster',
  attempt: 1,
  upgradeId: '1.36-1.37',
  grantNumber: 1,
  epoch: 1,
  call: { name: 'UpdateClusterVersion', input: { name: 'web', version: '1.37', clientRequestToken: 't' } },
  scope: { account: '111111111111', region: 'eu-central-1' },
  token: 't',
  knownUpdateIds: [],
  commits: 1,
  committedAt: '2026-11-20T12:00:00.000Z',
  ...more,
});
