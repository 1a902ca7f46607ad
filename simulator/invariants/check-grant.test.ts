import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { Clusters, Members, Upgrades, Waves } from '../../core/store/entities.ts';
import {
  byHand,
  config,
  type Fabricated,
  hold,
  inForce,
  inventory,
  KEY,
  memberOf,
  OTHER,
  stopFleet,
  upgradeOf,
  waveOf,
  write,
} from '../../test/material/invariants/fabricate.ts';
import { checkGrant } from './check-grant.ts';

/** The config in force, and the cluster as a waiting member, or as given. */
const planned = (
  options: Parameters<typeof inForce>[0] = {},
  member: Parameters<typeof memberOf>[0] = {},
): Fabricated =>
  inForce(options).add('rollout/r', 'RolloutPlanned', {}, write(Members, memberOf({ status: 'Pending', ...member })));

test.each([
  ['waits', planned()],
  ['is parked', planned({}, { status: 'Parked', inFlight: true })],
  ['was set aside', planned({}, { status: 'Quarantined' })],
  ['is a straggler of a wave that has ended', planned({ first: { status: 'Completed' } })],
])('a member may be granted that %s', (_, history) => {
  expect(history.grant().violations(checkGrant)).toEqual([]);
});

test.each([
  ['the mode of the fleet was observe', planned({ fleet: { mode: 'observe' } })],
  ['the fleet was stopped', planned().add('fleet', 'FleetStopped', {}, stopFleet)],
  ['its cluster was held', planned().add(KEY, 'ClusterHeld', {}, hold)],
  ['the rollout r was Paused', planned({ rollout: { status: 'Paused' } })],
  ['the wave first was Pending', planned({ first: { status: 'Pending' } })],
  ['the wave first was Halted', planned({ first: { status: 'Halted' } })],
  ['it was no member of the plan', inForce()],
  ['it was no member of the plan', planned({}, { plan: 1 })],
  ['the member was Succeeded', planned({}, { status: 'Succeeded' })],
  ['the member was Running', planned({}, { status: 'Running' })],
])('a grant violates `granted` while %s', (why, history) => {
  expect(history.grant().violations(checkGrant)).toEqual([
    { invariant: 'granted', message: expect.stringContaining(why) },
  ]);
});

const restored = (history: Fabricated) => history.wait(60).add('fleet', 'FleetStopped', { epoch: 2 }).wait(60);
test.each<[string, Fabricated, boolean]>([
  ['is looked at after a restore', restored(planned()).look(), true],
  ['was looked at before it alone', restored(planned().look()), false],
  ['nobody ever looked at', restored(planned()), false],
  ['is looked at before another restore alone', restored(restored(planned()).look()), false],
  ['is looked at where the fleet was only stopped', planned().add('fleet', 'FleetStopped', {}), true],
])('a cluster may be granted that %s: %#', (_, history, may) => {
  const message = expect.stringContaining('nobody had looked at the cluster since the table was restored');
  expect(history.grant().violations(checkGrant)).toEqual(may ? [] : [{ invariant: 'granted', message }]);
});

const ofLater = config('UpgradePolicy', 'standard', { spec: 'of a later release' });
test.each<[string, Fabricated, string[]]>([
  ['under a policy that selects it', byHand({}), []],
  ['under none', byHand({ spec: { selector: { matchLabels: { env: 'another' } } } }), []],
  [
    'where nobody can read a policy',
    byHand({}).add('fleet', 'ConfigApplied', {}, ofLater),
    ['nobody could read a policy that may select it'],
  ],
])('an upgrade that a person starts is judged by the policy too: %s', (_, history, why) => {
  const said = history.add(KEY, 'Granted', { grantNumber: 2, upgradeId: '1.36-1.37' }).violations(checkGrant);
  expect(said).toEqual(why.map((one) => ({ invariant: 'granted', message: expect.stringContaining(one) })));
});

test('a wave that opens in the instant of the grant has begun, whichever of the two stands first', () => {
  const history = planned({ first: { status: 'Pending' } }).grant();
  history.add('rollout/r', 'WaveOpen', { wave: 'first' }, write(Waves, waveOf({ status: 'Open' })));
  expect(history.violations(checkGrant)).toEqual([]);
  const late = planned({ first: { status: 'Pending' } })
    .grant()
    .wait(1);
  late.add('rollout/r', 'WaveOpen', { wave: 'first' }, write(Waves, waveOf({ status: 'Open' })));
  expect(late.violations(checkGrant)).toHaveLength(1);
});

const back = { machine: 'rollback-cluster', rolloutId: undefined, waveIndex: undefined } as const;
const unread = {
  ...({ type: 'Reachable', status: 'False', reason: 'Denied', message: 'no' } as const),
  lastTransitionTime: '2026-11-20T12:00:00.000Z',
};
const ACCOUNT = '111111111111';
const seen = (cluster: Partial<ClusterRecord>, fleet: object = {}): Fabricated =>
  inForce({ fleet: { accounts: [ACCOUNT], ...fleet } }).add(
    ...([KEY, 'Seen', {}] as const),
    write(Clusters, { ...(inventory[1] as ClusterRecord), ...cluster }),
  );
test.each<[string, Fabricated, Partial<Upgrade>, string[]]>([
  ['of a cluster that lives', seen({}), {}, []],
  ['of one that can be read', seen({ conditions: [{ ...unread, status: 'True' }] }), {}, []],
  ['of an account of an organization', seen({}, { accounts: undefined, organizationId: 'o-a1b2c3d4e5' }), {}, []],
  ['of one that was deleted', seen({ deletedAt: '2026-11-20T11:00:00.000Z' }), {}, ['the cluster was gone']],
  [
    'of one that was described since nobody could',
    seen({ conditions: [unread] })
      .wait(5)
      .look(),
    {},
    [],
  ],
  [
    'of one that nobody can read',
    seen({ conditions: [unread] })
      .look(OTHER)
      .wait(5),
    {},
    ['nobody could read it since 2026-11-20T12:00:00.000Z'],
  ],
  [
    'of one that was described before alone',
    seen({ conditions: [{ ...unread, lastTransitionTime: '2026-11-20T12:30:00.000Z' }] })
      .look()
      .wait(60),
    {},
    ['nobody could read it'],
  ],
  ['of another Region', seen({ region: 'us-east-1' }), {}, ['the Fleet did not name 111111111111 and us-east-1']],
  ['of another account', seen({ account: '222222222222' }), {}, ['the Fleet did not name 222222222222']],
  [
    'under a policy that nobody can read',
    seen({}).add('fleet', 'ConfigApplied', {}, ofLater),
    {},
    ['nobody could read a policy that may select it'],
  ],
  ['before its last day has ended', seen({}), { reversibleUntil: '2026-11-20T12:00:01.000Z' }, []],
  ['that has begun before that', seen({}), { reversibleUntil: '2026-11-20T12:00:00.000Z', mutated: true }, []],
  [
    'after its last day',
    seen({}),
    { reversibleUntil: '2026-11-20T12:00:00.000Z' },
    ['EKS took it back until 2026-11-20T12:00:00.000Z alone'],
  ],
])('a grant of a rollback %s', (_, history, more, whys) => {
  const upgrade = upgradeOf({ id: 'b', ...back, ...more });
  const granted = history.add(KEY, 'Granted', { upgradeId: 'b' }, write(Upgrades, upgrade));
  expect(granted.violations(checkGrant)).toEqual(
    whys.map((why) => ({ invariant: 'granted', message: expect.stringContaining(why) as string })),
  );
});
