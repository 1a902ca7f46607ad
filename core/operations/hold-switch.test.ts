import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import {
  afterIn,
  byHand,
  finished,
  type Given,
  held,
  reason,
  without,
} from '../../test/material/operations/held-cluster.ts';
import { neverAllMembers } from '../../test/material/operations/operator-ports.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { grant, KEY } from '../../test/material/protocol/one-upgrade.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { releaseCluster, retryCluster } from './hold-switch.ts';

type Asked = Parameters<typeof afterIn> extends [unknown, ...infer Rest] ? Rest : never;
const after = (...asked: Asked) => afterIn(neverAllMembers(new MemoryTable()), ...asked);

test('a release takes the hold off and nothing else', async () => {
  const { result, control, member, wave, record, checks, ...left } = await after(releaseCluster);
  expect([result, control]).toEqual([without, without]);
  expect(result).not.toHaveProperty('held');
  expect(member?.status).toBe('Failed');
  expect(wave?.failed).toBe(1);
  expect(record).toEqual([{ event: 'ClusterReleased', principal: 'ann', detail: { held } }]);
  expect(checks).toEqual([`CLUSTER#${KEY} GRANT absent`]);
  expect(left.isDirty).toBe(true);
});

test('a retry takes the hold off and has the cluster wait again in its rollout', async () => {
  const member = { resumeAt: '2026-11-20T13:00:00.000Z', traits: ['a', 'b'] };
  const traits = { failed: { a: 1, b: 2 }, succeeded: { c: 1 } };
  const {
    result,
    member: left,
    wave,
    record,
    checks,
    rollout,
  } = await after(retryCluster, { member, wave: { traits } });
  expect(result).toEqual(without);
  expect(left).toEqual(memberItem({ clusterKey: KEY, waveIndex: 1, traits: ['a', 'b'], failedBefore: true }));
  expect(wave).toMatchObject({ failed: 0, blocked: 0, traits: { failed: { b: 1 }, succeeded: { c: 1 } } });
  expect(record).toEqual([{ event: 'ClusterRetried', principal: 'ann', detail: { held } }]);
  expect(checks).toEqual([`CLUSTER#${KEY} GRANT absent`, 'ROLLOUT#r ROLLOUT 1']);
  expect(rollout?.status).toBe('Running');
});

test('the rollout has on record whose failure a retry has taken back', async () => {
  const { ofRollout } = await after(retryCluster);
  const detail = { clusterKey: KEY, wave: 'all', from: 'Failed', to: 'Pending' };
  expect(ofRollout).toEqual([{ event: 'MemberRetried', principal: 'ann', detail }]);
});

test.each([
  ['was halted', { wave: { status: 'Halted' }, rollout: { status: 'Halted' } }, true],
  ['was open', {}, false],
  ['is paused', { wave: { status: 'Halted' }, rollout: { status: 'Paused' } }, false],
  ['stays halted', { wave: { status: 'Halted', failed: 9 }, rollout: { status: 'Halted' } }, false],
] as const)('that a retry has others go on is told and on record where their rollout %s', async (_, given, isTold) => {
  const { result, control, ofRollout } = await after(retryCluster, given);
  const told = [
    { code: 'WaveReopened', message: expect.stringMatching(/all .* r goes on for its other clusters, too/) },
  ];
  expect(result).toEqual(isTold ? { ...without, told } : without);
  expect(control).toEqual(without);
  const { detail } = ofRollout[0] ?? {};
  expect((detail as { reasons?: object } | undefined)?.reasons).toEqual(isTold ? told : undefined);
});

test('that a retry has later waves wait is told and on record where its wave had passed', async () => {
  const { result, ofRollout } = await after(retryCluster, { wave: { status: 'CompletedWithFailures' } });
  const told = [
    { code: 'WaveReopened', message: expect.stringMatching(/had passed and is open again: .* waits until/) },
  ];
  expect(result).toEqual({ ...without, told });
  expect(ofRollout).toMatchObject([{ detail: { reasons: told } }]);
});

/** It failed half-way after a manual start, and nobody has handled that since. */
const unseen: Given = {
  control: { clusterKey: KEY, held: { ...held, mutated: true } },
  member: { status: 'Pending', reasons: [] },
  wave: { failed: 0 },
};
const reasons = [{ code: 'Held', message: `The cluster is held since ${held.since}: It failed.` }];

test('what failed half-way by hand has failed in its rollout when it is released', async () => {
  const { member, wave, ofRollout, checks } = await after(releaseCluster, unseen);
  expect([member?.status, member?.reasons, wave?.failed]).toEqual(['Failed', reasons, 1]);
  const detail = { clusterKey: KEY, reasons };
  expect(ofRollout).toEqual([{ event: 'MemberFailed', principal: 'liftlock', detail }]);
  expect(checks).toContain('ROLLOUT#r ROLLOUT 1');
});

test('whoever is told of waves hears of one that a retry opens, and of one that a release halts, with the id of its record', async () => {
  const halted = { wave: { status: 'Halted' }, rollout: { status: 'Halted' } } as const;
  const opened = await after(retryCluster, halted);
  const detail = { version: 1, rolloutId: 'r', wave: 'all', reasons: expect.any(Array) };
  const ofRollout = expect.stringMatching(/^rollout\/r#\d+$/);
  expect(opened.told).toEqual([{ type: 'WaveChanged', detail: { ...detail, change: ofRollout, status: 'Open' } }]);
  const released = await after(releaseCluster, unseen);
  expect(released.told).toMatchObject([{ type: 'WaveChanged', detail: { change: ofRollout, status: 'Halted' } }]);
  expect((await after(retryCluster)).told).toEqual([]);
});

test('what failed half-way by hand is tried again as any failure', async () => {
  const { member, wave } = await after(retryCluster, unseen);
  expect([member?.status, member?.failedBefore, wave?.failed]).toEqual(['Pending', true, 0]);
});

test('what failed half-way by hand is not counted in a rollout that has ended', async () => {
  const { member, wave } = await after(releaseCluster, { ...unseen, rollout: { status: 'Completed' } });
  expect([member?.status, wave?.failed]).toEqual(['Pending', 0]);
});

test('a retry does not forget what no rollout makes: a single step that failed by hand', async () => {
  const control = { clusterKey: KEY, held: { ...held, mutated: true, upgradeId: 'roll-node-group-x' } };
  await expect(after(retryCluster, { ...unseen, control })).rejects.toThrow('no rollout would try it again');
});

test('what failed half-way by hand is not released while its rollout is planned anew', async () => {
  await expect(after(releaseCluster, { ...unseen, rollout: { following: 'hash' } })).rejects.toThrow('planned anew');
});

test('what failed by hand and changed nothing has not failed in its rollout', async () => {
  const { member, wave } = await after(releaseCluster, { ...unseen, control: { clusterKey: KEY, held } });
  expect([member?.status, wave?.failed]).toEqual(['Pending', 0]);
});

test('a retry of what was blocked is no failure less, and none that would count again', async () => {
  const member = { status: 'Blocked' as const };
  const { wave, member: left } = await after(retryCluster, { control: undefined, member, wave: { blocked: 1 } });
  expect(wave).toMatchObject({ failed: 1, blocked: 0 });
  expect(wave?.traits).toEqual({ failed: {}, succeeded: {} });
  expect(left).not.toHaveProperty('failedBefore');
});

test('what failed in a wave that counts no traits is a failure less', async () => {
  expect((await after(retryCluster)).wave).toMatchObject({ failed: 0, traits: { failed: {}, succeeded: {} } });
});

const ended = { endedAt: '2026-11-20T10:00:00.000Z', promotedBy: 'bob', reasons: [reason] };
test.each<[string, Partial<Wave>, Partial<Wave>]>([
  ['opens again once it is within its budget', { status: 'Halted', ...ended }, { status: 'Open', reasons: [] }],
  [
    'stays halted while more have failed than may',
    { status: 'Halted', failed: 2, ...ended },
    { status: 'Halted', failed: 1, ...ended },
  ],
  ['does not open before its turn', { status: 'Pending' }, { status: 'Pending', failed: 0 }],
])('a wave with a cluster that is tried again %s', async (_, wave, expected) => {
  const left = (await after(retryCluster, { wave })).wave;
  expect(left).toMatchObject(expected);
  if (expected.status === 'Open') {
    expect(left?.endedAt).toBeUndefined();
    expect(left?.promotedBy).toBeUndefined();
  }
});

test.each<[Rollout['status'], Rollout['status']]>([
  ['Running', 'Running'],
  ['Paused', 'Paused'],
  ['Halted', 'Running'],
  ['CompletedWithFailures', 'Running'],
])('a rollout that is %s is %s after a retry', async (status, next) => {
  const { rollout } = await after(retryCluster, { rollout: { status, ...(status === next ? {} : ended) } });
  expect(rollout?.status).toBe(next);
  expect(rollout?.endedAt).toBeUndefined();
  expect(rollout?.reasons).toStrictEqual([]);
});

test.each<[string, Partial<Rollout>, string]>([
  ['is another one that has ended', { status: 'Completed' }, 'r'],
  ['is gone', {}, 'r'],
  ['is this one', { id: 'r' }, 'r'],
])('an older rollout is taken up again where the newest of its policy %s', async (_, newer, newest) => {
  const { newest: left, rollout } = await after(retryCluster, { newer, rollout: { status: 'CompletedWithFailures' } });
  expect([left, rollout?.status]).toEqual([newest, 'Running']);
});

test('a rollout that is being created meanwhile finds that the one before it goes on again', async () => {
  const rollout: Partial<Rollout> = { status: 'CompletedWithFailures' };
  const { replaced } = await after(retryCluster, { newer: { id: 'r' }, rollout });
  expect(replaced).toContain('POLICY-ROLLOUTS p');
});

test('the only rollout of its policy needs no other to have ended', async () => {
  const { newest, rollout } = await after(retryCluster, { rollout: { status: 'Completed' } });
  expect([newest, rollout?.status]).toEqual([undefined, 'Running']);
});

const notHeld =
  'web is not held, and nothing of it has failed or is blocked in a rollout that was not aborted. What keeps it, and which command goes on with it: liftlock explain cluster web. One that was skipped waits for a rollout that somebody creates, or for another target.';
test.each<[string, Given, string]>([
  ['is not known', { kept: { cluster: undefined } }, `The inventory has no cluster ${KEY}. Run: liftlock get clusters`],
  [
    'is still being upgraded',
    { kept: { grant: grant({ status: 'closing' }) } },
    'An upgrade of web still holds its grant (1.36-1.37, closing). Try again when it has ended.',
  ],
  ['is neither held nor ended anywhere', { control: undefined, member: { status: 'Succeeded' } }, notHeld],
  ['was skipped', { control: undefined, member: { status: 'Excluded' } }, notHeld],
  ['failed in a rollout that was aborted', { control: { clusterKey: KEY }, rollout: { status: 'Aborted' } }, notHeld],
  [
    'failed in a rollout after which another one took it, and was aborted',
    {
      control: { clusterKey: KEY },
      rollout: { status: 'CompletedWithFailures' },
      kept: { waves: [waveItem({ index: 1, name: 'all' }), waveItem({ rolloutId: 'newer', index: 0, name: 'all' })] },
      newer: { status: 'Aborted', createdAt: '2026-11-20T11:59:00.000Z' },
      others: [
        clusterRecord({ name: 'other' }),
        memberItem({ rolloutId: 'newer', waveIndex: 0, clusterKey: KEY, status: 'Blocked' }),
      ],
    },
    notHeld,
  ],
  ['failed in a rollout that is gone', { control: undefined, kept: { rollout: undefined } }, notHeld],
  ['failed in a wave that is gone', { control: undefined, kept: { waves: [] } }, notHeld],
])('nothing is tried again of a cluster that %s', async (_, given, told) => {
  await expect(after(retryCluster, given)).rejects.toThrow(told);
});

test.each<[string, Given, string]>([
  [
    'while the rollout is planned anew',
    { rollout: { following: 'hash' } },
    'The rollout r is being planned anew, which takes a minute at most. Try again then.',
  ],
  [
    'while a newer rollout of its policy runs',
    { newer: { status: 'Paused' } },
    'The rollout newer of the same policy is Paused: liftlock describe rollout newer says what it waits for. Try again when it has ended.',
  ],
])('nobody is tried again %s', async (_, given, told) => {
  await expect(after(retryCluster, given)).rejects.toThrow(told);
  await expect(after(retryCluster, given)).rejects.toMatchObject({ name: 'WrongState' });
});

test('a release of what is not held says where it failed, and what to run', async () => {
  await expect(after(releaseCluster, { control: undefined })).rejects.toThrow(
    'web is not held; it is Failed in the rollout r. Release takes off holds only. Once the cause is gone, or the cluster is finished by hand, run: liftlock retry cluster web',
  );
  for (const status of ['Succeeded', 'Excluded'] as const)
    await expect(after(releaseCluster, { control: undefined, member: { status } })).rejects.toThrow(notHeld);
});

test.each([
  ['is under way', 'Parked', {}, 'web is not held: its retry is under way (Parked) in the rollout r.'],
  ['runs, and its grant is about to be closed', 'Running', {}, 'web is not held: its retry is under way (Running)'],
  ['waits', 'Pending', {}, 'web is not held: a retry has taken its hold off, and it is Pending in the rollout r.'],
  ['waits in a rollout that is paused', 'Pending', { status: 'Paused' }, 'The rollout is Paused: nothing of it begins'],
  ['waits in a rollout that is halted', 'Pending', { status: 'Halted' }, 'The rollout is Halted: nothing of it begins'],
  ['was left by a rollout that has ended', 'Pending', { status: 'CompletedWithFailures' }, undefined],
  ['was given up with its rollout', 'Parked', { status: 'Aborted' }, undefined],
] as const)('a release of a cluster whose retry %s: it is refused, or the hop is left to others', async (...given) => {
  const [, status, rollout, told] = given;
  const control = { clusterKey: KEY, retried: { ...held, mutated: true } };
  const released = after(releaseCluster, { control, member: { status, failedBefore: true }, rollout });
  if (told !== undefined)
    await expect(released).rejects.toMatchObject({ name: 'WrongState', message: expect.stringContaining(told) });
  else expect((await released).control).toEqual({ clusterKey: KEY });
});

test('a release takes a hold off where nothing failed in a rollout, and where the grant of its upgrade is free', async () => {
  const freed = { grant: grant({ status: 'free' }) };
  const { control, member } = await after(releaseCluster, { member: { status: 'Succeeded' }, kept: freed });
  expect(control).toEqual(without);
  expect(member?.status).toBe('Succeeded');
});

const inVain = (then: string) =>
  `web is held, and no rollout would try it again. Somebody runs: liftlock release cluster web, and then ${then}`;
test.each<[string, Given, string]>([
  ['was started by hand', byHand(), finished],
  [
    'was started by hand, and is in no rollout but of others',
    { ...byHand({}, {}), member: { clusterKey: 'other' } },
    finished,
  ],
  ['was of a rollout that was aborted', { ...byHand({}, {}), rollout: { status: 'Aborted' } }, finished],
  [
    'was of a rollout that is through with it',
    { member: { status: 'Succeeded' } },
    'runs: liftlock upgrade cluster web --to VERSION --approve',
  ],
  [
    'was a step alone',
    byHand({ machine: 'update-addons' }),
    'starts the state machine update-addons by hand once more.',
  ],
])(
  'a retry of what no rollout would try again keeps the hold and says what does: what failed %s',
  async (_, given, then) => {
    await expect(after(retryCluster, given)).rejects.toMatchObject({ name: 'WrongState', message: inVain(then) });
  },
);

test('a retry of a cluster that a failed drain holds says what has its rollout go on without the drain', async () => {
  const id = 'drain-nodes-1';
  const drained = {
    ...byHand({ id, machine: 'drain-nodes', input: { nodegroup: 'legacy' } }, {}),
    control: { clusterKey: KEY, held: { ...held, upgradeId: id, mutated: true } },
    member: { status: 'Pending' as const },
  };
  const message =
    'web is held by a drain, and no rollout would try that again. Somebody runs: liftlock release cluster web, and then runs: liftlock drain nodegroup legacy --cluster web --approve. Once it is released, its rollout r takes the cluster up again with: liftlock retry cluster web';
  await expect(after(retryCluster, drained)).rejects.toMatchObject({ name: 'WrongState', message });
  const { member, control } = await after(releaseCluster, drained);
  const retried = await after(retryCluster, { ...drained, member: member ?? {}, control });
  expect([member?.status, retried.member?.status]).toEqual(['Failed', 'Pending']);
});

test('a member that was blocked stays so when its cluster is released of what failed half-way by hand', async () => {
  const blocked = {
    ...byHand({ id: 'drain-nodes-1', machine: 'drain-nodes', input: { nodegroup: 'legacy' } }, {}),
    control: { clusterKey: KEY, held: { ...held, upgradeId: 'drain-nodes-1', mutated: true } },
    member: { status: 'Blocked' as const },
  };
  const { member, wave } = await after(releaseCluster, blocked);
  expect([member?.status, wave?.failed]).toEqual(['Blocked', 1]);
});

test('a retry of what ended below the version that its control plane has now says that the hold goes first', async () => {
  const message =
    'web is held, and no rollout would try it again. Somebody runs: liftlock release cluster web. Who goes on with it then says: liftlock explain cluster web';
  await expect(after(retryCluster, byHand({ to: '1.35' }))).rejects.toMatchObject({ name: 'WrongState', message });
});

test('a retry that no rollout would follow says what would refuse, now, the command that it names', async () => {
  const stopped = byHand({}, { member: undefined, control: { stopped: true, by: 'bob', reason: 'an outage' } });
  await expect(after(retryCluster, stopped)).rejects.toThrow(
    'web is held, and no rollout would try it again. The fleet was stopped by bob: an outage. Once nothing refuses it any more (now FleetStopped), somebody runs: liftlock release cluster web, and then runs: liftlock upgrade cluster web --to 1.37 --approve',
  );
});

test.each(['Pending', 'Parked', 'Quarantined'] as const)(
  'a retry of what was started by hand takes the hold off where a rollout comes to the cluster, which is %s there',
  async (status) => {
    const { control, member } = await after(retryCluster, { member: { status } });
    expect([control, member?.status]).toEqual([without, status]);
  },
);
