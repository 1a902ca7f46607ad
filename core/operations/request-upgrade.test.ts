import { MemoryTable } from '../../adapters/memory/table.ts';
import { recordOf } from '../../test/material/operations/operator-ports.ts';
import {
  checksOf,
  clock,
  cluster,
  KEY,
  type Kept,
  keep,
  NOON,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import type { RegionVersions } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { CONTRACT } from '../contracts/step-input.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Regions, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { requestUpgrade } from './requests.ts';

const offered = (version: string) => ({ version, status: 'STANDARD_SUPPORT', defaultVersion: false });
const region: RegionVersions = {
  region: cluster.region,
  versions: ['1.36', '1.37', '1.38'].map(offered),
  announced: [],
  checkedAt: NOON.toISOString(),
};

interface Given {
  readonly to?: string;
  readonly approve?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly fails?: string;
  /** A part of the upgrade that is checked afterwards. */
  readonly id?: string;
  readonly kept?: Kept;
}

async function requested({
  to = '1.37',
  approve = true,
  by = 'ann',
  reason,
  fails,
  id = '1.36-1.37',
  kept = {},
}: Given = {}) {
  const table = new MemoryTable();
  await keep(table, { rollout: undefined, waves: [], member: undefined, ...kept });
  await table.transact([put(Regions, region, 'absent')]);
  const operations: WriteOperation[] = [];
  table.beforeTransact = (each) => operations.push(...each);
  const started: unknown[] = [];
  const executions = {
    arnFor: (machine: string, name: string) => `arn:${machine}:${name}`,
    start: async (...parts: readonly unknown[]) => {
      started.push(parts);
      if (fails !== undefined) throw Object.assign(new Error(fails), { name: fails });
    },
    describe: async () => undefined,
  };
  const ports = { table, clock, executions, ids: { next: () => 'id' } };
  const answer = await requestUpgrade(ports, cluster, to, by, { approve, reason });
  return {
    answer,
    started,
    checks: checksOf(operations),
    left: (await load(table, Upgrades, KEY, id))?.data,
    record: await recordOf(table, KEY),
  };
}
const execution = 'arn:upgrade-cluster:request-id';
const pending: Upgrade = {
  ...upgrade({ status: 'Pending', requestedBy: 'ann' }),
  execution,
  resumeAt: '2026-11-20T12:05:00.000Z',
  startedAt: NOON.toISOString(),
};

test('a plan that nobody has approved starts nothing', async () => {
  const { answer, started, left, record } = await requested({ approve: false });
  expect(answer).toMatchObject({ status: 'NotApproved', hops: ['1.37'], refusals: [], execution: null });
  expect([started, left, record]).toStrictEqual([[], undefined, []]);
});

test('an upgrade that is approved is on record with who asked, then its first hop is started', async () => {
  const { answer, started, left, record } = await requested({ to: '1.38' });
  expect(answer).toMatchObject({ status: 'Started', hops: ['1.37', '1.38'], execution });
  const { rolloutId, waveIndex, ...byHand } = pending;
  expect(left).toStrictEqual(byHand);
  const detail = { from: '1.36', to: '1.37', asked: '1.38', execution };
  expect(record).toEqual([{ event: 'UpgradeRequested', principal: 'ann', detail }]);
  const input = { contract: CONTRACT, cluster: cluster.arn, targetVersion: '1.37', comment: 'Requested by ann' };
  expect(started).toEqual([['upgrade-cluster', 'request-id', input]]);
});

test('one that has ended begins anew, and what it has changed is not forgotten', async () => {
  for (const mutated of [true, false]) {
    const before = upgrade({
      status: 'Failed',
      mutated,
      requestedBy: 'bob',
      reasons: [{ code: 'X' as never, message: '' }],
    });
    const { left } = await requested({ kept: { upgrades: [before] } });
    expect(left).toMatchObject({ status: 'Pending', mutated, requestedBy: 'ann', reasons: [], steps: {} });
    expect(left).not.toHaveProperty('rolloutId');
  }
});

test('one that failed half-way begins at its version, with the baseline from before its first change', async () => {
  const baseline = { status: 'done' as const, reasons: [], startedAt: NOON.toISOString() };
  const failed = upgrade({ id: '1.35-1.36', from: '1.35', to: '1.36', status: 'Failed', mutated: true });
  const steps = { 'scan-cluster': baseline, 'upgrade-control-plane': baseline };
  const upgrades = [{ ...failed, steps, controlPlaneCompletedAt: NOON.toISOString() }];
  const { answer, left } = await requested({ to: '1.36', id: '1.35-1.36', kept: { upgrades } });
  expect(answer).toMatchObject({ status: 'Started', from: '1.35', to: '1.36', hops: ['1.36'], refusals: [] });
  expect(left).toMatchObject({ status: 'Pending', mutated: true, requestedBy: 'ann' });
  expect(left).toMatchObject({ steps: { 'scan-cluster': baseline }, controlPlaneCompletedAt: NOON.toISOString() });
  expect(Object.keys(left?.steps ?? {})).toEqual(['scan-cluster']);
});

test('one that waits is taken up as it is, in the name of who asks now; one that runs stays as it is', async () => {
  const baseline = { 'scan-cluster': { status: 'done' as const, reasons: [], startedAt: NOON.toISOString() } };
  for (const status of ['Parked', 'Pending', 'Running'] as const) {
    // An upgrade that a rollout has begun and continues belongs to the rollout.
    const before = upgrade({ status, mutated: status === 'Running', requestedBy: 'liftlock', steps: baseline });
    const { left, checks, started } = await requested({ kept: { upgrades: [before] } });
    expect(left).toEqual(status === 'Running' ? before : { ...before, requestedBy: 'ann', execution });
    if (status === 'Running') expect(checks).toContain(`CLUSTER#${KEY} UPGRADE#1.36-1.37 1`);
    expect(started).toHaveLength(1);
  }
});

test('a comment is as long as an input takes', async () => {
  const comment = `Requested by ${'x'.repeat(187)}`;
  const { started } = await requested({ by: 'x'.repeat(300) });
  expect(started).toEqual([['upgrade-cluster', 'request-id', expect.objectContaining({ comment })]]);
});

test('a start that was repeated has started; any other failure is told', async () => {
  expect((await requested({ fails: 'ExecutionAlreadyExists' })).answer.status).toBe('Started');
  await expect(requested({ fails: 'AccessDenied' })).rejects.toMatchObject({ name: 'AccessDenied' });
});

test.each<[string, Given, readonly string[], RegExp]>([
  ['that is stopped', { kept: { control: { stopped: true } } }, ['FleetStopped'], /^web is not upgraded: .*stopped/],
  [
    'for a minor that EKS does not offer',
    { to: '1.39' },
    ['NotOffered'],
    /^web is not upgraded: EKS does not offer 1\.39/,
  ],
  [
    'that is there already',
    { to: '1.36' },
    ['AlreadyThere'],
    /^web is not upgraded: The cluster is at 1\.36 already\.$/,
  ],
])('nothing is started in a fleet or for a cluster %s, and the plan says why', async (_, given, codes, message) => {
  await expect(requested(given)).rejects.toMatchObject({
    name: 'UpgradeBlocked',
    message: expect.stringMatching(message),
    details: { plan: { execution: null, refusals: codes.map((code) => expect.objectContaining({ code })) } },
  });
});

test('why somebody asks for an upgrade is kept with it and on record', async () => {
  const { left, record } = await requested({ reason: 'the bug is fixed in 1.37' });
  expect(left).toMatchObject({ requestedBy: 'ann', requestReason: 'the bug is fixed in 1.37' });
  expect(record).toMatchObject([{ event: 'UpgradeRequested', detail: { reason: 'the bug is fixed in 1.37' } }]);
});

test('who asks again for one that waits says why anew, or does not say it', async () => {
  const waits = upgrade({ status: 'Parked', requestedBy: 'bob', requestReason: 'bad image' });
  const { left } = await requested({ kept: { upgrades: [{ ...waits, rolloutId: undefined, waveIndex: undefined }] } });
  expect(left).toMatchObject({ requestedBy: 'ann' });
  expect(left?.requestReason).toBeUndefined();
});
