import { waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { memberRules } from './member-rules.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const open = (name: string, hour: number, duration: string) =>
  [
    name,
    compileCalendar(name, {
      timeZone: 'UTC',
      windows: [{ name, schedule: `0 ${hour} * * *`, duration }],
      freezes: [],
    }),
  ] as const;
const calendars = new Map([open('days', 8, '12h'), open('nights', 22, '6h'), open('lunch', 12, '1h')]);

type Asked = readonly [policy: string, cluster: ClusterRecord, wave: string | undefined, begun?: boolean];
/** Each policy has its own rollout. */
const wave = (name: string, policy = 'p') =>
  waveItem({ rolloutId: `of ${policy}`, name, index: ['days', 'nights', 'lunch', 'long'].indexOf(name) });
const web = (tags: Readonly<Record<string, string>> = {}) => clusterRecord({ name: 'web', version: '1.36', tags });
const policies = {
  p: {
    selector: {},
    target: '1.37',
    estimates: { upgrade: '2h' },
    waves: [
      { name: 'days', calendar: 'days' },
      { name: 'nights', calendar: 'nights' },
      { name: 'lunch', calendar: 'lunch' },
      { name: 'long', calendar: 'lunch', mayOverrun: true },
    ],
  },
  quick: { selector: {}, target: '1.37', estimates: { upgrade: '10m' }, waves: [{ name: 'lunch', calendar: 'lunch' }] },
  baking: {
    selector: {},
    target: '1.37',
    estimates: { upgrade: '2h' },
    waves: [{ name: 'lunch', calendar: 'lunch', bake: '3h' }],
  },
  lost: { selector: {}, target: '1.37', waves: [{ name: 'days', calendar: 'nowhere' }] },
};

/** The messages in one tick, in this order. */
function told(...asked: readonly Asked[]): string[] {
  const rulesOf = memberRules({ ...fleetSnapshot({ clusters: [], policies }), calendars }, NOON);
  return asked.map(([policy, cluster, name, begun = false]) => {
    const { window } = rulesOf(policy, cluster, name === undefined ? undefined : wave(name, policy));
    return window(begun)
      .reasons.map(({ code }) => code)
      .join();
  });
}

test('each is told of its own calendars, whoever was asked before', () => {
  const days: Asked = ['p', web(), 'days'];
  const nights: Asked = ['p', web(), 'nights'];
  expect(told(days, nights, days)).toEqual(['', 'WindowClosed', '']);
  const tagged: Asked = ['p', web({ 'liftlock/calendar': 'nights' }), 'days'];
  expect(told(days, tagged, days, tagged)).toEqual(['', 'WindowClosed', '', 'WindowClosed']);
});

test('what begins must fit in, and what was begun goes on: neither is told the answer of the other', () => {
  const begins: Asked = ['p', web(), 'lunch'];
  const goesOn: Asked = ['p', web(), 'lunch', true];
  expect(told(begins, goesOn, begins)).toEqual(['WindowTooShort', '', 'WindowTooShort']);
  expect(told(goesOn, begins)).toEqual(['', 'WindowTooShort']);
});

test.each<[string, Asked]>([
  ['how long a hop takes', ['quick', web(), 'lunch']],
  ['whether it may go on past the window', ['p', web(), 'long']],
])('two that share calendars and not %s are told apart', (_, other) => {
  expect(told(['p', web(), 'lunch'], other)).toEqual(['WindowTooShort', '']);
  expect(told(other, ['p', web(), 'lunch'])).toEqual(['', 'WindowTooShort']);
});

test('one that bakes is told apart from one that does not', () => {
  const alone = told(['baking', web(), 'lunch']);
  expect(told(['p', web(), 'lunch'], ['baking', web(), 'lunch'])).toEqual(['WindowTooShort', ...alone]);
});

test('a calendar that is missing is told to those whose it is', () => {
  expect(told(['lost', web(), 'days'], ['p', web(), 'days'], ['lost', web(), 'days'])).toEqual([
    'NoCalendar',
    '',
    'NoCalendar',
  ]);
});

test('a member of a wave that the policy has given up goes by the one that selects it now', () => {
  const renamed: Asked = ['p', web(), 'gone'];
  expect(told(renamed)).toEqual(told(['p', web(), undefined]));
});

test('of a policy that is not there nothing is closed, and nobody has applied anything', () => {
  expect(told(['gone', web(), 'days'], ['gone', web(), undefined])).toEqual(['', '']);
  const rulesOf = memberRules({ ...fleetSnapshot({ clusters: [], policies }), calendars }, NOON);
  expect(rulesOf('gone', web(), undefined).policyAppliedBy).toBeUndefined();
  expect(rulesOf('p', web(), wave('days')).policyAppliedBy).toEqual(['x']);
});

test('rules are worked out once for the clusters of a wave, and windows asked once', () => {
  const rulesOf = memberRules({ ...fleetSnapshot({ clusters: [], policies }), calendars }, NOON);
  const first = rulesOf('p', web(), wave('days'));
  expect(rulesOf('p', clusterRecord({ name: 'shop', version: '1.36' }), wave('days'))).toBe(first);
  expect(rulesOf('p', web({ 'liftlock/calendar': 'nights' }), wave('days'))).not.toBe(first);
  expect(rulesOf('p', web(), waveItem({ name: 'days', index: 0, rolloutId: 'other' }))).not.toBe(first);
  expect(first.window(false)).toBe(first.window(false));
});

test('two members of a wave that the policy has given up go each by the wave that selects it now', () => {
  const waves = [
    { name: 'closed', selector: { matchLabels: { env: 'prod' } }, calendar: 'nights' },
    { name: 'open', selector: { matchLabels: { env: 'dev' } } },
  ];
  const given = { ...policies, moved: { selector: {}, target: '1.37', waves } };
  const rulesOf = memberRules({ ...fleetSnapshot({ clusters: [], policies: given }), calendars }, NOON);
  const codes = (env: string) => {
    const cluster = clusterRecord({ name: env, version: '1.36', labels: { env } });
    return rulesOf('moved', cluster, wave('gone', 'moved'))
      .window(false)
      .reasons.map(({ code }) => code);
  };
  expect(['prod', 'dev', 'prod'].map(codes)).toStrictEqual([['WindowClosed'], [], ['WindowClosed']]);
});

test('one that bakes is told of what comes before the bake, and one that does not of all of it', () => {
  const longer = { ...policies, baking: { ...policies.baking, estimates: { upgrade: '4h' } } };
  const rulesOf = memberRules({ ...fleetSnapshot({ clusters: [], policies: longer }), calendars }, NOON);
  const said = (policy: string) => rulesOf(policy, web(), wave('lunch', policy)).window(false).reasons[0]?.message;
  expect(said('p')).not.toContain('bake');
  expect(said('baking')).toContain('what comes before the bake');
});

test('a calendar that is missing is told as that of whoever asks for it', () => {
  const byTag: Asked = ['q', web({ 'liftlock/calendar': 'nowhere' }), 'days'];
  const byWave: Asked = ['lost', web(), 'days'];
  const plain = { selector: {}, target: '1.37', waves: [{ name: 'days' }] };
  const rulesOf = memberRules(
    { ...fleetSnapshot({ clusters: [], policies: { ...policies, q: plain } }), calendars },
    NOON,
  );
  const codes = ([policy = '', cluster, name = '']: Asked) =>
    rulesOf(policy, cluster, wave(name, policy))
      .window(false)
      .reasons.map(({ code }) => code);
  expect([byWave, byTag, byWave].map(codes)).toStrictEqual([['NoCalendar'], ['BadTag'], ['NoCalendar']]);
});

test('the window is asked once for all that share calendars and an estimate, in whatever rollout', () => {
  const rulesOf = memberRules({ ...fleetSnapshot({ clusters: [], policies }), calendars }, NOON);
  const first = rulesOf('p', web(), wave('nights')).window(false);
  const other = waveItem({ name: 'nights', index: 0, rolloutId: 'other' });
  expect(rulesOf('p', web(), other).window(false)).toBe(first);
});

test('a member of a rollout whose policy is gone goes by no policy', () => {
  const rulesOf = memberRules({ ...fleetSnapshot({ clusters: [], policies }), calendars }, NOON);
  const { rules, policyAppliedBy } = rulesOf('gone', web(), wave('days', 'gone'));
  expect([rules.calendarNames, policyAppliedBy]).toEqual([[], undefined]);
});

test('that a cluster belongs to a later wave by now is said of no other one of its wave', () => {
  const stages = ['dev', 'prod'].map((stage) => ({ name: stage, selector: { matchLabels: { stage } } }));
  const snapshot = fleetSnapshot({ clusters: [], policies: { p: { selector: {}, target: '1.37', waves: stages } } });
  const rulesOf = memberRules(snapshot, NOON);
  const dev = waveItem({ name: 'dev', index: 0 });
  const unplaced = ['prod', 'dev', 'prod'].map((stage) =>
    rulesOf('p', clusterRecord({ labels: { stage } }), dev).rules.unplaced.map(({ code }) => code),
  );
  expect(unplaced).toEqual([['NoWave'], [], ['NoWave']]);
});
