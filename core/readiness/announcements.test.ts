import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { noticeOf } from '../notices/notice-of.ts';
import { clusterPolicy } from '../queries/cluster-policy.ts';
import { verdictOf } from '../queries/verdict.ts';
import { openingsOf } from '../rollout/openings.ts';
import { Members, Rollouts } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { tellOwners } from './tell-owners.ts';

const START = new Date('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const cluster = clusterRecord({ name: 'web', version: '1.36', tags: { team: 'shop' }, labels: {} });
const { clusterKey } = cluster;

/** One fleet with one rollout, looked at whenever a test says; its one window opens at `opens`, for four hours. */
function world(opens: string) {
  const table = new MemoryTable();
  const said: string[] = [];
  const state = {
    ...{ opens, dies: false, now: START, lasts: '4h', approval: false, cannotStart: 'wait' as object | string },
    rollout: {} as Partial<Rollout>,
    wave: {} as Partial<Wave>,
    member: {} as Partial<Member>,
    control: undefined as ClusterControl | undefined,
    deletedAt: undefined as string | undefined,
    version: '1.36',
  };
  const snapshotNow = () => {
    const policies = {
      p: {
        selector: {},
        target: '1.37',
        cannotStart: state.cannotStart,
        waves: [{ name: 'all', calendar: 'once', ...(state.approval && { approval: { before: true, approvals: 1 } }) }],
      },
    };
    const rollout = rolloutItem({ waves: ['all'], policyRevision: JSON.stringify(policies.p), ...state.rollout });
    const at = new Date(state.opens);
    const schedule = `${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} *`;
    const once = { timeZone: 'UTC', windows: [{ name: 'once', schedule, duration: state.lasts }], freezes: [] };
    const member = memberItem({
      ...{ clusterKey, name: 'web', from: state.version, to: '1.37', waveIndex: 0, status: 'Pending', reasons: [] },
      ...{ inFlight: false, ...state.member },
    });
    const wave = waveItem({ index: 0, name: 'all', inFlight: 0, ...state.wave });
    const isActive = rollout.status === 'Running';
    const snapshot = {
      ...fleetSnapshot({
        clusters: [{ ...cluster, version: state.version, ...(state.deletedAt && { deletedAt: state.deletedAt }) }],
        policies,
      }),
      ...{ calendars: new Map([['once', compileCalendar('once', once)]]) },
      ...{ rollouts: isActive ? [rollout] : [], waves: isActive ? [wave] : [] },
      members: Members.active(member) ? [member] : [],
      controls: new Map(state.control === undefined ? [] : [[clusterKey, state.control]]),
    };
    return { rollout, member, wave, snapshot };
  };
  const look = async (now: string | Date, given: Partial<typeof state> = {}) => {
    Object.assign(state, { now: new Date(now), ...given });
    const { rollout, member, snapshot } = snapshotNow();
    await table.transact([put(Rollouts, rollout, 'any'), put(Members, member, 'any')]);
    said.length = 0;
    const publish = async (events: readonly LiftlockEvent[]) => {
      if (state.dies) throw new Error('died');
      for (const event of events)
        if (event.type === 'OwnerNews') said.push(`${noticeOf(event)?.what} ${noticeOf(event)?.why}`);
    };
    const addresses = { send: async () => undefined };
    await tellOwners(
      { table, clock: { now: () => state.now }, events: { publish }, addresses },
      snapshot,
      state.deletedAt === undefined ? [cluster] : [],
      new Map(),
      new Map(),
    );
    return said.map((one) => one.replace(/ \(account[^)]*\)/g, ''));
  };
  /** The times of messages, by hour. */
  const until = async (end: string) => {
    const heard: string[] = [];
    for (let at = state.now.getTime(); at <= Date.parse(end); at += HOUR)
      for (const one of await look(new Date(at)))
        heard.push(`${new Date(at).toISOString().slice(8, 16)} ${one.replace(/(Z at the earliest|Z\.).*$/, '')}`);
    return heard;
  };
  return { look, until, state, snapshotNow };
}

const begins = (at: string) => `For shop: The upgrade of web to 1.37 begins at ${at}.000`;

test('an opening is announced seven days, a day and an hour before, each once, and grouped with what else is told to its owner', async () => {
  const { until } = world('2026-11-30T20:30:00Z');
  const heard = await until('2026-11-30T23:00:00Z');
  const said = begins('2026-11-30T20:30:00');
  // It counts by the last look before that time.
  expect(heard).toEqual([`23T20:00 ${said}`, `29T20:00 ${said}`, `30T19:00 ${said}`]);
});

test('who has several hops before it hears of each of them, the next one first', async () => {
  const { look } = world('2026-11-20T20:00:00Z');
  // It was at 1.34 when its rollout was planned.
  const told =
    'The upgrade of web to 1.37, hop by hop: 1.36, 1.37, begins at 2026-11-20T20:00:00.000Z at the earliest.';
  expect(await look(START, { version: '1.35', member: { from: '1.34' } })).toEqual([expect.stringContaining(told)]);
});

test('who begins sooner hears of it at the nearest distance alone', async () => {
  const { until } = world('2026-11-21T20:00:00Z');
  const said = begins('2026-11-21T20:00:00');
  expect(await until('2026-11-21T19:00:00Z')).toEqual([`20T12:00 ${said}`, `20T20:00 ${said}`, `21T19:00 ${said}`]);
  const near = world('2026-11-20T20:00:00Z');
  const soon = begins('2026-11-20T20:00:00');
  expect(await near.until('2026-11-20T23:00:00Z')).toEqual([`20T12:00 ${soon}`, `20T19:00 ${soon}`]);
});

test('an opening that moves is told with both instants, and counts anew', async () => {
  const { look, until, state } = world('2026-11-22T20:00:00Z');
  expect(await look(START)).toHaveLength(1);
  const moved = await look('2026-11-20T13:00:00Z', { opens: '2026-12-05T20:00:00Z' });
  expect(moved).toEqual([
    expect.stringMatching(
      /web to 1.37, announced for 2026-11-22T20:00:00.000Z, is moved to 2026-12-05T20:00:00.000Z\./,
    ),
  ]);
  state.now = new Date('2026-11-20T14:00:00Z');
  const said = begins('2026-12-05T20:00:00');
  expect(await until('2026-12-05T19:00:00Z')).toEqual([`28T20:00 ${said}`, `04T20:00 ${said}`, `05T19:00 ${said}`]);
});

const held = {
  clusterKey,
  held: { since: START.toISOString(), reason: reason('Held', 'It failed.'), by: 'x' },
};
test.each<[string, object, string]>([
  ['it is held', { member: { status: 'Excluded', reasons: [reason('Held', 'It failed.')] } }, 'It failed.'],
  [
    'it is set aside',
    { member: { status: 'Quarantined', reasons: [reason('SuspiciousTrait', 'Like shop.')] } },
    'Like shop.',
  ],
  ['a person took it out', { member: { status: 'Excluded', reasons: [reason('Skipped', 'By ann.')] } }, 'By ann.'],
  [
    'its rollout was aborted',
    { rollout: { status: 'Aborted', reasons: [reason('RolloutAborted', 'By bob.')] } },
    'is Aborted. By bob.',
  ],
  [
    'its rollout is halted',
    { rollout: { status: 'Halted', reasons: [reason('FailureBudgetExceeded', 'Two failed.')] } },
    'is Halted. Two failed.',
  ],
])('an announcement is taken back once, with its reason: %s', async (_, given, why) => {
  const { look } = world('2026-11-21T20:00:00Z');
  expect(await look(START)).toHaveLength(1);
  const [taken, ...more] = await look('2026-11-20T13:00:00Z', given);
  expect(more).toEqual([]);
  expect(taken).toContain('web to 1.37 does not begin at 2026-11-21T20:00:00.000Z, as was announced.');
  expect(taken).toContain(why);
  expect(await look('2026-11-20T14:00:00Z')).toEqual([]);
  // A problem that returns is announced again.
  const back = { control: undefined, member: {}, rollout: {} };
  expect(await look('2026-11-20T15:00:00Z', back)).toEqual([expect.stringContaining(begins('2026-11-21T20:00:00'))]);
});

test('what was announced of a cluster that is gone is taken back once, since its name may be there again', async () => {
  const { look } = world('2026-11-21T20:00:00Z');
  await look(START);
  const deletedAt = '2026-11-20T12:30:00Z';
  expect(await look('2026-11-20T13:00:00Z', { deletedAt })).toEqual([
    expect.stringMatching(/web to 1\.37 does not begin at .*, as was announced\. .*does not exist any more/),
  ]);
  expect(await look('2026-11-20T14:00:00Z')).toEqual([]);
  const past = world('2026-11-20T12:30:00Z');
  expect(await past.look(START)).toHaveLength(1);
  expect(await past.look('2026-11-20T13:00:00Z', { deletedAt })).toEqual([]);
});

test('who begins, or waits for its place in the window that was announced, is taken nothing back', async () => {
  const { look } = world('2026-11-20T20:00:00Z');
  await look('2026-11-20T19:00:00Z');
  expect(await look('2026-11-20T20:10:00Z', { wave: { inFlight: 9, maxConcurrency: 1 } })).toEqual([]);
  const unapproved = world('2026-11-20T20:00:00Z');
  Object.assign(unapproved.state, { approval: true, wave: { status: 'Pending', planHash: 'hash' } });
  expect(await unapproved.look('2026-11-20T19:00:00Z')).toEqual([expect.stringMatching(/gone by then: .*approv/)]);
  expect(await unapproved.look('2026-11-20T20:30:00Z')).toEqual([]);
  for (const status of ['Running', 'Parked', 'Succeeded', 'Failed'] as const) {
    const early = world('2026-11-21T20:00:00Z');
    await early.look(START);
    expect(await early.look('2026-11-20T13:00:00Z', { member: { status, reasons: [held.held.reason] } })).toEqual([]);
  }
});

test('who has no place at the opening is told so, hears once that it did not begin, and of its next opening once it is its turn', async () => {
  const { look } = world('2026-11-20T20:00:00Z');
  const full = { wave: { inFlight: 1, maxConcurrency: 1 } };
  const inTheWay = /gone by then: .*1 of at most 1 clusters of the wave all are in flight/;
  expect(await look('2026-11-20T19:00:00Z', full)).toEqual([expect.stringMatching(inTheWay)]);
  // A place may become free as long as the window is open.
  expect(await look('2026-11-20T20:30:00Z')).toEqual([]);
  const notBegun =
    /web to 1\.37 does not begin at 2026-11-20T20:00:00\.000Z, as was announced\. .*1 of at most 1 clusters/;
  const next = { opens: '2026-11-21T20:00:00Z' };
  expect(await look('2026-11-21T00:30:00Z', next)).toEqual([expect.stringMatching(notBegun)]);
  for (const time of ['01:30', '19:00', '20:30']) expect(await look(`2026-11-21T${time}:00Z`)).toEqual([]);
  expect(await look('2026-11-22T00:30:00Z', { opens: '2026-11-22T20:00:00Z' })).toEqual([]);
  const begun = [expect.stringContaining(begins('2026-11-22T20:00:00'))];
  expect(await look('2026-11-22T01:30:00Z', { wave: { inFlight: 0, maxConcurrency: 1 } })).toEqual(begun);
});

test('whose turn has come by the next opening is moved to that', async () => {
  const { look } = world('2026-11-20T20:00:00Z');
  await look('2026-11-20T19:00:00Z', { wave: { inFlight: 1, maxConcurrency: 1 } });
  await look('2026-11-20T20:30:00Z');
  const free = { wave: { inFlight: 0 }, opens: '2026-11-21T20:00:00Z' };
  const moved = /announced for 2026-11-20T20:00:00.000Z, is moved to 2026-11-21T20:00:00.000Z/;
  expect(await look('2026-11-21T00:30:00Z', free)).toEqual([expect.stringMatching(moved)]);
});

test('whom its gate stops at the opening is taken nothing back, and who is blocked before is', async () => {
  const member: Partial<Member> = { status: 'Blocked', reasons: [reason('ScanFinding', 'A budget.')] };
  const blocked = { member };
  const { look } = world('2026-11-21T20:00:00Z');
  await look('2026-11-21T19:00:00Z');
  expect(await look('2026-11-21T20:30:00Z', blocked)).toEqual([]);
  const early = world('2026-11-21T20:00:00Z');
  await early.look(START);
  expect(await early.look('2026-11-20T13:00:00Z', blocked)).toEqual([expect.stringContaining('A budget.')]);
});

test('what the next tick will say of a cluster is waited for', async () => {
  const { look } = world('2026-11-21T20:00:00Z');
  await look(START);
  expect(await look('2026-11-20T13:00:00Z', { control: held as never })).toEqual([]);
  const told = await look('2026-11-20T14:00:00Z', { member: { status: 'Excluded', reasons: [held.held.reason] } });
  expect(told).toEqual([expect.stringContaining('as was announced. It failed.')]);
});

test('what lacks at the opening is said: an approval that nobody has given', async () => {
  const { look, state } = world('2026-11-21T20:00:00Z');
  Object.assign(state, { approval: true, wave: { status: 'Pending', planHash: 'hash' } });
  const [one] = await look(START);
  expect(one).toMatch(/begins at .* This must be gone by then: .*approv/);
});

test.each<[string, string, string]>([
  ['long before', '2026-11-20T13:00:00Z', '2026-11-20T14:00:00Z'],
  ['right before', '2026-11-21T19:30:00Z', '2026-11-21T20:30:00Z'],
])(
  'what was announced of a wave that is rejected %s is taken back, and announced once that is over',
  async (_, at, next) => {
    const { look, state } = world('2026-11-21T20:00:00Z');
    const pending = { status: 'Pending', planHash: 'hash' } as const;
    Object.assign(state, { approval: true, wave: pending });
    expect(await look(START)).toHaveLength(1);
    const word = { principal: 'ann', at, planHash: 'hash', clusters: 1 };
    const rejected = { ...pending, approvals: [{ ...word, decision: 'Rejected' as const, comment: 'not now' }] };
    const taken = /does not begin at 2026-11-21T20:00:00.000Z, as was announced\. .*rejected by ann at \S+: not now/;
    expect(await look(at, { wave: rejected })).toEqual([expect.stringMatching(taken)]);
    expect(await look(next)).toEqual([]);
    const [again] = await look(new Date(Date.parse(next) + 6 * HOUR), { wave: pending, opens: '2026-11-22T20:00:00Z' });
    expect(again).toContain('web to 1.37 begins at 2026-11-22T20:00:00.000Z at the earliest');
  },
);

test('a run that dies before it has announced leaves that to the next one, which says it once', async () => {
  const { look } = world('2026-11-21T20:00:00Z');
  await expect(look(START, { dies: true })).rejects.toThrow('died');
  expect(await look('2026-11-20T13:00:00Z', { dies: false })).toHaveLength(1);
  expect(await look('2026-11-20T14:00:00Z')).toEqual([]);
});

test.each<[string, Partial<ReturnType<typeof world>['state']>]>([
  ['the window is closed', {}],
  ['the window is shorter than its upgrade lasts', { lasts: '20m' }],
  ['its rollout is paused', { rollout: { status: 'Paused' } }],
  ['it is held', { control: held as never }],
])('the opening that is announced is the one that explain tells: %s', (_, given) => {
  const { state, snapshotNow } = world('2026-11-21T20:00:00Z');
  Object.assign(state, given);
  const { snapshot, rollout, wave, member } = snapshotNow();
  const aim = clusterPolicy(snapshot, cluster, START);
  const { when } = verdictOf(
    snapshot,
    cluster,
    aim,
    { place: { rollout, waves: [wave], member }, ofUpgrade: undefined },
    START,
  );
  expect(openingsOf(snapshot, START).get(clusterKey)?.at ?? null).toBe(when.at);
});

test('that a wave goes on without who never starts is no opening', () => {
  const { state, snapshotNow } = world('2026-11-21T20:00:00Z');
  Object.assign(state, {
    lasts: '20m',
    cannotStart: { leaveBehindAfter: '14d' },
    wave: { openedAt: START.toISOString() },
  });
  expect(openingsOf(snapshotNow().snapshot, START).get(clusterKey)?.at).toBeUndefined();
});
