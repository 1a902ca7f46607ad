import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { nextHopOf } from './admission.ts';
import { decide } from './decide.ts';
import type { FleetSnapshot } from './snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const at = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString();

interface Given {
  readonly members: Readonly<Record<string, Partial<Member>>>;
  /** The unusual properties of these clusters. */
  readonly clusters?: Readonly<Record<string, Partial<ClusterRecord>>>;
  readonly upgrades?: Readonly<Record<string, Partial<Upgrade>>>;
  readonly waves?: readonly Partial<Wave>[];
  readonly total?: number;
  readonly policy?: object;
  readonly more?: Partial<FleetSnapshot>;
}

const keyOf = (name: string): string => clusterRecord({ name }).clusterKey;

/** A running rollout with these members, by the names of their clusters. */
function snapshot({ members, clusters = {}, upgrades = {}, waves = [{}], total = 100, policy = {}, more }: Given) {
  const policies = {
    p: { selector: {}, target: '1.37', waves: waves.map((_, index) => ({ name: `w${index}` })), ...policy },
  };
  const records = Object.keys(members).map((name) => clusterRecord({ name, version: '1.36', ...clusters[name] }));
  return {
    ...fleetSnapshot({ clusters: records, policies, caps: { total } }),
    rollouts: [
      rolloutItem({ policyRevision: JSON.stringify(policies.p), waves: waves.map((_, index) => `w${index}`) }),
    ],
    waves: waves.map((one, index) =>
      waveItem({ index, name: `w${index}`, members: 9, needWork: 9, maxConcurrency: 9, ...one }),
    ),
    members: Object.entries(members).map(([name, one]) =>
      memberItem({ clusterKey: keyOf(name), name, upgradeId: '1.36-1.37', ...one }),
    ),
    upgrades: Object.entries(upgrades).map(
      ([name, one]): Upgrade => ({
        clusterKey: keyOf(name),
        id: '1.36-1.37',
        machine: 'upgrade-cluster',
        from: '1.36',
        to: '1.37',
        status: 'Parked',
        mutated: true,
        steps: {},
        requestedBy: 'liftlock',
        reasons: [],
        rolloutId: 'r',
        waveIndex: 0,
        ...one,
      }),
    ),
    ...more,
  };
}

/** The granted members in order, and why and until when the others wait. */
function admitted(given: Given) {
  const { decisions, waiting } = decide(snapshot(given), NOW);
  const granted = decisions.flatMap((one) => (one.type === 'grant-member' ? [one] : []));
  return {
    granted,
    names: granted.map(({ member }) => member.name),
    waits: waiting.map(({ clusterKey, reasons, until }) => ({
      name: Object.keys(given.members).find((name) => keyOf(name) === clusterKey),
      codes: reasons.map(({ code }) => code),
      ...(until === undefined ? {} : { until }),
      said: reasons.map(({ message }) => message).join(' '),
    })),
  };
}

test.each<[string, Partial<Member>, Partial<Member>]>([
  [
    'who holds a place before who does not',
    { inFlight: true, waveIndex: 1, position: 9 },
    { waveIndex: 0, position: 1 },
  ],
  [
    'members of an earlier wave before those of a later one',
    { waveIndex: 0, position: 9 },
    { waveIndex: 1, position: 1 },
  ],
  ['by the place in the wave', { position: 1 }, { position: 2 }],
])('where there is room for one, it goes to %s', (_, first, second) => {
  const waves = [{ status: 'Completed' as const }, {}];
  expect(admitted({ members: { b: first, a: second }, waves, total: 1 }).names).toEqual(['b']);
  expect(admitted({ members: { a: second, b: first }, waves, total: 1 }).names).toEqual(['b']);
});

test('equal members go by their keys, so that two reconcilers decide the same', () => {
  expect(admitted({ members: { b: {}, a: {} }, total: 1 }).names).toEqual(['a']);
  expect(admitted({ members: { a: {}, b: {} }, total: 1 }).names).toEqual(['a']);
});

test('room is counted down within a tick, and what was read stays as it was', () => {
  const state = snapshot({ members: { a: {}, b: {}, c: {} }, waves: [{ maxConcurrency: 2 }] });
  const { decisions } = decide(state, NOW);
  expect(decisions.filter(({ type }) => type === 'grant-member')).toHaveLength(2);
  expect([state.ledger, state.waves[0]?.inFlight]).toEqual([{ counts: {} }, 0]);
});

test('who holds a place takes no other one', () => {
  const members = { a: { status: 'Parked' as const, inFlight: true }, b: {} };
  expect(admitted({ members, waves: [{ maxConcurrency: 2, inFlight: 1 }] }).names).toEqual(['a', 'b']);
});

test('who runs is asked about no more', () => {
  expect(admitted({ members: { a: { status: 'Running', inFlight: true } } })).toMatchObject({ names: [], waits: [] });
});

test.each([
  ['goes on from where it is', { from: '1.35' }, '1.35', undefined, '1.35-1.36'],
  ['makes what has moved the control plane to its end', { from: '1.35' }, '1.36', undefined, '1.35-1.36'],
  [
    'does so, wherever a plan made meanwhile begins, where that is to be tried again',
    { from: '1.36' },
    '1.36',
    '1.35-1.36',
    '1.35-1.36',
  ],
  ['goes on where that was another upgrade', { from: '1.36' }, '1.36', '1.36-1.37', '1.36-1.37'],
  ['makes a later hop that is to be tried again', { from: '1.35' }, '1.36', '1.36-1.37', '1.36-1.37'],
  ['finishes the version that its control plane has', { from: '1.37' }, '1.37', undefined, '1.37-1.37'],
  ['goes nowhere beyond its target', { from: '1.35', to: '1.36' }, '1.37', '1.36-1.37', '1.35-1.36'],
])('a member %s', (_, member, version, retried, hop) => {
  const { from, to } = nextHopOf(
    memberItem({ to: '1.37', ...member }),
    clusterRecord({ version }),
    retried === undefined
      ? undefined
      : {
          clusterKey: 'k',
          retried: { reason: { code: 'UpdateFailed', message: '' }, since: at(0), upgradeId: retried, mutated: true },
        },
  );
  expect(`${from}-${to}`).toBe(hop);
});

test('a cluster that was left unread since it is not its turn waits for that', () => {
  const { names, waits } = admitted({ members: { a: {}, b: {} }, more: { unread: new Set([keyOf('a')]) } });
  expect(names).toEqual(['b']);
  expect(waits).toEqual([{ name: 'a', codes: ['NotItsTurn'], said: 'Its rollout or its wave lets nobody begin now.' }]);
});

test('who is gone is taken out and gets nothing', () => {
  const state = snapshot({ members: { a: {}, b: {} }, clusters: { a: { deletedAt: at(-60) } } });
  const { decisions, waiting } = decide(state, NOW);
  const ofMembers = decisions.map(({ type }) => type).filter((type) => type !== 'adjust-wave');
  expect(ofMembers).toEqual(['change-member', 'grant-member']);
  expect(waiting).toStrictEqual([]);
});

test('a cluster that is not in the inventory begins nothing while nobody knows which tags count', () => {
  const { names, waits } = admitted({ members: { a: {} }, more: { fleet: undefined, clusters: new Map() } });
  expect([names, waits.map(({ codes }) => codes)]).toEqual([[], [['UnknownCluster']]]);
});

describe('a member that parked', () => {
  const parked = { status: 'Parked' as const, inFlight: true };

  test('less than 30 s after its grant is not granted again, or it would loop', () => {
    const grantedAt = at(-29);
    const [wait] = admitted({ members: { a: { ...parked, grantedAt } } }).waits;
    expect(wait).toEqual({
      name: 'a',
      codes: ['ResumesLater'],
      until: at(1),
      said: `It is parked, and Liftlock looks again at ${at(1)}.`,
    });
    expect(admitted({ members: { a: { ...parked, grantedAt: at(-30) } } }).names).toEqual(['a']);
    expect(admitted({ members: { a: { grantedAt } } }).names).toEqual(['a']);
  });

  test('is not granted before the time that it named, which others hear of with its reason', () => {
    const reasons = [reason('ForeignUpdate', 'Somebody else updates it.')];
    const given = (resumeAt: string) => ({ members: { a: { ...parked, grantedAt: at(-300), reasons, resumeAt } } });
    expect(admitted(given(at(60))).waits).toEqual([
      {
        name: 'a',
        codes: ['ResumesLater'],
        until: at(60),
        said: `It is parked, and Liftlock looks again at ${at(60)}.`,
      },
    ]);
    expect(admitted(given(at(0))).names).toEqual(['a']);
    expect(admitted(given(at(-60))).names).toEqual(['a']);
  });

  test('rests until the later of both, and tells that one', () => {
    const given = (resumeAt: string) => ({ members: { a: { ...parked, grantedAt: at(-10), resumeAt } } });
    expect(admitted(given(at(60))).waits.map(({ until }) => until)).toEqual([at(60)]);
    expect(admitted(given(at(5))).waits.map(({ until }) => until)).toEqual([at(20)]);
  });

  test('goes on with its own hop, whatever comes after it', () => {
    const upgrade = { id: '1.35-1.36', from: '1.35', to: '1.36' };
    const members = { a: { ...parked, upgradeId: '1.35-1.36' } };
    expect(admitted({ members, upgrades: { a: upgrade } }).granted).toMatchObject([
      { from: '1.35', to: '1.36', upgradeId: '1.35-1.36' },
    ]);
  });

  test('goes on with no upgrade but its own, and begins the next hop where that has ended', () => {
    const members = { a: { ...parked, upgradeId: '1.35-1.36' } };
    const other = { id: '1.33-1.34', from: '1.33', to: '1.34' };
    const next = [{ from: '1.36', to: '1.37', upgradeId: '1.36-1.37' }];
    expect(admitted({ members, upgrades: { a: other } }).granted).toMatchObject(next);
    const ended = { ...other, id: '1.35-1.36', status: 'Running' as const, mutated: false };
    expect(admitted({ members, upgrades: { a: ended } }).granted).toMatchObject(next);
    const none = { a: { ...parked, upgradeId: undefined } };
    expect(admitted({ members: none, upgrades: { a: other } }).granted).toMatchObject(next);
  });

  test('is not asked for standing reasons once it holds a place', () => {
    const clusters = { a: { conditions: [], createdAt: '2026-11-20T11:00:00.000Z' } };
    const key = clusterRecord({ name: 'a', ...clusters.a }).clusterKey;
    expect(admitted({ members: { a: { ...parked, clusterKey: key } }, clusters }).names).toEqual(['a']);
  });
});

describe('a member that was set aside', () => {
  const createdAt = '2026-11-20T11:00:00.000Z';
  const clusterKey = clusterRecord({ name: 'a', createdAt }).clusterKey;
  const aside = (more: Partial<ClusterRecord>, codes: readonly string[]) => ({
    members: {
      a: { clusterKey, status: 'Quarantined' as const, reasons: codes.map((code) => ({ code, message: '' }) as never) },
    },
    clusters: { a: { createdAt, ...more } },
  });

  test('since it is new comes back by itself at a time that is known', () => {
    const { waiting } = decide(snapshot(aside({}, ['RecentlyCreated'])), NOW);
    expect(waiting).toMatchObject([{ clusterKey, until: '2026-11-20T17:00:00.000Z' }]);
    expect(waiting[0]?.reasons.map(({ code }) => code)).toEqual(['RecentlyCreated']);
  });

  test('for anything else comes back nobody knows when', () => {
    const unreachable = {
      conditions: [
        { type: 'Reachable', status: 'False', reason: 'AccessDenied', message: 'denied', lastTransitionTime: at(-60) },
      ],
    } as Partial<ClusterRecord>;
    const { waiting } = decide(snapshot(aside(unreachable, ['Unreachable', 'RecentlyCreated'])), NOW);
    expect(waiting.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([['Unreachable', 'RecentlyCreated']]);
    expect(waiting[0]?.until).toBeUndefined();
  });
});

describe('a member of a wave whose calendar is closed', () => {
  const calendars = new Map([
    [
      'nights',
      compileCalendar('nights', {
        timeZone: 'UTC',
        windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }],
        freezes: [],
      }),
    ],
  ]);
  const policy = { waves: [{ name: 'w0', calendar: 'nights' }] };

  test('waits until it opens', () => {
    expect(admitted({ members: { a: {} }, policy, more: { calendars } }).waits).toMatchObject([
      { codes: ['WindowClosed'], until: '2026-11-20T22:00:00.000Z' },
    ]);
  });

  test('waits until then also where something else is in the way', () => {
    const { waits } = admitted({ members: { a: {} }, policy, more: { calendars, control: { stopped: true } } });
    expect(waits).toMatchObject([
      { codes: expect.arrayContaining(['FleetStopped']), until: '2026-11-20T22:00:00.000Z' },
    ]);
  });

  test('goes on in what is left of a window when it is half done, and does not begin in it', () => {
    const lunch = compileCalendar('lunch', {
      timeZone: 'UTC',
      windows: [{ name: 'lunch', schedule: '30 11 * * *', duration: '45m' }],
      freezes: [],
    });
    const inLunch = {
      policy: { waves: [{ name: 'w0', calendar: 'lunch' }] },
      more: { calendars: new Map([['lunch', lunch]]) },
    };
    const members = { a: { status: 'Parked' as const, inFlight: true } };
    expect(admitted({ members, upgrades: { a: { mutated: true } }, ...inLunch }).names).toEqual(['a']);
    expect(admitted({ members, upgrades: { a: { mutated: false } }, ...inLunch }).waits).toMatchObject([
      { codes: ['WindowTooShort'] },
    ]);
    expect(admitted({ members, ...inLunch }).names).toEqual([]);
  });

  test('of the next wave waits until the one before it has soaked, and then for its window', () => {
    const soaking = { status: 'Soaking' as const, succeeded: 1, lastSuccessAt: at(0) };
    const waves = [
      { name: 'w0', clusters: ['x'], soak: '1h' },
      { name: 'w1', calendar: 'nights' },
    ];
    const given = {
      members: { a: { waveIndex: 1 } },
      waves: [soaking, { status: 'Pending' as const }],
      policy: { waves },
      more: { calendars },
    };
    expect(admitted(given).waits).toMatchObject([
      { codes: ['Soaking', 'WindowClosed'], until: '2026-11-20T22:00:00.000Z' },
    ]);
    const unread = { ...given, more: { calendars, unread: new Set([keyOf('a')]) } };
    expect(admitted(unread).waits).toMatchObject([{ codes: ['NotItsTurn'] }]);
  });

  test('says no time where something else is in the way, and none where the glass is broken', () => {
    const until = at(3600);
    const breakGlass = { reason: 'incident', until, by: [{ principal: 'sso:111111111111/ana', at: at(-1) }] };
    const controls = new Map([[keyOf('a'), { clusterKey: keyOf('a'), breakGlass }]]);
    const broken = admitted({ members: { a: {} }, policy, more: { calendars, controls, control: { stopped: true } } });
    expect(broken.waits.map(({ codes }) => codes)).toEqual([['FleetStopped']]);
    expect(broken.waits[0]).not.toHaveProperty('until');
    expect(admitted({ members: { a: {} }, policy, more: { calendars, controls } }).names).toEqual(['a']);
  });
});

test('no member of a later wave begins while one before it is halted', () => {
  const waves = [{ status: 'Halted' as const }, {}];
  expect(admitted({ members: { a: { waveIndex: 1 } }, waves }).waits).toEqual([
    expect.objectContaining({ codes: expect.arrayContaining(['EarlierWaveHalted']) }),
  ]);
  const later = [{}, { status: 'Halted' as const }];
  expect(admitted({ members: { a: {} }, waves: later }).names).toEqual(['a']);
});

describe('an upgrade that a person asked for', () => {
  const byHand = (upgrade: Partial<Upgrade>, more: Partial<Given> = {}) => {
    const state = snapshot({
      members: { a: {} },
      upgrades: { a: { rolloutId: undefined, waveIndex: undefined, ...upgrade } },
      ...more,
    });
    const { decisions, waiting } = decide({ ...state, members: [], rollouts: [], waves: [], ...more.more }, NOW);
    return {
      types: decisions.map(({ type }) => type),
      reasons: decisions.flatMap((one) => ('reasons' in one ? [one.reasons] : [])),
      waits: waiting.map(({ reasons, until }) => [...reasons.map(({ code }) => code), ...(until ?? [])].join('')),
      until: waiting[0]?.until,
    };
  };

  test('goes on when it waits and nothing is in the way', () => {
    expect(byHand({ status: 'Parked' }).types).toEqual(['grant-upgrade']);
    expect(byHand({ status: 'Pending', mutated: false }).types).toEqual(['grant-upgrade']);
    expect(byHand({ status: 'Running' }).types).toEqual([]);
    expect(byHand({ status: 'Parked', rolloutId: 'r' }).types).toEqual([]);
  });

  test('waits for the time that it named, and for what is in the way', () => {
    expect(byHand({ resumeAt: at(60) })).toMatchObject({ types: [], waits: [] });
    expect(byHand({ resumeAt: at(0) }).types).toEqual(['grant-upgrade']);
    expect(byHand({ resumeAt: at(-60) }).types).toEqual(['grant-upgrade']);
    expect(byHand({}, { more: { control: { stopped: true } } })).toMatchObject({ types: [], waits: ['FleetStopped'] });
  });

  test('goes by the calendars of the policy that selects its cluster', () => {
    const night = {
      timeZone: 'UTC',
      windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }],
      freezes: [],
    };
    const calendars = new Map([['nights', compileCalendar('nights', night)]]);
    const policy = { waves: [{ name: 'w0', calendar: 'nights' }] };
    expect(byHand({}, { policy, more: { calendars } })).toMatchObject({ types: [], until: '2026-11-20T22:00:00.000Z' });
    const other = { ...policy, selector: { matchLabels: { stage: 'prod' } } };
    expect(byHand({}, { policy: other, more: { calendars } }).types).toEqual(['grant-upgrade']);
  });

  test('ends where its cluster is gone', () => {
    const [end] = byHand({}, { more: { clusters: new Map() } }).reasons;
    expect(end).toEqual([{ code: 'Gone', message: 'The cluster does not exist any more.' }]);
    expect(byHand({}, { more: { clusters: new Map() } }).types).toEqual(['cancel-upgrade']);
    expect(byHand({}, { clusters: { a: { deletedAt: at(-60) } } }).types).toEqual(['cancel-upgrade']);
  });
});
