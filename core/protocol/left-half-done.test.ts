import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { cluster, KEY, type Kept, keep, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { HookState, Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import { componentKey } from '../policy/hook-decision.ts';
import { KubeVersion } from '../version/kube-version.ts';
import {
  findHopInHand,
  hasFailedHalfWay,
  hasGoneBack,
  keptBefore,
  leftByAbort,
  pinnedBefore,
  wayOutOfHold,
  wayToFinish,
  wayToTryAgain,
} from './left-half-done.ts';

const at = { ...cluster, version: '1.37' };
const UPGRADE = `runs: liftlock upgrade cluster ${cluster.name} --to`;

test.each([
  ['a hop to the version that the cluster is at', upgrade({ to: '1.37' }), `${UPGRADE} 1.37 --approve`],
  ['a hop further than that', upgrade({ to: '1.38' }), `${UPGRADE} 1.38 --approve`],
  ['an upgrade that nobody knows', undefined, `${UPGRADE} VERSION --approve`],
  [
    'a machine that was started by itself',
    upgrade({ machine: 'roll-node-group', to: '1.36' }),
    'starts the state machine roll-node-group by hand once more.',
  ],
])('what is left of %s is finished by a command that is taken', (_, left, way) => {
  expect(wayToFinish(at, left)).toBe(way);
  expect(wayOutOfHold(at, left)).toBe(`runs: liftlock release cluster ${cluster.name}, and then ${way}`);
});

test.each<[string, Partial<Upgrade> | undefined, boolean, string]>([
  ['of a rollout', { rolloutId: 'r' }, true, 'liftlock retry cluster web'],
  ['that a person has begun', {}, false, 'liftlock upgrade cluster web --to 1.37 --approve'],
  [
    'of whom the cluster is held for it',
    {},
    true,
    'liftlock release cluster web, and then liftlock upgrade cluster web --to 1.37 --approve',
  ],
  ['of one step alone', { machine: 'roll-node-group' }, false, 'start the state machine roll-node-group once more'],
  ['that nobody knows', undefined, true, 'liftlock explain cluster web'],
])('an upgrade %s is tried again by a command that is taken', (_, given, holds, way) => {
  const { rolloutId: _rollout, ...byHand } = upgrade({ to: '1.37' });
  expect(wayToTryAgain('web', given && { ...byHand, ...given }, holds)).toBe(way);
});

test('what is left of a hop that somebody has gone past is finished by whoever explain names, once the hold is off', () => {
  const way = wayToFinish(at, upgrade({ to: '1.36' }));
  expect(way).toBe(
    `starts the state machines roll-node-group and update-addons by hand (aws stepfunctions start-execution) with {"cluster": "${cluster.arn}", "targetVersion": "1.37"}.`,
  );
  expect(wayOutOfHold(at, upgrade({ to: '1.36' }))).toBe(
    `runs: liftlock release cluster ${cluster.name}. Who goes on with it then says: liftlock explain cluster ${cluster.name}`,
  );
});

test.each<[string, Partial<Upgrade> | undefined, string | undefined]>([
  ['was taken back, of which somebody has made the hop again', { status: 'RolledBack', mutated: true }, undefined],
  ['had changed nothing, of which somebody has made the hop', { status: 'Blocked' }, undefined],
  ['nobody knows, and that is at its target', undefined, '1.37'],
])('a cluster whose hop %s is only released: no upgrade leads to where it is', (_, given, known) => {
  const left = given && upgrade({ to: '1.37', ...given });
  expect(wayOutOfHold(at, left, { known })).toBe(
    `runs: liftlock release cluster ${cluster.name}. Who goes on with it then says: liftlock explain cluster ${cluster.name}`,
  );
});

const kept = (attempt: Upgrade | undefined) => keptBefore(new MemoryTable(), attempt);
const scanned = { status: 'done' as const, reasons: [], startedAt: '2026-11-20T12:00:00.000Z' };

test('the next attempt keeps what was changed, what was normal before, and since when the control plane is there', async () => {
  const controlPlaneCompletedAt = '2026-11-20T12:20:00.000Z';
  const ended = upgrade({
    mutated: true,
    steps: { 'scan-cluster': scanned, 'smoke-check': scanned },
    controlPlaneCompletedAt,
    startedAt: '2026-11-20T12:00:00.000Z',
  });
  const left = { mutated: true, noChangeYet: true, steps: { 'scan-cluster': scanned }, controlPlaneCompletedAt };
  expect(await kept(ended)).toStrictEqual({ ...left, firstStartedAt: ended.startedAt });
  const firstStartedAt = '2026-11-19T12:00:00.000Z';
  expect(await kept({ ...ended, firstStartedAt })).toStrictEqual({ ...left, firstStartedAt });
  const reversibleFrom = '2026-11-20T12:05:00.000Z';
  expect(await kept({ ...ended, reversibleFrom })).toMatchObject({ controlPlaneCompletedAt, reversibleFrom });
});

test('of one that was taken back is known that it was there, also by the attempts after the next', async () => {
  const reached = '2026-11-20T08:00:00.000Z';
  const back = upgrade({ status: 'RolledBack', mutated: true, controlPlaneCompletedAt: reached });
  const left = { mutated: false, steps: {}, reachedBefore: reached };
  expect(await kept(back)).toStrictEqual(left);
  expect(await kept(upgrade({ status: 'Blocked', ...left }))).toStrictEqual(left);
});

test('what has moved components is not asked anew by a retry, all other hooks are', async () => {
  const answer = { answer: 'stop', askedSince: '2026-11-20T12:00:00.000Z' } as unknown as HookState;
  const ofComponent = { [componentKey('ingress', 'after')]: answer };
  const ended = upgrade({ status: 'Failed', hooks: { ...ofComponent, 'change/before/upgrade': answer } });
  expect((await kept(ended)).hooks).toEqual(ofComponent);
  expect(await kept({ ...ended, hooks: { 'change/before/upgrade': answer } })).not.toHaveProperty('hooks');
});

test('of an attempt that changed nothing nothing is kept, and of none', async () => {
  const none = { mutated: false, steps: {} };
  expect(await kept(upgrade({ mutated: false, steps: { 'scan-cluster': scanned } }))).toStrictEqual(none);
  expect(await kept(undefined)).toStrictEqual(none);
  expect(await kept(upgrade({ mutated: true, steps: {} }))).toStrictEqual({
    mutated: true,
    noChangeYet: true,
    steps: {},
  });
});

const noon = '2026-11-20T12:00:00.000Z';
const later = '2026-11-20T13:00:00.000Z';
const back = (given: Partial<Upgrade> = {}): Upgrade =>
  upgrade({ id: '1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36', mutated: true, ...given });

describe('ways out of what is no hop', () => {
  test.each<[string, Upgrade, string]>([
    [
      'a drain',
      upgrade({ machine: 'drain-nodes', input: { nodegroup: 'old' } }),
      'liftlock drain nodegroup old --cluster web --approve.',
    ],
    [
      'a rollback that has failed half-way',
      back(),
      'liftlock rollback cluster web --approve, which goes on with it; or at any time liftlock release cluster web, which gives it up',
    ],
    [
      'a rollback that EKS refuses',
      back({ reasons: [reason('TooLate', '')] }),
      'liftlock release cluster web. It is taken back no more. How',
    ],
    [
      'one that was done before',
      back({ reasons: [reason('TakenBackOnce', '')] }),
      'liftlock release cluster web. It is taken back no more. How',
    ],
    [
      'one to a minor that EKS supports no more',
      back({ reasons: [reason('VersionUnsupported', '')] }),
      'liftlock release cluster web. It is taken back no more. How',
    ],
    [
      'one of an upgrade that nobody has on file',
      back({ reasons: [reason('NotObserved', '')] }),
      'liftlock release cluster web. It is taken back no more. How',
    ],
    [
      'one whose asker has let the support type be set',
      back({ extendSupport: true }),
      'liftlock rollback cluster web --extend-support --approve, which goes on with it',
    ],
    [
      'one whose control plane is back',
      back({ steps: { 'rollback-control-plane': { ...scanned } } }),
      'liftlock release cluster web. It is back at 1.36;',
    ],
  ])('of %s', (_, left, way) => {
    expect(wayToFinish(cluster, left)).toContain(`runs: ${way}`);
  });

  test('a hold is in the way of no rollback, and of what has changed nothing a rollout begins it', () => {
    expect(wayOutOfHold(cluster, back(), { byRollout: true })).toBe(wayToFinish(cluster, back()));
    const release = 'runs: liftlock release cluster web';
    const of = (mutated: boolean) => wayOutOfHold(cluster, upgrade({ mutated }), { byRollout: true });
    expect(of(false)).toBe(`${release}. Who goes on with it then says: liftlock explain cluster web`);
    expect(of(true)).toBe(`${release}, and then runs: liftlock ${HOP}`);
  });
  const HOP = 'upgrade cluster web --to 1.37 --approve';

  test('it has gone back once its control plane has, and not while its checks or nodes are to do', () => {
    const of = (steps: Upgrade['steps']) => back({ steps });
    expect(hasGoneBack(of({ 'rollback-control-plane': scanned }))).toBe(true);
    expect(hasGoneBack(of({ 'rollback-control-plane': { ...scanned, status: 'running' } }))).toBe(false);
    expect(hasGoneBack(of({ 'scan-cluster': scanned }))).toBe(false);
    expect(hasGoneBack(upgrade({ steps: { 'rollback-control-plane': scanned } }))).toBe(false);
  });
});

test('a hop has failed half-way until it is finished, also where what finishes it was whole before', () => {
  const failed = upgrade({ mutated: true, status: 'Failed', endedAt: noon });
  const finish = (given: Partial<Upgrade>) => upgrade({ id: '1.37-1.37', status: 'Succeeded', ...given });
  expect(hasFailedHalfWay(failed, undefined)).toBe(true);
  expect(hasFailedHalfWay(failed, finish({ endedAt: later }))).toBe(false);
  expect(hasFailedHalfWay(failed, finish({ endedAt: noon }))).toBe(false);
  expect(hasFailedHalfWay({ ...failed, endedAt: later }, finish({ endedAt: noon }))).toBe(true);
  expect(hasFailedHalfWay(failed, finish({ endedAt: later, status: 'Failed' }))).toBe(true);
  const patched = finish({ endedAt: '2026-12-20T12:00:00.000Z', status: 'Blocked' });
  expect(hasFailedHalfWay(failed, { ...patched, wholeBefore: later })).toBe(false);
  expect(hasFailedHalfWay({ ...failed, endedAt: later }, { ...patched, wholeBefore: noon })).toBe(true);
  expect(hasFailedHalfWay({ ...failed, mutated: false }, undefined)).toBe(false);
  expect(hasFailedHalfWay({ ...failed, status: 'Succeeded' }, undefined)).toBe(false);
});

describe('what an abort leaves', () => {
  const aborted = rolloutItem({ status: 'Aborted', reasons: [reason('Aborted', 'By ann: enough.')] });
  const parked = upgrade({ status: 'Parked', mutated: true, reasons: [reason('Baking', '')] });

  test('is told in place of what it waits for, with who aborted', () => {
    const [said, ...others] = leftByAbort(parked, aborted) ?? [];
    expect([said?.code, others]).toEqual(['RolloutAborted', aborted.reasons]);
    expect(said?.message).toMatch(/^The rollout r was aborted\. The upgrade from 1\.36 to 1\.37 is half done/);
    const watched = { ...parked, reasons: [reason('Watching', '')] };
    expect(leftByAbort(watched, aborted)?.[0]?.message).toContain('has moved all that it moves');
  });

  test.each<[string, Upgrade, typeof aborted | undefined]>([
    ['of a rollout that goes on', parked, rolloutItem({ status: 'Paused' })],
    ['without a rollout', parked, undefined],
    ['that runs', { ...parked, status: 'Running' }, aborted],
    ['that has changed nothing', { ...parked, mutated: false }, aborted],
  ])('is nothing of an upgrade %s', (_, left, rollout) => {
    expect(leftByAbort(left, rollout)).toBeUndefined();
  });
});

describe('the hop in hand', () => {
  const parked = upgrade({ status: 'Parked', mutated: true });
  const byHand = { ...parked, rolloutId: undefined } as unknown as Upgrade;
  const failed = upgrade({ status: 'Failed', mutated: true, endedAt: noon });
  const finish = upgrade({ id: '1.37-1.37', from: '1.37', to: '1.37', status: 'Parked', mutated: true });
  const found = async (given: Kept, isThere: boolean) => {
    const table = new MemoryTable();
    await keep(table, given);
    return findHopInHand(table, KEY, KubeVersion.parse('1.37'), isThere);
  };
  const aborted = { rollout: rolloutItem({ status: 'Aborted' }) };

  test.each<[string, Kept, object]>([
    ['none', {}, {}],
    ['one that its rollout has parked half-way', { upgrades: [parked] }, { underWay: parked }],
    ['one that was parked before it changed anything', { upgrades: [{ ...parked, mutated: false }] }, {}],
    ['one that runs', { upgrades: [{ ...parked, status: 'Running' }] }, {}],
    ['one of an aborted rollout', { upgrades: [parked], ...aborted }, {}],
    ['one that a person began', { upgrades: [byHand] }, {}],
    ['one that has failed', { upgrades: [failed] }, {}],
  ])('before the control plane is there: %s', async (_, given, expected) => {
    expect(await found(given, false)).toEqual(expected);
  });

  test.each<[string, Kept, object]>([
    ['none', {}, {}],
    ['one that its rollout has parked', { upgrades: [parked] }, { underWay: parked }],
    ['one that runs', { upgrades: [{ ...parked, status: 'Running' }] }, { underWay: { ...parked, status: 'Running' } }],
    ['one of an aborted rollout', { upgrades: [parked], ...aborted }, { left: parked }],
    ['one that an abort found before its first change', { upgrades: [{ ...parked, mutated: false }], ...aborted }, {}],
    ['one that a person began', { upgrades: [byHand] }, { left: byHand }],
    ['one that has failed', { upgrades: [failed] }, { left: failed }],
    [
      'one that has failed and was finished',
      { upgrades: [failed, { ...finish, status: 'Succeeded', endedAt: later }] },
      {},
    ],
    ['what finishes it', { upgrades: [failed, finish] }, { underWay: finish }],
  ])('once it is there: %s', async (_, given, expected) => {
    expect(await found(given, true)).toEqual(expected);
  });
});

test('who finishes by hand what has failed goes where it was to go; what has succeeded is whole', () => {
  const pins = {
    releases: { workers: '1.37.1-20261101' },
    addons: { coredns: 'v1.12.0' },
  } as unknown as Partial<Upgrade>;
  expect(pinnedBefore(upgrade({ status: 'Failed', ...pins }))).toEqual(pins);
  expect(pinnedBefore(upgrade({ status: 'Succeeded', ...pins }))).toEqual({});
  expect(pinnedBefore(upgrade({ status: 'Failed' }))).toEqual({});
  expect(pinnedBefore(undefined)).toEqual({});
});

describe('the next rollback', () => {
  const failed = back({ status: 'Failed', endedAt: noon, steps: { 'scan-cluster': scanned } });
  const of = async (attempt: Upgrade | undefined, ...upgrades: Upgrade[]) => {
    const table = new MemoryTable();
    await keep(table, { upgrades });
    return (await keptBefore(table, attempt)).mutated;
  };
  const upAgain = upgrade({ status: 'Succeeded', endedAt: later });

  test('goes on with what the one before has taken back', async () => {
    expect(await of(failed)).toBe(true);
    expect(await of(failed, { ...upAgain, endedAt: noon })).toBe(true);
    expect(await of(failed, { ...upAgain, status: 'Failed' })).toBe(true);
  });

  test('begins anew where that was brought up again since, where it has come to its end, and where there was none', async () => {
    expect(await of(failed, upAgain)).toBe(false);
    const finished = { ...upAgain, id: '1.37-1.37', from: '1.37' };
    expect(await of(failed, finished)).toBe(false);
    expect(await of(failed, { ...finished, status: 'Blocked', wholeBefore: later })).toBe(false);
    const reasons = [reason('Watching', '')];
    const steps = { 'smoke-check': { ...scanned, detail: { wellSince: later } } };
    expect(await of(failed, { ...upAgain, status: 'Parked', reasons, steps })).toBe(false);
    expect(await of({ ...failed, status: 'Succeeded' })).toBe(false);
    expect(await of(undefined)).toBe(false);
  });
});
