import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem } from '../../test/material/items/rollout-items.ts';
import {
  checksOf,
  clock,
  cluster,
  grant,
  intent,
  KEY,
  type Kept,
  keep,
  NOON,
  upgrade,
  waves,
  writesOf,
} from '../../test/material/protocol/one-upgrade.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { quoted } from '../contracts/step-result.ts';
import type { WriteOperation } from '../ports/table.ts';
import { ClusterControls, Members, ReconcileMarkers, Upgrades, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { settleUpgrade } from './settle.ts';
import type { UpgradeEnd } from './settle-decision.ts';

const running = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Running', inFlight: true });
const because = [quoted('PodEvictionFailure', 'A pod was not evicted.')];
const failed: UpgradeEnd = { status: 'failed', reasons: because };
const done: UpgradeEnd = { status: 'done', reasons: [] };
const accepted = { type: 'accepted' as const, updateId: 'u', at: NOON.toISOString() };

async function settled(
  end: UpgradeEnd,
  kept: Kept = {},
  { number = 1, known }: { number?: number; known?: string } = {},
) {
  const table = new MemoryTable();
  await keep(table, { grant: grant(), upgrades: [upgrade()], member: running, ...kept });
  const transactions: (readonly WriteOperation[])[] = [];
  table.beforeTransact = (operations) => transactions.push(operations);
  const published: LiftlockEvent[] = [];
  const events = { publish: async (some: readonly LiftlockEvent[]) => void published.push(...some) };
  const result = await settleUpgrade({ table, clock, events }, KEY, number, end, known);
  return {
    result,
    published,
    operations: transactions[0] ?? [],
    transactions,
    upgrade: (await load(table, Upgrades, KEY, '1.36-1.37'))?.data,
    member: (await load(table, Members, 'r', 1, KEY))?.data,
    wave: (await load(table, Waves, 'r', 1))?.data,
    held: (await load(table, ClusterControls, KEY))?.data.held,
    retried: (await load(table, ClusterControls, KEY))?.data.retried?.upgradeId,
    isDirty: (await load(table, ReconcileMarkers))?.data.dirtySince !== undefined,
    audit: await table.auditOf(KEY),
  };
}
const changed: Kept = { upgrades: [upgrade({ mutated: true })], intents: [intent({ outcome: accepted })] };

test('an upgrade, its member and its wave end together, under the grant', async () => {
  for (const known of [undefined, '1.36-1.37']) {
    const options = known === undefined ? {} : { known };
    const { operations, result, upgrade: left, member, wave, isDirty } = await settled(done, changed, options);
    expect(writesOf(operations)).toEqual(['Member 1', 'Upgrade 1', 'Wave 1']);
    expect(checksOf(operations)).toEqual([`CLUSTER#${KEY} GRANT 1`]);
    expect(result).toMatchObject({ status: 'Succeeded', endedAt: NOON.toISOString(), mutated: true });
    expect(left?.status).toBe('Succeeded');
    expect([member?.status, wave?.succeeded, isDirty]).toEqual(['Succeeded', 1, false]);
  }
});

test('what is told and what is on record is the same upgrade, with its change', async () => {
  const { published, audit } = await settled(done, changed);
  expect(published).toEqual([
    {
      type: 'UpgradeChanged',
      detail: {
        version: 1,
        change: `${KEY}#1`,
        clusterKey: KEY,
        cluster: cluster.arn,
        account: cluster.account,
        region: cluster.region,
        upgradeId: '1.36-1.37',
        rolloutId: 'r',
        from: '1.36',
        to: '1.37',
        status: 'Succeeded',
        reasons: [],
      },
    },
  ]);
  expect(audit).toMatchObject([
    {
      event: 'UpgradeSucceeded',
      principal: 'liftlock',
      detail: {
        upgradeId: '1.36-1.37',
        from: '1.36',
        to: '1.37',
        status: 'Succeeded',
        mutated: true,
        reasons: [],
        rolloutId: 'r',
        waveIndex: 1,
        requestedBy: 'liftlock',
      },
    },
  ]);
});

test('a failure holds the cluster, halts the wave when it is one too many, and has everybody told', async () => {
  const { held, wave, published, audit, isDirty, member } = await settled(failed, changed);
  expect(held).toEqual({ since: NOON.toISOString(), reason: because[0], upgradeId: '1.36-1.37', mutated: true });
  expect([wave?.status, wave?.failed, member?.status, isDirty]).toEqual(['Halted', 1, 'Failed', true]);
  expect(audit).toMatchObject([
    { event: 'UpgradeFailed' },
    { event: 'ClusterHeld', principal: 'liftlock', detail: { reason: because[0] } },
  ]);
  expect(published).toMatchObject([
    { type: 'UpgradeChanged', detail: { change: `${KEY}#1`, status: 'Failed' } },
    {
      type: 'ClusterHeld',
      detail: { version: 1, change: `${KEY}#2`, clusterKey: KEY, cluster: cluster.arn, reasons: because },
    },
    {
      type: 'WaveChanged',
      detail: {
        version: 1,
        change: `${KEY}#1`,
        rolloutId: 'r',
        wave: 'all',
        status: 'Halted',
        reasons: [{ code: 'FailureBudgetExceeded' }],
      },
    },
  ]);
});

test('a failure within the budget halts nothing', async () => {
  const { wave, published } = await settled(failed, {
    ...changed,
    waves: waves.map((one) => ({ ...one, maxFailures: 1 })),
  });
  expect([wave?.status, published.map(({ type }) => type)]).toEqual(['Open', ['UpgradeChanged', 'ClusterHeld']]);
});

test('a hold that was there is replaced by the one of this failure', async () => {
  const since = '2026-11-01T00:00:00.000Z';
  const { held, operations } = await settled(failed, {
    ...changed,
    clusterControl: { clusterKey: KEY, held: { since, reason: quoted('X', 'old') } },
  });
  expect(held?.since).toBe(NOON.toISOString());
  expect(writesOf(operations)).toContain('ClusterControl 1');
});

test.each<[string, Partial<Intent>[], boolean]>([
  ['nothing was sent', [], false],
  ['EKS refused all', [{ outcome: { type: 'refused', error: 'x', message: 'x', at: NOON.toISOString() } }], false],
  ['EKS never got it', [{ outcome: { type: 'never-sent', at: NOON.toISOString() } }], false],
  ['EKS took it', [{ outcome: accepted }], true],
  ['nobody can find out', [{ outcome: { type: 'lost', at: NOON.toISOString() } }], true],
  ['nobody knows yet', [{}], true],
  ['it was of another upgrade', [{ upgradeId: '1.35-1.36', outcome: accepted }], false],
  [
    'one of two was taken',
    [{ outcome: { type: 'never-sent', at: NOON.toISOString() } }, { attempt: 2, outcome: accepted }],
    true,
  ],
])('what ends without success after a commit of which %s: %j, mutated: %s', async (_, given, mutated) => {
  const intents = given.map((one) => intent(one));
  const { result, held, member } = await settled(failed, { upgrades: [upgrade({ mutated: true })], intents });
  expect([result?.status, result?.mutated]).toEqual(mutated ? ['Failed', true] : ['Blocked', false]);
  expect(member?.status).toBe(result?.status);
  expect(held === undefined).toBe(!mutated);
});

test('what was never committed changed nothing, whatever an intent of that name says', async () => {
  const { result } = await settled(failed, { intents: [intent({ outcome: accepted })] });
  expect(result).toMatchObject({ status: 'Blocked', mutated: false });
});

test.each<[string, Kept, number, string | undefined]>([
  ['there is no grant', { grant: undefined }, 1, undefined],
  ['the grant is another', { grant: grant({ number: 2 }) }, 1, undefined],
  ['the grant is free', { grant: grant({ status: 'free' }) }, 1, undefined],
  ['the upgrade is gone', { upgrades: [] }, 1, undefined],
  ['the upgrade is parked', { upgrades: [upgrade({ status: 'Parked' })] }, 1, 'Parked'],
  ['the upgrade has failed', { upgrades: [upgrade({ status: 'Failed' })] }, 1, 'Failed'],
])('nothing is settled when %s', async (_, kept, number, status) => {
  const { result, transactions, published } = await settled(done, kept, { number });
  expect([result?.status, transactions, published]).toEqual([status, [], []]);
});

test('a grant that is closing still lets its upgrade be settled', async () => {
  const { result } = await settled(done, { ...changed, grant: grant({ status: 'closing' }) });
  expect(result?.status).toBe('Succeeded');
});

test.each<[string, Kept]>([
  ['belongs to no rollout', { upgrades: [upgrade({ rolloutId: undefined as never, waveIndex: undefined as never })] }],
  ['has no wave', { upgrades: [upgrade({ waveIndex: undefined as never })] }],
  ['lost its wave', { waves: [] }],
  ['lost its member', { member: undefined }],
])('an upgrade that %s ends alone', async (_, kept) => {
  const { operations, result, published } = await settled(done, kept);
  expect(writesOf(operations)).toEqual(['Upgrade 1']);
  expect(result?.status).toBe('Succeeded');
  expect(published.map(({ type }) => type)).toEqual(['UpgradeChanged']);
});

test('a cluster that nobody knows any more is told by its key alone', async () => {
  const { published } = await settled(done, { cluster: undefined });
  expect(published).toMatchObject([
    { detail: { cluster: cluster.arn, account: '111122223333', region: 'eu-central-1' } },
  ]);
});

test('one that waits says until when, and has not ended', async () => {
  const resumeAt = '2026-11-20T13:00:00.000Z';
  const { result, member, audit } = await settled({ status: 'parked', reasons: because, resumeAt });
  expect(result).toMatchObject({ status: 'Parked', resumeAt });
  expect(result?.endedAt).toBeUndefined();
  expect([member?.status, member?.resumeAt]).toEqual(['Parked', resumeAt]);
  expect(audit[0]).toMatchObject({ event: 'UpgradeParked', detail: { resumeAt } });
});

test.each<[string, UpgradeEnd, string, string | undefined]>([
  ['is over once that upgrade has succeeded', done, '1.36-1.37', undefined],
  ['stays while another upgrade succeeds', done, '1.35-1.36', '1.35-1.36'],
  ['gives way to the hold of its next failure', failed, '1.36-1.37', undefined],
  ['stays beside the hold of another failure', failed, '1.35-1.36', '1.35-1.36'],
])('what a retry has taken off %s', async (_, end, upgradeId, left) => {
  const retried = { reason: quoted('UpdateFailed', 'x'), since: NOON.toISOString(), upgradeId, mutated: true };
  const { retried: kept, held } = await settled(end, { ...changed, clusterControl: { clusterKey: KEY, retried } });
  expect([kept, held?.upgradeId]).toEqual([left, end === failed ? '1.36-1.37' : undefined]);
});

// docs/semantics.md, Failure budget: a manual single step that fails beside a half-way parked hop of a rollout fails as part of that hop.
describe('a roll by hand that fails', () => {
  const byHand = { id: 'roll-node-group-x', machine: 'roll-node-group' as const, from: '1.37', to: '1.37' };
  const { rolloutId: _, waveIndex: __, ...own } = upgrade({ ...byHand, mutated: true });
  const hop = upgrade({ status: 'Parked', mutated: true });
  const parked = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Parked', inFlight: true });
  const { rolloutId: ___, waveIndex: ____, ...bare } = grant({ upgradeId: byHand.id });
  const beside = (more: Kept = {}): Kept => ({
    grant: bare,
    upgrades: [own, hop],
    intents: [intent({ upgradeId: byHand.id, outcome: accepted })],
    member: parked,
    waves: waves.map((one) => ({ ...one, inFlight: 1 })),
    ...more,
  });

  test('fails that hop, which counts and gives its place back, and holds the cluster for it', async () => {
    const { upgrade: left, member, wave, held, audit, published } = await settled(failed, beside());
    expect([left?.status, member?.status, member?.inFlight]).toEqual(['Failed', 'Failed', false]);
    expect([wave?.failed, wave?.inFlight, held?.upgradeId]).toEqual([1, 0, '1.36-1.37']);
    expect(audit.map(({ event }) => event)).toEqual(['UpgradeFailed', 'UpgradeFailed', 'ClusterHeld']);
    expect(published.map(({ type }) => type)).toEqual(['UpgradeChanged', 'ClusterHeld', 'WaveChanged']);
  });

  test('fails one before its control plane has moved, too', async () => {
    const step = { ...own, from: '1.36', to: '1.36' };
    const { upgrade: left } = await settled(failed, beside({ upgrades: [step, hop] }));
    expect(left?.status).toBe('Failed');
  });

  test.each<[string, UpgradeEnd, Kept]>([
    ['it has changed nothing', failed, { intents: [] }],
    ['it succeeds', done, {}],
    ['that was aborted', failed, { rollout: rolloutItem({ status: 'Aborted' }) }],
    ['that has changed nothing', failed, { upgrades: [own, { ...hop, mutated: false }] }],
    ['that is of another minor', failed, { upgrades: [{ ...own, from: '1.38', to: '1.38' }, hop] }],
    ['whose member has ended', failed, { member: { ...parked, status: 'Excluded' } }],
  ])('leaves alone a hop where %s', async (_, end, kept) => {
    const { upgrade: left, member, wave } = await settled(end, beside(kept));
    expect([left?.status, wave?.failed]).toEqual(['Parked', 0]);
    expect(member?.status).not.toBe('Failed');
  });
});
