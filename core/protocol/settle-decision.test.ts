import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { wave as waveSchema } from '../contracts/items/rollout.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import { settle, type UpgradeEnd, unlessFailed, waveAfter } from './settle-decision.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const upgrade = (mutated: boolean): Upgrade => ({
  clusterKey: 'k',
  id: '1.36-1.37',
  machine: 'upgrade-cluster',
  from: '1.36',
  to: '1.37',
  status: 'Running',
  mutated,
  steps: {},
  requestedBy: 'liftlock',
  reasons: [],
});
const member = memberItem({ status: 'Running', inFlight: true });
const wave = waveItem({ name: 'dev', members: 3, needWork: 3, maxConcurrency: 1, inFlight: 1, succeeded: 1 });
const because = (code: string) => [quoted(code, 'because')];

describe('whoever has failed and was retried', () => {
  const again = { ...member, failedBefore: true as const, wentBackBefore: true as const };
  const clear = { failedBefore: undefined, wentBackBefore: undefined };
  const settled = (end: UpgradeEnd, mutated: boolean) => settle(NOON, upgrade(mutated), again, wave, end);

  test.each<[string, UpgradeEnd, boolean]>([
    ['is deleted', { status: 'gone', reasons: because('Gone') }, true],
    ['is blocked', { status: 'blocked', reasons: because('X') }, false],
    ['is changed by somebody else', { status: 'parked', reasons: because('ForeignUpdate') }, false],
  ])('has failed when it %s before it was tried to its end', (_, end, mutated) => {
    const { member: left, wave: counted } = settled(end, mutated);
    expect(left).toMatchObject({ status: 'Failed', failedBefore: true, wentBackBefore: true });
    expect(counted).toMatchObject({ failed: 1, excluded: 0, blocked: 0, quarantined: 0, status: 'Halted' });
  });

  test('has not failed any more when it succeeds, also with the first of two hops', () => {
    const done: UpgradeEnd = { status: 'done', reasons: [] };
    const further = settle(NOON, upgrade(true), { ...again, to: '1.38' }, wave, done).member;
    expect(further).toMatchObject({ status: 'Parked', from: '1.37', origin: '1.36', ...clear });
    const last = settle(NOON, upgrade(true), { ...again, origin: '1.35' }, wave, done).member;
    expect(last).toMatchObject({ status: 'Succeeded', from: '1.37', origin: '1.35', ...clear });
  });

  test.each(['Pending', 'Running', 'Parked', 'Succeeded', 'Failed', 'Left'] as const)('may be %s', (status) => {
    expect(unlessFailed(again, status)).toBe(status);
    expect(unlessFailed(member, 'Excluded')).toBe('Excluded');
  });
});

describe('the failure of a member of a wave that was given up', () => {
  const blocked = { ...member, isStray: true as const, status: 'Blocked' as const };
  const failed = { ...blocked, status: 'Failed' as const };
  const stood = { ...wave, blocked: 1 };
  const once = waveAfter(stood, blocked, failed, NOON.toISOString());

  test('counts once, also when it is told twice, and not at all when it is none any more', () => {
    expect(once).toMatchObject({ failed: 1, strays: 1 });
    expect(waveAfter(once, failed, failed, NOON.toISOString())).toMatchObject({ failed: 1, strays: 1 });
    const back = waveAfter(once, failed, blocked, NOON.toISOString());
    expect(waveSchema.parse(back)).toMatchObject({ failed: 0, strays: 0, blocked: 1 });
  });

  test('of another member leaves the count as it is', () => {
    expect(
      waveAfter(stood, { ...blocked, isStray: undefined }, { ...failed, isStray: undefined }, NOON.toISOString()),
    ).not.toHaveProperty('strays');
  });
});

test.each(['failed', 'blocked', 'stopped'] as const)(
  'an undo that ends %s is parked, and tried again later',
  (status) => {
    const undo = { ...upgrade(false), machine: 'restore-nodes' as const };
    const { upgrade: after } = settle(NOON, undo, undefined, undefined, { status, reasons: because('X') });
    expect(after).toMatchObject({ status: 'Parked', resumeAt: '2026-11-20T12:15:00.000Z', reasons: because('X') });
  },
);

describe('how an execution that ends leaves its upgrade, its member and its wave', () => {
  test.each<[string, UpgradeEnd, boolean, Upgrade['status'], Member['status'], boolean]>([
    ['done', { status: 'done', reasons: [] }, true, 'Succeeded', 'Succeeded', false],
    ['failed after a mutation', { status: 'failed', reasons: because('X') }, true, 'Failed', 'Failed', true],
    ['failed without a mutation', { status: 'failed', reasons: because('X') }, false, 'Blocked', 'Blocked', false],
    ['blocked without a mutation', { status: 'blocked', reasons: because('X') }, false, 'Blocked', 'Blocked', false],
    ['blocked after a mutation', { status: 'blocked', reasons: because('X') }, true, 'Failed', 'Failed', true],
    ['parked', { status: 'parked', reasons: because('FleetStopped') }, true, 'Parked', 'Parked', false],
    [
      'parked by a foreign update before any mutation',
      { status: 'parked', reasons: because('ForeignUpdate') },
      false,
      'Parked',
      'Quarantined',
      false,
    ],
    [
      'parked by a foreign update after a mutation',
      { status: 'parked', reasons: because('ForeignUpdate') },
      true,
      'Parked',
      'Parked',
      false,
    ],
    [
      'stopped from outside before any mutation',
      { status: 'stopped', reasons: because('X') },
      false,
      'Blocked',
      'Blocked',
      true,
    ],
    [
      'stopped from outside after a mutation',
      { status: 'stopped', reasons: because('X') },
      true,
      'Failed',
      'Failed',
      true,
    ],
    ['gone', { status: 'gone', reasons: because('Gone') }, true, 'Canceled', 'Excluded', false],
  ])('%s', (_, end, mutated, upgradeStatus, memberStatus, held) => {
    const settlement = settle(NOON, upgrade(mutated), member, wave, end);
    expect(settlement.upgrade.status).toBe(upgradeStatus);
    expect(settlement.member?.status).toBe(memberStatus);
    expect(settlement.hold !== undefined).toBe(held);
  });

  test('every member counts once, whatever becomes of it', () => {
    const failed = settle(NOON, upgrade(true), member, wave, { status: 'failed', reasons: because('X') });
    expect(failed.wave).toMatchObject({ succeeded: 1, failed: 1, status: 'Halted' });
    const parked = settle(NOON, upgrade(true), member, wave, { status: 'parked', reasons: because('X') });
    expect(parked.wave).toMatchObject({ succeeded: 1, failed: 0, blocked: 0, quarantined: 0, status: 'Open' });
  });

  test('a budget is exceeded by the failure after the last one that it allows', () => {
    const generous = { ...wave, maxFailures: 1 };
    const first = settle(NOON, upgrade(true), member, generous, { status: 'failed', reasons: because('X') }).wave;
    expect(first?.status).toBe('Open');
    if (first === undefined) throw new Error('there is no wave');
    expect(settle(NOON, upgrade(true), member, first, { status: 'failed', reasons: because('X') }).wave?.status).toBe(
      'Halted',
    );
  });

  test('a hop that is not the last keeps the place in the wave and goes on from where it is', () => {
    const settlement = settle(NOON, { ...upgrade(true), from: '1.35', to: '1.36' }, member, wave, {
      status: 'done',
      reasons: [],
    });
    expect(settlement.member).toMatchObject({
      status: 'Parked',
      from: '1.36',
      inFlight: true,
      reasons: [{ code: 'NextHop' }],
    });
    expect(settlement.wave?.succeeded).toBe(1);
  });
});

describe('how long an upgrade took', () => {
  const grantedAt = '2026-11-20T11:00:00.000Z';
  const took = (now: Date, from = grantedAt) =>
    settle(now, { ...upgrade(true), startedAt: from }, { ...member, grantedAt: from }, wave, {
      status: 'done',
      reasons: [],
    }).wave;

  test('is learned when it succeeded', () => {
    expect(took(NOON)?.durations).toEqual([3_600]);
  });

  test('is not learned from one that ended before it began, by clocks that differ: the wave stays readable', () => {
    const told = took(new Date('2026-11-20T10:59:30Z'));
    expect(told?.succeeded).toBe(2);
    expect(waveSchema.safeParse(told).success).toBe(true);
  });
});

const done: UpgradeEnd = { status: 'done', reasons: [] };
const failed: UpgradeEnd = { status: 'failed', reasons: because('X') };

describe('what is written of an end', () => {
  test('why and when it ended; one that waits has not ended, and says when it goes on', () => {
    const resumeAt = '2026-11-20T13:00:00.000Z';
    const ended = settle(NOON, upgrade(true), member, wave, { ...failed, resumeAt }).upgrade;
    expect(ended).toMatchObject({ reasons: because('X'), endedAt: NOON.toISOString() });
    expect(ended.resumeAt).toBeUndefined();
    const parked = settle(NOON, upgrade(true), member, wave, { ...failed, status: 'parked', resumeAt }).upgrade;
    expect([parked.resumeAt, parked.endedAt]).toEqual([resumeAt, undefined]);
  });

  test('a hold gives the first reason, or says that there was none', () => {
    const both = { ...failed, reasons: [...because('First'), ...because('Second')] };
    expect(settle(NOON, upgrade(true), member, wave, both).hold?.code).toBe('First');
    expect(settle(NOON, upgrade(true), member, wave, { status: 'stopped', reasons: [] }).hold).toEqual({
      code: 'Stopped',
      message: 'The upgrade ended without a reason.',
    });
  });

  test('one without a member or without a wave ends alone', () => {
    for (const [one, its] of [
      [undefined, wave],
      [member, undefined],
    ] as const)
      expect(settle(NOON, upgrade(true), one, its, done)).toMatchObject({
        upgrade: { status: 'Succeeded' },
        member: undefined,
        wave: undefined,
      });
  });

  test('one reason of several that names a foreign update sets an unchanged member aside', () => {
    const end = (...codes: string[]): UpgradeEnd => ({ status: 'parked', reasons: codes.flatMap(because) });
    const status = (given: UpgradeEnd) => settle(NOON, upgrade(false), member, wave, given).member?.status;
    expect(status(end('FleetStopped', 'ForeignUpdate'))).toBe('Quarantined');
    expect(status(end('FleetStopped'))).toBe('Parked');
  });
});

describe('the counters of a wave', () => {
  test('a member that settles again leaves the counter that it was in', () => {
    const aside = { ...member, status: 'Quarantined' as const };
    const after = settle(NOON, upgrade(true), aside, { ...wave, quarantined: 2 }, done).wave;
    expect(after).toMatchObject({ quarantined: 1, succeeded: 2, failed: 0, blocked: 0, excluded: 0 });
    expect(Object.keys(after ?? {})).not.toContain('undefined');
    const waits = settle(NOON, upgrade(true), member, wave, { status: 'parked', reasons: because('X') }).wave;
    expect(Object.keys(waits ?? {})).not.toContain('undefined');
  });

  test('the last success is remembered, and a failure is none', () => {
    expect(settle(NOON, upgrade(true), member, wave, done).wave?.lastSuccessAt).toBe(NOON.toISOString());
    expect(settle(NOON, upgrade(true), member, wave, failed).wave?.lastSuccessAt).toBeUndefined();
  });

  test('a straggler that fails late is told of a wave that has ended, within its budget and beyond it', () => {
    const ended = { ...wave, status: 'Completed' as const, maxFailures: 1 };
    expect(settle(NOON, upgrade(true), member, ended, done).wave?.status).toBe('Completed');
    expect(settle(NOON, upgrade(true), member, ended, failed).wave?.status).toBe('CompletedWithFailures');
    const halted = settle(NOON, upgrade(true), member, { ...ended, maxFailures: 0 }, failed).wave;
    expect(halted).toMatchObject({
      status: 'Halted',
      reasons: [
        {
          code: 'FailureBudgetExceeded',
          message: '1 upgrade of the wave dev failed and at most 0 may. The last one was web.',
        },
      ],
    });
    if (halted === undefined) throw new Error('there is no wave');
    const more = { ...member, name: 'api' };
    expect(settle(NOON, upgrade(true), more, halted, failed).wave?.reasons[0]?.message).toBe(
      '2 upgrades of the wave dev failed and at most 0 may. The last one was api.',
    );
  });

  test('a wave that has passed, or soaks, halts when nothing is left of it that succeeded, unless somebody accepts that', () => {
    const [was, is] = [
      { ...member, status: 'Succeeded' as const },
      { ...member, status: 'Failed' as const },
    ];
    const back = (given: Partial<Wave>) =>
      waveAfter({ ...wave, status: 'Completed', maxFailures: 1, succeeded: 1, ...given }, was, is, NOON.toISOString());
    expect(back({})).toMatchObject({ status: 'Halted', reasons: [{ code: 'NoneSucceeded' }] });
    expect(back({ status: 'Soaking' })).toMatchObject({ status: 'Halted', reasons: [{ code: 'NoneSucceeded' }] });
    expect(back({ status: 'Soaking', succeeded: 2 }).status).toBe('Soaking');
    expect(back({ succeeded: 2 }).status).toBe('CompletedWithFailures');
    expect(back({ acceptedFailures: 1 }).status).toBe('CompletedWithFailures');
  });

  test('a budget that is exceeded in a wave where nobody runs halts nothing', () => {
    const skipped = { ...wave, status: 'Skipped' as const };
    expect(settle(NOON, upgrade(true), member, skipped, failed).wave?.status).toBe('Skipped');
  });

  test('traits are counted with the end of their member, and no longer where it was before', () => {
    const marked = { ...member, traits: ['ami/al2', 'zone/a'] };
    const once = settle(NOON, upgrade(true), marked, wave, failed).wave;
    expect(once?.traits).toEqual({ failed: { 'ami/al2': 1, 'zone/a': 1 }, succeeded: {} });
    if (once === undefined) throw new Error('there is no wave');
    const again = settle(NOON, upgrade(true), { ...marked, status: 'Failed' }, once, done).wave;
    expect(again?.traits).toEqual({ failed: {}, succeeded: { 'ami/al2': 1, 'zone/a': 1 } });
    const bare = settle(NOON, upgrade(true), { ...member, status: 'Failed' }, once, done).wave;
    expect(bare?.traits).toEqual({ failed: once.traits?.failed, succeeded: {} });
    const waits = settle(NOON, upgrade(true), marked, once, { status: 'parked', reasons: because('X') }).wave;
    expect(waits?.traits).toEqual(once.traits);
  });

  test.each(['HookRefused', 'HookTimedOut'] as const)(
    'one that failed by %s is counted as such, and no more once it is tried again',
    (code) => {
      const marked = { ...member, traits: ['ami/al2'] };
      const once = settle(NOON, upgrade(true), marked, wave, { ...failed, reasons: because(code) }).wave;
      expect(once?.traits).toEqual({ failed: {}, succeeded: {}, withoutCause: 1 });
      if (once === undefined) throw new Error('there is no wave');
      const tried = { ...marked, status: 'Failed' as const, reasons: because(code) };
      const again = settle(NOON, upgrade(true), tried, once, done).wave;
      expect(again?.traits).toEqual({ failed: {}, succeeded: { 'ami/al2': 1 } });
    },
  );
});

test('a wave that halted because two clusters go back by themselves says so still after another failure', () => {
  const reasons = [reason('FailureBudgetExceeded', '2'), reason('RollbackBudget', 'two')];
  const wave = waveItem({ status: 'Halted', failed: 2, maxFailures: 1, members: 4, needWork: 4, inFlight: 1, reasons });
  const running = memberItem({ status: 'Running', inFlight: true });
  const after = waveAfter(wave, running, { ...running, status: 'Failed' }, NOON.toISOString());
  expect([after.failed, after.reasons.map(({ code }) => code)]).toEqual([
    3,
    ['FailureBudgetExceeded', 'RollbackBudget'],
  ]);
});

describe('durations', () => {
  const startedAt = '2026-11-20T11:00:00.000Z';
  const durations = (end: UpgradeEnd, given: Partial<Upgrade>, of: Partial<Member>, before?: number[]) =>
    settle(
      NOON,
      { ...upgrade(true), ...given },
      { ...member, ...of },
      { ...wave, ...(before && { durations: before }) },
      end,
    ).wave?.durations;

  test('are those of what succeeded without a break', () => {
    const both = [{ startedAt }, { grantedAt: startedAt }] as const;
    expect(durations(done, ...both)).toEqual([3_600]);
    expect(durations(failed, ...both)).toBeUndefined();
    // An upgrade that moved no control plane does not tell how long a hop takes.
    expect(durations(done, { ...both[0], from: '1.37', to: '1.37' }, both[1])).toBeUndefined();
    expect(durations({ status: 'parked', reasons: because('X') }, ...both)).toBeUndefined();
    expect(durations(done, { startedAt: '2026-11-19T11:00:00.000Z' }, { grantedAt: startedAt })).toBeUndefined();
    expect(durations(done, {}, { grantedAt: startedAt })).toBeUndefined();
    expect(durations(done, {}, {})).toBeUndefined();
    expect(durations(done, { startedAt }, {})).toBeUndefined();
  });

  test('of none at all are one too, and the newest hundred are kept', () => {
    const now = NOON.toISOString();
    expect(durations(done, { startedAt: now }, { grantedAt: now })).toEqual([0]);
    const many = Array.from({ length: 100 }, (_, index) => index);
    expect(durations(done, { startedAt }, { grantedAt: startedAt }, many)).toEqual([...many.slice(1), 3_600]);
  });
});

describe('an upgrade that parks again and again for the same', () => {
  const minutes = (count: number) => new Date(NOON.getTime() + count * 60_000);
  const parks = (after: Upgrade, code: string, at: number): Upgrade =>
    settle(minutes(at), { ...after, status: 'Running' }, undefined, undefined, {
      ...{ status: 'parked', reasons: because(code), resumeAt: minutes(at + 10).toISOString() },
    }).upgrade;
  const again = (...parked: readonly [string, number][]) =>
    parked.reduce((after, [code, at]) => parks(after, code, at), upgrade(true));

  test('says since when and how often, and says it once', () => {
    const { parkedFor, reasons } = again(['AwsFailed', 0], ['AwsFailed', 40], ['AwsFailed', 80]);
    expect(parkedFor).toMatchObject({ code: 'AwsFailed', since: minutes(0).toISOString(), times: 3 });
    expect(reasons).toEqual([quoted('AwsFailed', '3 looks in a row since 2026-11-20T12:00:00.000Z: because')]);
    expect(again(['NodesDown', 0], ['NodesDown', 10]).parkedFor?.times).toBe(2);
  });

  test.each<[string, [string, number][]]>([
    ['for the first time', [['AwsFailed', 0]]],
    [
      'for something else than before',
      [
        ['Denied', 0],
        ['AwsFailed', 20],
      ],
    ],
    [
      'after it has gone on for more than an hour',
      [
        ['AwsFailed', 0],
        ['AwsFailed', 71],
      ],
    ],
  ])('begins to count anew when it parks %s', (_, parked) => {
    const { parkedFor, reasons } = again(...parked);
    const at = minutes(parked.at(-1)?.[1] ?? 0).toISOString();
    expect([parkedFor, reasons]).toEqual([{ code: 'AwsFailed', since: at, last: at, times: 1 }, because('AwsFailed')]);
  });

  test('counts an API server that fails in another way each time as one', () => {
    const { parkedFor } = again(['ClusterUnreachable', 0], ['ClusterServerFault', 20], ['ClusterUnreachable', 40]);
    expect(parkedFor).toMatchObject({ since: minutes(0).toISOString(), times: 3 });
  });

  test('counts no more when it has ended', () => {
    const done = settle(NOON, again(['AwsFailed', 0]), undefined, undefined, { status: 'done', reasons: [] });
    expect(done.upgrade.parkedFor).toBeUndefined();
  });

  test('counts nothing that waits for others or for its time', () => {
    expect(again(['ForeignUpdate', 0], ['ForeignUpdate', 5])).toMatchObject({ reasons: because('ForeignUpdate') });
  });
});
