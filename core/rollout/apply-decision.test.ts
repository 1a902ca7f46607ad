import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { cluster, grant, KEY, type Kept, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import {
  appliedTo,
  at,
  before,
  change,
  type Decision,
  gone,
  marker,
  member,
  NOTHING,
  reasons,
  rollout,
  wave,
} from '../../test/material/rollout/applied-decision.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { heldForRollback } from '../protocol/rollback.ts';
import { ClusterControls } from '../store/entities.ts';
import { load } from '../store/entity.ts';

const applied = appliedTo(() => new MemoryTable());

describe('a rollout that ends', () => {
  const ends: Decision = { type: 'change-rollout', rollout, waves: [before, wave], status: 'Completed', reasons };

  test('has its end and why with it, on record, and told', async () => {
    const { rollout: left, record, told } = await applied(ends);
    expect(left).toMatchObject({ ...rollout, status: 'Completed', reasons, endedAt: at });
    expect(record).toEqual([{ event: 'RolloutCompleted', principal: 'liftlock', detail: { reasons } }]);
    expect(told).toEqual([
      { type: 'RolloutChanged', detail: { version: 1, change, rolloutId: 'r', status: 'Completed', reasons } },
    ]);
  });

  test.each<[string, Rollout | undefined]>([
    ['is gone', undefined],
    ['was paused meanwhile', { ...rollout, status: 'Paused' }],
  ])('does not end when it %s', async (_, kept) => {
    expect(await applied(ends, { rollout: kept })).toMatchObject(NOTHING);
  });

  test('does not end when a wave that says so was opened again meanwhile', async () => {
    expect(await applied(ends, { waves: [before, { ...wave, failed: 1 }] })).toMatchObject(NOTHING);
  });

  test('rests on the waves that say so, and on no other', async () => {
    expect((await applied(ends)).checks).toEqual(['ROLLOUT#r WAVE#000 1', 'ROLLOUT#r WAVE#001 1']);
    const halts: Decision = { ...ends, waves: [wave], status: 'Halted' };
    const { checks, rollout: left } = await applied(halts, { waves: [{ ...before, failed: 1 }, wave] });
    expect([checks, left?.status]).toEqual([['ROLLOUT#r WAVE#001 1'], 'Halted']);
  });
});

describe('what earlier rollouts have shown', () => {
  const carried = [{ minor: '1.37', failures: 1, successes: 2, traits: ['a'], rollouts: ['earlier'] }];
  const carries: Decision = { type: 'carry-traits', rollout, carried };

  test('is known to the rollout from then on, on record, and told with whose clusters went back', async () => {
    const { rollout: left, record, told } = await applied(carries);
    expect(left).toMatchObject({ ...rollout, carried });
    expect(record).toEqual([{ event: 'TraitsCarried', principal: 'liftlock', detail: { carried } }]);
    const why = reason('TraitsCarried', '1 cluster of earlier was taken back from 1.37. Suspected since: a.');
    const detail = { version: 1, change, rolloutId: 'r', status: rollout.status, about: 'traits', reasons: [why] };
    expect(told).toEqual([{ type: 'RolloutChanged', detail }]);
  });

  test.each<[string, Rollout | undefined]>([
    ['is gone', undefined],
    ['has ended meanwhile', { ...rollout, status: 'Aborted' }],
    ['knows it already', { ...rollout, carried }],
  ])('changes nothing where the rollout %s', async (_, kept) => {
    expect(await applied(carries, { rollout: kept })).toMatchObject(NOTHING);
  });
});

test('a rollout is created only where nothing is news to the look that planned it', async () => {
  const plan = { rollout: rolloutItem({ id: 'new', policy: 'other' }), waves: [], members: [], leftOut: [] };
  const { checks } = await applied({ type: 'create-rollout', plan }, {}, undefined, marker);
  expect(checks).toEqual(['RECONCILE MARKER 1']);
});

describe('a member that changes', () => {
  const becomes = (status: Member['status'], decided = member): Decision => ({
    type: 'change-member',
    member: decided,
    status,
    reasons,
  });
  const aside: Member = { ...member, status: 'Quarantined' };

  test('is counted where it is from then on, with why, on record, and told', async () => {
    const { member: left, wave: counted, record, told, checks } = await applied(becomes('Excluded'));
    expect(left).toEqual({ ...member, status: 'Excluded', reasons });
    expect(counted).toMatchObject({ ...wave, excluded: 1 });
    expect(checks).toEqual([`CLUSTER#${KEY} CONTROL absent`, `CLUSTER#${KEY} GRANT absent`, 'ROLLOUT#r ROLLOUT 1']);
    expect(record).toEqual([{ event: 'MemberExcluded', principal: 'liftlock', detail: { clusterKey: KEY, reasons } }]);
    const { account, region } = cluster;
    const named = { clusterKey: KEY, cluster: cluster.arn, account, region };
    const detail = { version: 1, change, ...named, rolloutId: 'r', wave: 'all', status: 'Excluded', reasons };
    expect(told).toEqual([{ type: 'MemberChanged', detail }]);
  });

  test('gives back the place that it has between two hops', async () => {
    const held: Member = { ...member, status: 'Parked', inFlight: true };
    const { member: left, wave: counted } = await applied(becomes('Excluded', held), { member: held });
    expect(left?.inFlight).toBe(false);
    expect(counted).toMatchObject({ inFlight: 0, excluded: 1 });
  });

  test('is not told of where only its reasons are others', async () => {
    const kept = { member: aside, waves: [before, { ...wave, quarantined: 1 }] };
    const { told, member: left, wave: counted } = await applied(becomes('Quarantined', aside), kept);
    expect(told).toStrictEqual([]);
    expect(left?.reasons).toEqual(reasons);
    expect(counted?.quarantined).toBe(1);
  });

  test('changes also where a grant that it had is free', async () => {
    const { member: left } = await applied(becomes('Excluded'), { grant: grant({ status: 'free' }) });
    expect(left?.status).toBe('Excluded');
  });

  test.each<[string, Kept]>([
    ['it is gone', { member: undefined }],
    ['its wave is gone', { waves: [before] }],
    ['it has moved meanwhile', { member: aside }],
    ['it follows another plan', { rollout: { ...rollout, following: 'hash' } }],
    ['it was granted meanwhile', { grant: grant() }],
    ['its grant is closing', { grant: grant({ status: 'closing' }) }],
  ])('is decided anew where %s', async (_, kept) => {
    expect(await applied(becomes('Excluded'), kept)).toMatchObject(NOTHING);
  });

  test.each<[string, Kept, boolean]>([
    ['stands', { clusterControl: { clusterKey: KEY, held: { reason: gone[0] as Reason, since: at } } }, true],
    ['was taken off', { clusterControl: { clusterKey: KEY } }, false],
    ['never was', {}, false],
  ])('is kept out by a hold only where it %s', async (_, kept, isOut) => {
    const decision: Decision = { type: 'change-member', member, status: 'Blocked', reasons: [reason('Held', '')] };
    expect((await applied(decision, kept)).member?.status).toBe(isOut ? 'Blocked' : member.status);
  });
});

describe('an upgrade that is canceled', () => {
  const parked = upgrade({ status: 'Parked', resumeAt: at });
  const cancel = (of: Upgrade = parked): Decision => ({ type: 'cancel-upgrade', upgrade: of, reasons: gone });
  const held: Member = { ...member, status: 'Parked', inFlight: true };
  const kept: Kept = { upgrades: [parked], member: held };

  test('has ended, its member is taken out and gives its place back', async () => {
    const { upgrade: left, member: out, wave: counted, checks, record, told } = await applied(cancel(), kept);
    const { resumeAt, ...rest } = parked;
    expect(left).toEqual({ ...rest, status: 'Canceled', reasons: gone, endedAt: at });
    expect(out).toEqual({ ...held, status: 'Excluded', inFlight: false, reasons: gone });
    expect(counted).toMatchObject({ inFlight: 0, excluded: 1 });
    expect(checks).toEqual([`CLUSTER#${KEY} GRANT absent`]);
    const detail = { upgradeId: '1.36-1.37', status: 'Canceled', reasons: gone };
    expect(record).toEqual([
      { event: 'MemberExcluded', principal: 'liftlock', detail: { clusterKey: KEY, reasons: gone } },
      { event: 'UpgradeCanceled', principal: 'liftlock', detail },
    ]);
    const { account, region } = cluster;
    const named = { version: 1, change, clusterKey: KEY, cluster: cluster.arn, account, region };
    expect(told).toEqual([
      { type: 'UpgradeChanged', detail: { ...named, ...detail, rolloutId: 'r', from: '1.36', to: '1.37' } },
      { type: 'MemberChanged', detail: { ...named, rolloutId: 'r', wave: 'all', status: 'Excluded', reasons: gone } },
    ]);
  });

  test('halts its wave on record, and told, where its cluster had failed and no more may fail', async () => {
    const again = { ...kept, member: { ...held, failedBefore: true as const } };
    const { wave: halted, record, told } = await applied(cancel(), again);
    expect(halted).toMatchObject({ status: 'Halted', failed: 1, maxFailures: 0 });
    expect(record.slice(0, 2)).toEqual([
      { event: 'MemberFailed', principal: 'liftlock', detail: { clusterKey: KEY, reasons: gone } },
      { event: 'WaveHalted', principal: 'liftlock', detail: { wave: 'all', reasons: halted?.reasons } },
    ]);
    expect(told.map(({ type }) => type)).toEqual(['UpgradeChanged', 'MemberChanged', 'WaveChanged']);
    expect(told[2]?.detail).toMatchObject({ wave: 'all', status: 'Halted', reasons: halted?.reasons });
  });

  test.each<[string, Partial<Upgrade>, Kept]>([
    ['was asked for by hand', { rolloutId: undefined as never, waveIndex: undefined as never }, {}],
    ['is of a rollout and no wave', { waveIndex: undefined as never }, {}],
    ['has lost its member', {}, { member: undefined }],
    ['has lost its wave', {}, { waves: [before] }],
  ])('takes nobody out where it %s', async (_, more, others) => {
    const of = { ...parked, status: 'Pending' as const, ...more };
    const { upgrade: left, member: out, told } = await applied(cancel(of), { ...kept, upgrades: [of], ...others });
    expect(left?.status).toBe('Canceled');
    if (out !== undefined) expect(out).toEqual(held);
    expect(told.map(({ type }) => type)).toStrictEqual(['UpgradeChanged']);
  });

  test('is a rollback that leaves its turn in its wave and the hold that was there for it alone', async () => {
    const rollbackOf = { rolloutId: 'r', waveIndex: 1 };
    const ofNobody = { rolloutId: undefined, waveIndex: undefined, resumeAt: undefined };
    const back = { ...parked, ...ofNobody, id: 'rollback-1.37-1.36', machine: 'rollback-cluster' as const, rollbackOf };
    const forIt = heldForRollback(undefined, { ...back, upgradeId: back.id }, at);
    const theirs = { clusterKey: KEY, held: { reason: gone[0] as Reason, since: at } };
    const waves = [before, { ...wave, rollingBack: KEY }];
    for (const [clusterControl, held] of [
      [forIt, undefined],
      [theirs, theirs.held],
      [undefined, undefined],
    ] as const) {
      const { table, wave: after } = await applied(cancel(back), { upgrades: [back], waves, clusterControl });
      expect([after?.rollingBack, (await load(table, ClusterControls, KEY))?.data.held]).toEqual([undefined, held]);
    }
    const hop = await applied(cancel(), { ...kept, clusterControl: forIt });
    expect((await load(hop.table, ClusterControls, KEY))?.data).toEqual(forIt);
  });

  test('ends also where the grant that it had is free', async () => {
    const { upgrade: left } = await applied(cancel(), { ...kept, grant: grant({ status: 'free' }) });
    expect(left?.status).toBe('Canceled');
  });

  test.each<[string, Kept]>([
    ['it is gone', { upgrades: [] }],
    ['it runs', { upgrades: [upgrade()] }],
    ['it has ended', { upgrades: [upgrade({ status: 'Succeeded' })] }],
    ['it was granted meanwhile', { grant: grant() }],
  ])('is not canceled where %s', async (_, more) => {
    expect(await applied(cancel(), { ...kept, ...more })).toMatchObject(NOTHING);
  });
});

describe('what is granted', () => {
  const ofMember: Decision = {
    ...{ type: 'grant-member', member, from: '1.36', to: '1.37', upgradeId: '1.36-1.37' },
    failures: 0,
  };
  const byHand = upgrade({
    status: 'Parked',
    requestedBy: 'ann',
    rolloutId: undefined as never,
    waveIndex: undefined as never,
  });
  const ofUpgrade = (of: Upgrade): Decision => ({ type: 'grant-upgrade', upgrade: of });

  test('is started once it is granted, with its place in its wave', async () => {
    const { started, grant: given, member: running, wave: counted, upgrade: made } = await applied(ofMember);
    expect(given).toMatchObject({ status: 'open', upgradeId: '1.36-1.37', machine: 'upgrade-cluster' });
    expect(running).toMatchObject({ status: 'Running', inFlight: true });
    expect(counted?.inFlight).toBe(2);
    expect(made).toMatchObject({ requestedBy: 'liftlock', rolloutId: 'r', waveIndex: 1 });
    expect(started).toEqual([{ machine: 'upgrade-cluster', ...given?.input }]);
  });

  test('by hand is granted to who asked, with what they gave beside cluster and target', async () => {
    const of = { ...byHand, id: 'roll-node-group-x', machine: 'roll-node-group' as const, input: { nodegroup: 'a' } };
    const { started, grant: given } = await applied(ofUpgrade(of), { upgrades: [of] });
    expect(given).toMatchObject({ machine: 'roll-node-group', upgradeId: 'roll-node-group-x' });
    expect(started).toEqual([expect.objectContaining({ machine: 'roll-node-group', nodegroup: 'a' })]);
    const plain = await applied(ofUpgrade(byHand), { upgrades: [byHand] });
    expect(plain.started).toEqual([{ machine: 'upgrade-cluster', ...plain.grant?.input }]);
    expect(plain.upgrade).toMatchObject({ status: 'Running', requestedBy: 'ann' });
  });

  test('is not started where it was refused', async () => {
    const { started, grant: given } = await applied(ofMember, { control: { stopped: true } });
    expect([started, given]).toEqual([[], undefined]);
  });

  test('was started where its name exists already, and is started again at the next tick where that fails', async () => {
    expect((await applied(ofMember, {}, 'ExecutionAlreadyExists')).started).toHaveLength(1);
    await expect(applied(ofMember, {}, 'ThrottlingException')).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  test('is refused where more have failed than whoever decided it knew of', async () => {
    const failed = [{ ...before, failed: 1, traits: { failed: {}, succeeded: {} } }, wave];
    expect((await applied({ ...ofMember, failures: 0 } as Decision, { waves: failed })).started).toStrictEqual([]);
    expect((await applied({ ...ofMember, failures: 1 } as Decision, { waves: failed })).started).toHaveLength(1);
  });
});
