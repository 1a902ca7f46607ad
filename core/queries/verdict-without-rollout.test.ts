import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { verdictOf } from './verdict.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

test.each<[string, readonly Partial<Wave>[], string]>([
  [
    'would open the wave after it is advised by nobody',
    [{ status: 'Undecided' }, { status: 'Pending' }],
    'Somebody takes it there by hand: liftlock upgrade cluster web --to 1.37 --approve; or somebody gives that rollout up: liftlock rollout abort r, since to promote its wave w0 would open the waves after it; then another one takes it.',
  ],
  [
    'ends the rollout is advised',
    [{ status: 'Completed' }, { status: 'Undecided' }],
    'An approver looks at the wave w1 and runs: liftlock rollout promote r --reason WHY; then another one takes it.',
  ],
])('to who is in no rollout a promotion that %s', (_, given, condition) => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const policies = { p: { selector: {}, target: '1.37', trigger: 'automatic', waves: [{ name: 'w0' }] } };
  const rollout = rolloutItem({ waves: ['w0', 'w1'] });
  const waves = given.map((wave, index) => waveItem({ index, name: `w${index}`, ...wave }));
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), rollouts: [rollout], waves };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const place = { rollout, waves, member: undefined };
  expect(verdictOf(snapshot, cluster, aim, { place, ofUpgrade: undefined }, NOW).when.condition).toBe(condition);
});

const none = { status: 'Halted', needWork: 1, failed: 1, succeeded: 0 } as const;
test.each<[Rollout['status'], Partial<Wave>, string]>([
  ['Running', {}, 'That rollout ends'],
  ['Paused', {}, 'Somebody runs: liftlock rollout resume r, and that rollout ends'],
  ['Paused', none, 'Somebody runs: liftlock rollout resume r --accept-failures, and that rollout ends'],
  [
    'Halted',
    none,
    'Somebody has looked at what halted it and runs: liftlock rollout resume r --accept-failures, and that rollout ends',
  ],
])('who waits for the end of a rollout that is %s is told what brings it about: %j', (status, wave, ends) => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const policies = { p: { selector: {}, target: '1.37', trigger: 'automatic', waves: [{ name: 'w0' }] } };
  const rollout = rolloutItem({ waves: ['w0'], status });
  const waves = [waveItem({ name: 'w0', status: 'Open', ...wave })];
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), rollouts: [rollout], waves };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const place = { rollout, waves, member: undefined };
  const { when } = verdictOf(snapshot, cluster, aim, { place, ofUpgrade: undefined }, NOW);
  expect(when.condition).toBe(`${ends}; then another one takes it.`);
});

test('who waits for a rollout of which nothing is left but the hooks after its last wave is told what they say', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const policies = { p: { selector: {}, target: '1.37', trigger: 'automatic', waves: [{ name: 'w0' }] } };
  const rollout = rolloutItem({ waves: ['w0', 'w1'] });
  const asks = reason('HookWaits', 'The hook judge after wave/w0 is asked.');
  const waves = [
    waveItem({ name: 'w0', status: 'Completed', reasons: [asks, reason('Settled', 'All.')] }),
    waveItem({ index: 1, name: 'w1', status: 'Skipped' }),
  ];
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), rollouts: [rollout], waves };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const place = { rollout, waves, member: undefined };
  const { when, reasons } = verdictOf(snapshot, cluster, aim, { place, ofUpgrade: undefined }, NOW);
  expect(when.condition).toBe('That rollout ends; then another one takes it.');
  expect(reasons.map(({ code }) => code)).toEqual(['RolloutBusy', 'HookWaits']);
});

test.each<[Rollout['status'], string]>([
  ['Running', 'The next full look of the reconciler plans it anew, within the hour.'],
  [
    'Halted',
    'The rollout goes on, and what that takes says: liftlock describe rollout r. Then the next full look of the reconciler plans it anew, within the hour.',
  ],
])(
  'who was taken out of a wave that has not begun comes back with the next plan of a rollout that is %s',
  (status, condition) => {
    const cluster = clusterRecord({ name: 'web', version: '1.36' });
    const policies = { p: { selector: {}, target: '1.37', trigger: 'automatic', waves: [{ name: 'w0' }] } };
    const rollout = rolloutItem({ waves: ['w0'], status });
    const waves = [waveItem({ name: 'w0', status: 'Pending' })];
    const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), rollouts: [rollout], waves };
    const aim = clusterPolicy(snapshot, cluster, NOW);
    const gone = [reason('NotInFleet', 'It is in no account of the Fleet.')];
    const place = {
      rollout,
      waves,
      member: memberItem({ clusterKey: cluster.clusterKey, status: 'Excluded', reasons: gone }),
    };
    const verdict = verdictOf(snapshot, cluster, aim, { place, ofUpgrade: undefined }, NOW);
    expect(verdict.when.condition).toBe(condition);
    expect(verdict.reasons[0]?.message).toBe(`The rollout r of its policy is ${status} and its wave w0 has not begun.`);
  },
);

test.each<[string, string]>([
  ['manual', 'Somebody runs: liftlock rollout create p; and somebody runs: liftlock fleet resume'],
  [
    'automatic',
    'The next full look of the reconciler creates a rollout, within the hour; and somebody runs: liftlock fleet resume',
  ],
])('who is in no rollout yet (trigger %s) is told of a stop of the fleet as well', (trigger, condition) => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const policies = { p: { selector: {}, target: '1.37', trigger, waves: [{ name: 'all' }] } };
  const control = { stopped: true, by: 'ana', reason: 'drill', at: NOW.toISOString() };
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), control };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const { reasons, when } = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined }, NOW);
  expect([when.condition, reasons.at(-1)?.code]).toEqual([condition, 'FleetStopped']);
});

test('who is half done is told why, and not where its nodes were when it failed: a rollback may have moved them since', () => {
  const nodegroups = [{ name: 'workers', version: '1.36', status: 'ACTIVE', issues: [] }];
  const cluster = clusterRecord({ name: 'web', version: '1.37', nodegroups });
  const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'w0' }] } };
  const snapshot = fleetSnapshot({ clusters: [cluster], policies });
  const reasons = [reason('HookRefused', 'No.'), reason('Rolled', 'Every node of workers was replaced at 1.37.')];
  const left = upgrade({ clusterKey: cluster.clusterKey, status: 'Failed', mutated: true, reasons });
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const verdict = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined, left }, NOW);
  expect(verdict.reasons.map(({ code }) => code)).toEqual(['HookRefused', 'HalfDone', 'NodesBehind']);
});

test.each<[string, string]>([
  ['1.35', 'The next full look of the reconciler plans it anew, within the hour.'],
  [
    '1.36',
    'Somebody takes it there by hand: liftlock upgrade cluster web --to 1.37 --approve; or somebody gives that rollout up: liftlock rollout abort r, since to promote its wave w0 would open the waves after it; then another one takes it.',
  ],
])(
  'a rollout whose first wave has proved 1.36 takes who was kept out of it at %s no further than that',
  (version, condition) => {
    const cluster = clusterRecord({ name: 'web', version });
    const specs = [
      { name: 'w0', clusters: ['other'] },
      { name: 'w1', clusters: ['web'] },
    ];
    const policies = { p: { selector: {}, target: '1.37', trigger: 'automatic', waves: specs } };
    const rollout = rolloutItem({ waves: ['w0', 'w1'], target: '1.36' });
    const waves = [
      waveItem({ name: 'w0', status: 'Undecided' }),
      waveItem({ index: 1, name: 'w1', status: 'Pending', needWork: 0 }),
    ];
    const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), rollouts: [rollout], waves };
    const member = memberItem({ clusterKey: cluster.clusterKey, waveIndex: 1, status: 'Excluded', to: '1.36' });
    const place = { rollout, waves, member: { ...member, from: '1.35' } };
    const aim = clusterPolicy(snapshot, cluster, NOW);
    expect(verdictOf(snapshot, cluster, aim, { place, ofUpgrade: undefined }, NOW).when.condition).toBe(condition);
  },
);

test('who is kept out, and where nobody knows the target, is not told to be taken to it by hand', () => {
  const cluster = clusterRecord({ name: 'web', version: '1.36', tags: { 'liftlock/paused': 'true' } });
  const policies = { p: { selector: {}, target: { channel: 'own' }, waves: [{ name: 'w0' }, { name: 'w1' }] } };
  const rollout = rolloutItem({ waves: ['w0', 'w1'] });
  const waves = [waveItem({ name: 'w0', status: 'Undecided' }), waveItem({ index: 1, name: 'w1', status: 'Pending' })];
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), rollouts: [rollout], waves };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const member = memberItem({ clusterKey: cluster.clusterKey, status: 'Excluded' });
  const place = { rollout, waves, member };
  const { when, reasons } = verdictOf(snapshot, cluster, aim, { place, ofUpgrade: undefined }, NOW);
  expect(when.condition).toBe(
    'What excludes it is taken away. Then: The Channel that its policy names is applied, and can be read.',
  );
  expect(reasons.map(({ code }) => code)).toEqual(['Excluded', 'UnknownChannel']);
});

test.each<[string, object, object]>([
  [
    'being deleted',
    { status: 'DELETING' },
    { condition: 'It is gone: then nothing is left to be done for it.', codes: ['Deleting'] },
  ],
  [
    'new',
    { createdAt: new Date(NOW.getTime() - 3_600_000).toISOString() },
    { condition: 'Somebody runs: liftlock rollout create p', codes: ['RecentlyCreated', 'ManualTrigger'] },
  ],
])('a cluster that is %s hears so under a policy whose rollouts a person creates, too', (_, of, expected) => {
  const cluster = clusterRecord({ name: 'web', version: '1.36', ...of });
  const policies = { p: { selector: {}, target: '1.37', trigger: 'manual', waves: [{ name: 'all' }] } };
  const snapshot = fleetSnapshot({ clusters: [cluster], policies });
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const { when, reasons } = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined }, NOW);
  expect({ condition: when.condition, codes: reasons.map(({ code }) => code) }).toEqual(expected);
});
