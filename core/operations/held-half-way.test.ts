import { MemoryTable } from '../../adapters/memory/table.ts';
import { afterIn, type Given, held, reason } from '../../test/material/operations/held-cluster.ts';
import { cluster, grant, KEY, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import { releaseCluster, retryCluster } from './hold-switch.ts';

type Asked = Parameters<typeof afterIn> extends [unknown, ...infer Rest] ? Rest : never;
const ordered = (...asked: Asked) => afterIn(new MemoryTable(), ...asked);

const half = { ...held, mutated: true, upgradeId: '1.36-1.37' };
const pending = { member: { status: 'Pending' as const, reasons: [] }, wave: { failed: 0 } };
const halted: Given = { wave: { status: 'Halted', failed: 9, reasons: [reason] }, rollout: { status: 'Halted' } };

test('a retry remembers the hold of a half-done hop for as long as its rollout is to try that again', async () => {
  const { control, result } = await ordered(retryCluster, { control: { clusterKey: KEY, held: half } });
  expect([control, result]).toEqual([1, 2].map(() => ({ clusterKey: KEY, retried: half })));
  const { control: plain } = await ordered(retryCluster, { control: { clusterKey: KEY, held } });
  expect(plain).toEqual({ clusterKey: KEY });
});

test('a release forgets the hold of a half-done hop', async () => {
  const { control } = await ordered(releaseCluster, { control: { clusterKey: KEY, held: half } });
  expect(control).toEqual({ clusterKey: KEY });
});

test('a hop that was left half done, and that no rollout is to try again, counts as failed when it is released', async () => {
  const control = { clusterKey: KEY, retried: half };
  const { wave, control: left } = await ordered(releaseCluster, { ...pending, control });
  expect([wave?.failed, left]).toEqual([1, { clusterKey: KEY }]);
});

test('a retry of what is not held leaves nothing of a hold', async () => {
  expect((await ordered(retryCluster, { control: undefined })).result).toEqual({ clusterKey: KEY });
});

test('a halted rollout says what its wave says once a failure by hand counts there', async () => {
  const given = {
    ...halted,
    control: { clusterKey: KEY, held: half },
    member: { status: 'Pending', reasons: [] },
  } as Given;
  const { rollout, wave } = await ordered(releaseCluster, given);
  expect([wave?.failed, rollout?.status, rollout?.reasons]).toEqual([10, 'Halted', wave?.reasons]);
});

test('a rollout stays halted while a retry leaves its wave so, and says what that says', async () => {
  const { rollout, wave } = await ordered(retryCluster, halted);
  expect([wave?.failed, rollout?.status, rollout?.reasons]).toEqual([8, 'Halted', wave?.reasons]);
});

test('a rollout that has ended is not taken up again before its cluster is looked at anew', async () => {
  const given: Given = { rollout: { status: 'Completed' }, kept: { cluster: { ...cluster, lastSeenAt: NEVER } } };
  await expect(ordered(retryCluster, given)).rejects.toMatchObject({
    name: 'WrongState',
    message: expect.stringMatching(
      /^web is held\. The rollout r is Completed, .* before web is looked at anew\. Discovery looks within the hour/,
    ),
  });
});

test.each<[string, Given, string]>([
  [
    'is being deleted',
    { kept: { cluster: { ...cluster, status: 'DELETING' } } },
    'Nothing is left to be tried once it is gone.',
  ],
  [
    'is paused by its tag',
    { kept: { cluster: { ...cluster, tags: { 'liftlock/paused': 'true' } } } },
    'When that is over: liftlock retry cluster web',
  ],
  [
    'was brought to the target, and only counts in its wave',
    {
      control: undefined,
      member: { isStray: true },
      kept: {
        cluster: { ...cluster, version: '1.37' },
        upgrades: [upgrade({ status: 'Succeeded', rolloutId: undefined })],
      },
    },
    'When that is over: liftlock retry cluster web',
  ],
])('a retry of a cluster that %s is refused, and says when it is not', async (_, given, told) => {
  await expect(ordered(retryCluster, given)).rejects.toMatchObject({
    name: 'UpgradeBlocked',
    message: expect.stringContaining(told),
  });
});

describe('a release gives up a rollback', () => {
  const back = upgrade({
    id: 'rollback-1.37-1.36',
    machine: 'rollback-cluster',
    from: '1.37',
    to: '1.36',
    status: 'Parked',
  });
  test('that waits for the hop which still runs', async () => {
    const kept = { grant: grant(), upgrades: [upgrade(), back] };
    const { told, control } = await ordered(releaseCluster, { control: undefined, kept });
    expect(told).toMatchObject([{ type: 'UpgradeChanged', detail: { upgradeId: back.id, status: 'Canceled' } }]);
    expect(control?.held).toBeUndefined();
  });
  test('and not while it runs itself', async () => {
    const kept = { grant: grant({ upgradeId: back.id }), upgrades: [back] };
    await expect(ordered(releaseCluster, { kept })).rejects.toThrow(`still holds its grant (${back.id}, open)`);
  });
});
