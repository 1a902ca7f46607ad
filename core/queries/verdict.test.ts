import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { clusterSummary } from './cluster-summary.ts';
import { verdictOf } from './verdict.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const at = (hours: number): string => new Date(NOW.getTime() + hours * 3_600_000).toISOString();
const always = { timeZone: 'UTC', windows: [], freezes: [] };
const evenings = { ...always, windows: [{ name: 'evenings', schedule: '0 15 * * *', duration: '6h' }] };
const failed = reason(
  'FailureBudgetExceeded',
  '1 upgrade of the wave all failed and at most 0 may. The last one was shop.',
);
const foreign = reason('ForeignUpdate', 'Somebody else updates it.');
const noCalendar = reason('NoCalendar', 'There is no Calendar "production".');

interface Given {
  readonly rollout?: Partial<Rollout>;
  readonly wave?: Partial<Wave>;
  readonly member?: Partial<Member>;
  readonly upgrade?: Partial<Upgrade>;
  readonly fleet?: { readonly stopped: boolean };
  /** Its window stays closed for three hours. */
  readonly closed?: boolean;
  readonly createdAt?: string;
}

/** The verdict on the cluster web, whose wave of a rollout has begun. A rollout that neither runs nor is paused is not active. */
function told(given: Given) {
  const { rollout: of = {}, member: own = {}, upgrade: begun, fleet, createdAt } = given;
  const cluster = clusterRecord({ name: 'web', version: '1.36', ...(createdAt === undefined ? {} : { createdAt }) });
  const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'all', calendar: 'evenings' }] } };
  const rollout = rolloutItem({ waves: ['all'], policyRevision: JSON.stringify(policies.p), ...of });
  const wave = waveItem({ index: 0, name: 'all', ...given.wave });
  const member = memberItem({ clusterKey: cluster.clusterKey, name: 'web', to: '1.37', ...own });
  const parked = begun && upgrade({ clusterKey: cluster.clusterKey, rolloutId: rollout.id, waveIndex: 0, ...begun });
  const isActive = rollout.status === 'Running' || rollout.status === 'Paused';
  const snapshot = {
    ...fleetSnapshot({ clusters: [cluster], policies }),
    ...(fleet === undefined ? {} : { control: fleet }),
    calendars: new Map([['evenings', compileCalendar('evenings', given.closed === true ? evenings : always)]]),
    rollouts: isActive ? [rollout] : [],
    waves: isActive ? [wave] : [],
    members: [member],
    upgrades: parked === undefined ? [] : [parked],
  };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const ofUpgrade = parked?.rolloutId === undefined ? undefined : rollout;
  const said = verdictOf(snapshot, cluster, aim, { place: { rollout, waves: [wave], member }, ofUpgrade }, NOW);
  return { state: clusterSummary(snapshot, cluster, NOW).state, said };
}

function verdict(given: Given) {
  const { state, said } = told(given);
  return { state, codes: said.reasons.map(({ code }) => code), ...said.when };
}

test.each<[string, Given, string[]]>([
  ['in a rollout that is paused', { rollout: { status: 'Paused' } }, ['Running', 'RolloutPaused']],
  ['in a rollout that was aborted', { rollout: { status: 'Aborted' } }, ['Running', 'RolloutAborted']],
  ['while the fleet is stopped', { fleet: { stopped: true } }, ['Running', 'FleetStopped']],
])('of an upgrade that runs %s it is said where it parks', (_, given, codes) => {
  const { said } = told({ member: { status: 'Running' }, upgrade: { status: 'Running', steps: {} }, ...given });
  expect([said.reasons.map(({ code }) => code), said.when.condition]).toEqual([
    codes,
    'It runs now, and parks at its next change.',
  ]);
});

const halted: Given['rollout'] = { status: 'Halted', reasons: [failed] };
const budget: Given['wave'] = { status: 'Halted', failed: 1, maxFailures: 0 };
const isHalted = ['RolloutHalted', failed.code];
const resume = 'Somebody has looked at what halted it and runs: liftlock rollout resume r';
const setAside: Given['member'] = { status: 'Quarantined', reasons: [reason('SuspiciousTrait', 'x')] };
const next = 'The next tick of the reconciler, within a minute.';
test.each<[string, Given, [string, string[], string]]>([
  ['a member that waits', { rollout: halted }, ['Waiting', isHalted, resume]],
  ['where more failed', { rollout: halted, wave: budget }, ['Waiting', isHalted, `${resume} --accept-failures`]],
  ['a member that was set aside', { rollout: halted, member: setAside }, ['Waiting', isHalted, resume]],
  [
    'one that parked for a calendar which is there again',
    {
      rollout: halted,
      member: { status: 'Parked' },
      upgrade: { status: 'Parked', reasons: [noCalendar], resumeAt: at(-10) },
    },
    ['Parked', isHalted, resume],
  ],
  [
    'a member of one that is paused',
    { rollout: { status: 'Paused' } },
    ['Waiting', ['RolloutPaused'], 'Once somebody runs liftlock rollout resume r.'],
  ],
  ['a member whose turn has come, where the rollout runs', {}, ['Waiting', ['Next'], next]],
])('of a halted rollout it is said that a person has it go on: %s', (_, given, [state, codes, condition]) => {
  expect(verdict(given)).toEqual({ state, codes, at: null, condition });
});

test('what was blocked in a rollout that was aborted is tried by another one that a person creates', () => {
  const { codes, condition } = verdict({
    rollout: { status: 'Aborted', reasons: [failed] },
    member: { status: 'Blocked', reasons: [foreign] },
  });
  expect(codes).toEqual(['RolloutAborted', 'FailureBudgetExceeded', 'ForeignUpdate']);
  expect(condition).toContain('Somebody runs: liftlock rollout create p');
});

test('whom a person took out of a rollout that goes on is told what takes it up again', () => {
  const member: Given['member'] = {
    status: 'Excluded',
    reasons: [reason('Skipped', 'ann took it out of this rollout: x')],
  };
  const { codes, at: when, condition } = verdict({ member });
  expect([codes, when, condition]).toEqual([
    ['Skipped'],
    null,
    'The rollout r ends, and then somebody runs: liftlock rollout create p; or another version becomes the target.',
  ]);
});

test('of a cluster that somebody took back after its success nothing is told that was seen before', () => {
  const seen = reason('Looked', 'EKS says 1.37.');
  const told = verdict({ rollout: { status: 'Completed' }, member: { status: 'Succeeded', reasons: [seen] } });
  expect(told).toMatchObject({ codes: ['TakenOut'], condition: 'Somebody runs: liftlock rollout create p' });
});

test('what ended while its cluster was held is not said to be held after that', () => {
  const member: Given['member'] = { status: 'Blocked', reasons: [reason('Held', 'It is held.')] };
  // It ends for any reason: a drain that fails beside it fails it as well.
  const message = 'It ended Blocked in the rollout r; there is one try for each target.';
  expect(told({ rollout: { status: 'Completed' }, member }).said.reasons).toEqual([reason('MemberBlocked', message)]);
});

test.each<[string, Given, ReturnType<typeof verdict>['at'], string]>([
  [
    'it parked until an instant',
    { member: { status: 'Parked', resumeAt: at(3) }, upgrade: { status: 'Parked', resumeAt: at(3) } },
    at(3),
    'Liftlock looks again.',
  ],
  [
    'that instant has passed',
    { upgrade: { status: 'Parked', resumeAt: at(-3) } },
    null,
    'The next tick of the reconciler, within a minute.',
  ],
  ['its window is closed', { closed: true }, at(3), 'Once its calendars are open.'],
  [
    'somebody has stopped the fleet',
    { closed: true, fleet: { stopped: true } },
    at(3),
    'Not sooner, and only when somebody runs liftlock fleet resume, and its calendars are open.',
  ],
])('no instant is promised that is past, or that waits for something else too: %s', (_, given, when, condition) => {
  expect(verdict(given)).toMatchObject({ at: when, condition });
});

const parkedUntil = { status: 'Parked', resumeAt: at(2) } as const;
const THEN = '; then Liftlock looks anew at what it parked for';
test.each<[string, Given, readonly string[], string?]>([
  [
    'it is parked in a rollout',
    { member: parkedUntil, upgrade: { ...parkedUntil, reasons: [foreign] } },
    ['FleetStopped', 'ForeignUpdate', 'ResumesLater'],
    THEN,
  ],
  [
    'it is parked with a node group that is done',
    { member: parkedUntil, upgrade: { ...parkedUntil, reasons: [reason('AtTarget', 'a is there.')] } },
    ['FleetStopped', 'ResumesLater', 'AtTarget'],
  ],
  [
    'it is parked by hand',
    { upgrade: { ...parkedUntil, id: 'by-hand', rolloutId: undefined, reasons: [foreign] } },
    ['FleetStopped', 'ForeignUpdate'],
    THEN,
  ],
  [
    'it parked less than 30 s after its grant',
    { member: { status: 'Parked', grantedAt: at(0) }, upgrade: { status: 'Parked' } },
    ['FleetStopped', 'ResumesLater'],
  ],
  [
    'it is new',
    { member: { status: 'Quarantined', reasons: [reason('RecentlyCreated', 'It is new.')] }, createdAt: at(-1) },
    ['RecentlyCreated', 'FleetStopped'],
  ],
])(
  'what waits for an instant says what else is in the way, and first what refuses it: %s',
  (_, given, codes, then = '') => {
    const stopped = verdict({ ...given, fleet: { stopped: true } });
    expect(stopped).toMatchObject({
      codes,
      condition: `Not sooner, and only when somebody runs liftlock fleet resume${then}.`,
    });
    expect(stopped.at).toBe(verdict(given).at);
    // A new cluster is left alone until an instant at which its window is open.
    const [code, opens] = given.createdAt === undefined ? ['WindowClosed', at(3)] : ['RecentlyCreated', at(5)];
    expect(verdict({ ...given, closed: true })).toMatchObject({ codes: expect.arrayContaining([code]), at: opens });
  },
);

test('of what others wait for, too, it is said that the rest is looked at once that has come', () => {
  const said = verdict({ closed: true, upgrade: { ...parkedUntil, mutated: true, reasons: [foreign] } });
  expect(said).toMatchObject({ at: at(3), condition: `Once its calendars are open${THEN}.` });
});

test('an instant that has come is not said to be waited for where something else is in the way', () => {
  const upgrade = { status: 'Parked', resumeAt: at(-1) } as const;
  expect(verdict({ upgrade, fleet: { stopped: true } })).toMatchObject({
    codes: ['FleetStopped'],
    at: null,
    condition: 'Once somebody runs liftlock fleet resume.',
  });
});

test('an upgrade that a person started and that is parked waits for nothing that its rollout has the cluster wait for', () => {
  const [wave, upgrade] = [{ status: 'Pending' } as const, { status: 'Parked', mutated: true } as const];
  const inRollout = verdict({ closed: true, wave, member: { status: 'Parked' }, upgrade });
  expect(inRollout.codes).toEqual(['WavePending', 'WindowClosed']);
  expect(inRollout.condition).toBe('Not sooner, and only when its wave is open, and its calendars are open.');
  const byHand = verdict({ closed: true, wave, upgrade: { ...upgrade, rolloutId: undefined } });
  const condition = 'Once its calendars are open.';
  expect(byHand).toEqual({ state: 'Parked', codes: ['WindowClosed'], at: at(3), condition });
});

test('of two parked upgrades that a person started each waits for its own', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const { clusterKey } = cluster;
  const parked = { clusterKey, status: 'Parked', mutated: true, rolloutId: undefined, waveIndex: undefined } as const;
  // The stop blocks both; the pin blocks only the hop, which exceeds it.
  const hop = upgrade({ ...parked, id: '1.36-1.37', to: '1.37' });
  const step = upgrade({ ...parked, id: 'roll-node-group-x', machine: 'roll-node-group', from: '1.36', to: '1.36' });
  const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'all' }] } };
  const pinned = { ...cluster, tags: { 'liftlock/pin-version': '1.36' } };
  const told = [
    [hop, step],
    [step, hop],
  ].map((upgrades) => {
    const fleet = fleetSnapshot({ clusters: [pinned], policies });
    const snapshot = { ...fleet, control: { stopped: true }, upgrades };
    const aim = clusterPolicy(snapshot, pinned, NOW);
    return verdictOf(snapshot, pinned, aim, { place: undefined, ofUpgrade: undefined }, NOW).reasons.map(
      ({ code }) => code,
    );
  });
  expect(told).toEqual([['FleetStopped', 'Pinned'], ['FleetStopped']]);
});

test('a parked upgrade does not go on because the rollout begins another one of its cluster', () => {
  const other = { machine: 'roll-node-group', id: '1.36-1.36', to: '1.36', rolloutId: undefined } as const;
  const upgrade: Given['upgrade'] = { ...other, status: 'Parked', reasons: [noCalendar], resumeAt: at(1) };
  expect(verdict({ upgrade })).toMatchObject({ codes: ['NoCalendar'], at: at(1) });
});

test.each<[string, object, string]>([
  ['alone', {}, ''],
  ['and for an approval of its own', { approval: { before: true } }, ', and the other reasons above are gone'],
])('who waits for a wave that is Undecided %s is told who goes on, and how', (_, more, others) => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const specs = [
    { name: 'canary', clusters: ['other'] },
    { name: 'rest', ...more },
  ];
  const policies = { p: { selector: {}, target: '1.37', waves: specs } };
  const rollout = rolloutItem({ waves: ['canary', 'rest'], policyRevision: JSON.stringify(policies.p) });
  const waves = [
    waveItem({ index: 0, name: 'canary', status: 'Undecided', blocked: 1 }),
    waveItem({ index: 1, name: 'rest', status: 'Pending', planHash: 'h' }),
  ];
  const member = memberItem({ clusterKey: cluster.clusterKey, name: 'web', to: '1.37', waveIndex: 1 });
  const fleet = fleetSnapshot({ clusters: [cluster], policies });
  const snapshot = { ...fleet, rollouts: [rollout], waves, members: [member] };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const said = verdictOf(snapshot, cluster, aim, { place: { rollout, waves, member }, ofUpgrade: undefined }, NOW);
  expect(said.reasons[0]).toEqual(reason('EarlierWave', 'The wave canary comes first: it is Undecided.'));
  expect(said.when.condition).toBe(
    `An approver looks at the wave canary and runs: liftlock rollout promote r --reason WHY${others}`,
  );
});

const unseen = ' Of its nodes only managed groups were looked at.';
const asksFor = (version: string, target: string) => `It is at ${version}; the policy p asks for ${target}.${unseen}`;
const raise =
  'Its tag liftlock/pin-version lets it go no further than 1.36: whoever may tag the cluster raises it or takes it away';
test.each<[string, string | undefined, string, string, string]>([
  ['no pin', undefined, '1.36', asksFor('1.36', '1.36'), 'A newer version becomes the target.'],
  ['a pin beyond it', '1.37', '1.36', asksFor('1.36', '1.36'), 'A newer version becomes the target.'],
  [
    'a pin there',
    '1.36',
    '1.37',
    `It is at 1.36; the policy p asks for 1.37, and its pin for 1.36.${unseen}`,
    `${raise}.`,
  ],
  [
    'a pin there, as its policy',
    '1.36',
    '1.36',
    asksFor('1.36', '1.36'),
    `${raise}, and a newer version becomes the target.`,
  ],
])('who is at its target is told what moves it on: with %s', (_, pin, target, text, condition) => {
  const tags: Record<string, string> = pin === undefined ? {} : { 'liftlock/pin-version': pin };
  const cluster = clusterRecord({ name: 'web', version: '1.36', tags });
  const policies = { p: { selector: {}, target, waves: [{ name: 'all' }] } };
  const snapshot = fleetSnapshot({ clusters: [cluster], policies });
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const said = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined }, NOW);
  expect(said.reasons[0]).toEqual(reason('AtTarget', text));
  expect(said.when).toEqual({ at: null, condition });
});

test.each<[string, { version?: string; amiType?: string; wants?: string | undefined }, string, string, string]>([
  [
    'a managed group, which its policy leaves to others,',
    {},
    'never',
    'NodesBehind',
    'Somebody starts the state machine liftlock-roll-node-group for it, or applies p with finish: propose',
  ],
  [
    'a managed group',
    {},
    'propose',
    'NodesBehind',
    'Somebody runs: liftlock rollout create p --finish (whom it takes says --dry-run)',
  ],
  [
    'a managed group, which its policy finishes,',
    {},
    'always',
    'NodesBehind',
    'The next rollout of p takes it in (by hand: liftlock rollout create p)',
  ],
  ['a custom AMI', { amiType: 'CUSTOM' }, 'always', 'ManualNodes', 'Whoever owns the launch template rolls it'],
  [
    'an add-on, which its policy leaves to others,',
    { version: '1.36', wants: 'v2' },
    'never',
    'AddonsBehind',
    'Somebody updates the add-on, or applies p with finish: propose',
  ],
  [
    'an add-on',
    { version: '1.36', wants: 'v2' },
    'propose',
    'AddonsBehind',
    'Somebody runs: liftlock rollout create p --finish (whom it takes says --dry-run)',
  ],
  [
    'an add-on that has no way,',
    { version: '1.36', wants: undefined },
    'always',
    'AddonsBehind',
    'Somebody updates or removes the add-on',
  ],
])('who is at its target with %s behind is told that, and by whom it is rolled', (_, more, finish, code, who) => {
  const { wants, ...group } = more;
  const nodegroups = [{ name: 'g', version: '1.35', status: 'ACTIVE', issues: [], ...group }];
  const addon = { name: 'a', version: 'v1', status: 'ACTIVE', issues: [], compatible: !('wants' in more), wants };
  const cluster = clusterRecord({ name: 'web', version: '1.36', nodegroups, addons: [addon] });
  const policies = { p: { selector: {}, target: '1.36', finish, waves: [{ name: 'all' }] } };
  const snapshot = fleetSnapshot({ clusters: [cluster], policies });
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const said = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined }, NOW);
  expect(said.reasons.map((one) => one.code)).toEqual([code]);
  expect(said.when.condition).toBe(`${who}; or a newer version becomes the target.`);
});

test('who was moved past the target, and is behind there, is finished where it is', () => {
  const nodegroups = [{ name: 'g', version: '1.35', status: 'ACTIVE', issues: [] }];
  const cluster = clusterRecord({ name: 'web', version: '1.37', nodegroups });
  const policies = { p: { selector: {}, target: '1.36', waves: [{ name: 'all' }] } };
  const snapshot = fleetSnapshot({ clusters: [cluster], policies });
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const { when } = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined }, NOW);
  const runs = 'Somebody runs: liftlock rollout create p --finish (whom it takes says --dry-run)';
  expect(when.condition).toBe(`${runs}; or a newer version becomes the target.`);
});

test('what is proposed waits for the rollout of its policy that is under way', () => {
  const nodegroups = [{ name: 'g', version: '1.35', status: 'ACTIVE', issues: [] }];
  const cluster = clusterRecord({ name: 'web', version: '1.36', nodegroups });
  const policies = { p: { selector: {}, target: '1.36', waves: [{ name: 'all' }] } };
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), rollouts: [rolloutItem({ policy: 'p' })] };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const { when } = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined }, NOW);
  expect(when.condition).toMatch(
    /^The rollout r ends, and then somebody runs: liftlock rollout create p --finish \(whom it takes says --dry-run\); or /,
  );
});
