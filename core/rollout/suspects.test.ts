import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { suspects } from './suspects.ts';

const NOON = new Date('2026-11-20T12:00:00.000Z');
const auto = { autoMode: true };
const failed = (traits: Readonly<Record<string, number>>, more: Partial<Wave> = {}): Wave =>
  waveItem({ failed: 1, traits: { failed: traits, succeeded: {} }, ...more });

const AUTO_FAILED = { failed: { 'compute/auto-mode': 1 }, succeeded: {} };
const TAKEN_BACK = { minor: '1.37', failures: 1, successes: 1, traits: ['compute/auto-mode'], rollouts: ['earlier'] };
const NOBODY_THERE = { ...TAKEN_BACK, successes: 0 };

interface Given {
  /** By the name of the cluster: its unusual properties, and those of its place in the rollout. */
  readonly clusters: Readonly<
    Record<string, { readonly record?: Partial<ClusterRecord>; readonly member?: Partial<Member> }>
  >;
  readonly waves?: readonly Wave[];
  readonly unknown?: readonly string[];
  readonly carried?: Rollout['carried'];
  readonly releasedTraits?: readonly string[];
}

const AGAIN: Given['clusters'][string] = {
  record: auto,
  member: { failedBefore: true, wentBackBefore: true, traits: ['compute/auto-mode'] },
};

/** The names of the members that are set aside. */
function suspected({
  clusters,
  waves = [failed({ 'compute/auto-mode': 1 })],
  unknown = [],
  ...rollout
}: Given): string[] {
  const all = Object.entries(clusters).map(([name, { record, member }]) => {
    const cluster = clusterRecord({ name, ...record });
    return { cluster, member: memberItem({ clusterKey: cluster.clusterKey, name, ...member }) };
  });
  const known = all.map(({ cluster }) => cluster).filter(({ name }) => !unknown.includes(name));
  const snapshot = fleetSnapshot({ clusters: known, policies: {} });
  const members = all.map(({ member }) => member);
  const suspicionOf = suspects(snapshot, rolloutItem(rollout as Partial<Rollout>), waves, members, NOON);
  return members.flatMap((member) => (suspicionOf(member)?.code === 'SuspiciousTrait' ? [member.name] : []));
}

test.each<[string, Given, readonly string[]]>([
  ['who shares what the one that failed has', { clusters: { a: { record: auto }, b: {} } }, ['a']],
  ['nobody where nothing failed', { clusters: { a: { record: auto }, b: {} }, waves: [waveItem()] }, []],
  [
    'nobody where those that failed share nothing',
    { clusters: { a: { record: auto }, b: {} }, waves: [failed({})] },
    [],
  ],
  ['nobody for what all have that are still to come', { clusters: { a: { record: auto }, b: { record: auto } } }, []],
  [
    'whoever shares it where one succeeded without it',
    {
      clusters: { a: { record: auto }, b: { record: auto } },
      waves: [failed({ 'compute/auto-mode': 1 }, { succeeded: 1 })],
    },
    ['a', 'b'],
  ],
  [
    'nobody for what only clusters lack that stay at their minor',
    { clusters: { a: { record: auto }, stays: { member: { from: '1.37' } } } },
    [],
  ],
  [
    'those alone that stay at their minor where such a one failed',
    {
      clusters: {
        hop: { record: auto },
        stays: { record: auto, member: { from: '1.37' } },
        other: { member: { from: '1.37' } },
      },
      waves: [
        failed({}, { traits: { failed: {}, succeeded: {}, within: { ...AUTO_FAILED, failures: 1, successes: 0 } } }),
      ],
    },
    ['stays'],
  ],
  [
    'nobody who was begun',
    { clusters: { a: { record: auto, member: { inFlight: true } }, b: {}, c: { record: auto } } },
    ['c'],
  ],
  [
    'nobody for what only a cluster lacks that is still being filled',
    { clusters: { a: { record: auto }, b: { record: { createdAt: '2026-11-20T11:00:00.000Z' } } } },
    [],
  ],
  [
    'nobody for what only who runs lacks: it is not to come',
    { clusters: { a: { record: auto }, b: { member: { status: 'Running' } } } },
    [],
  ],
  [
    'nobody for what only who holds a place lacks: it was begun',
    { clusters: { a: { record: auto }, b: { member: { status: 'Parked', inFlight: true } } } },
    [],
  ],
  [
    'nobody for what only who is tried again lacks: its own upgrade took it away',
    {
      clusters: {
        a: { record: { version: '1.36' } },
        b: { record: { version: '1.37' }, member: { traits: ['version/1.36'] } },
      },
      waves: [failed({ 'version/1.36': 1 })],
    },
    [],
  ],
  [
    'nobody who is tried again for what its own upgrade brought it',
    {
      clusters: {
        a: { record: { version: '1.37' }, member: { traits: ['version/1.36'], failedBefore: true } },
        b: { record: { version: '1.36' } },
      },
      waves: [failed({ 'version/1.37': 1 })],
    },
    [],
  ],
  ['nobody of whom nothing is known', { clusters: { a: { record: auto }, b: {} }, unknown: ['a'] }, []],
  [
    'who shares one of several',
    {
      clusters: { a: { record: auto }, b: { record: { fargateProfiles: ['f'] } }, c: {} },
      waves: [failed({ 'compute/auto-mode': 1, 'compute/fargate': 1 })],
    },
    ['a', 'b'],
  ],
  [
    'whoever shares what was taken back in an earlier rollout, and nobody who is at that minor already',
    {
      clusters: { a: { record: auto }, b: { record: auto, member: { from: '1.37', to: '1.37' } }, c: {} },
      waves: [waveItem()],
      carried: [TAKEN_BACK],
    },
    ['a'],
  ],
  [
    'whoever shares it also where another cluster has failed without it since',
    { clusters: { a: { record: auto }, b: {} }, waves: [failed({ 'compute/fargate': 1 })], carried: [TAKEN_BACK] },
    ['a'],
  ],
  [
    'nobody for it who does not go to that minor, and whoever goes beyond it',
    {
      clusters: {
        a: { record: auto, member: { from: '1.37', to: '1.38' } },
        b: { record: auto, member: { from: '1.36', to: '1.38' } },
        c: {},
      },
      waves: [waveItem()],
      carried: [TAKEN_BACK],
    },
    ['b'],
  ],
  [
    'nobody for it who is there by now',
    {
      clusters: { a: { record: { ...auto, version: '1.37' } }, b: { record: auto } },
      waves: [waveItem()],
      carried: [TAKEN_BACK],
    },
    ['b'],
  ],
  [
    'nobody for it who was taken back itself and is tried again',
    { clusters: { a: AGAIN, b: { record: auto }, c: {} }, waves: [waveItem()], carried: [TAKEN_BACK] },
    ['b'],
  ],
  [
    'who is tried again for what another one had that failed',
    { clusters: { a: AGAIN, b: { record: auto }, c: {} }, carried: [TAKEN_BACK] },
    ['a', 'b'],
  ],
  [
    'whoever shares it also where all have it that go there, and nobody got there',
    {
      clusters: { a: { record: auto }, b: { record: auto }, c: { member: { from: '1.37', to: '1.38' } } },
      waves: [waveItem()],
      carried: [NOBODY_THERE],
    },
    ['a', 'b'],
  ],
  [
    'whoever shares what others lack that go there, and nobody for what all have',
    {
      clusters: { a: { record: auto }, b: { record: { fargateProfiles: ['f'] } } },
      waves: [waveItem()],
      carried: [{ ...NOBODY_THERE, traits: ['compute/auto-mode', 'version/1.36'] }],
    },
    ['a'],
  ],
  [
    'whoever shares it where who lacks it has failed',
    {
      clusters: { a: { record: auto }, b: { member: { status: 'Failed' } } },
      waves: [waveItem()],
      carried: [NOBODY_THERE],
    },
    ['a'],
  ],
  [
    'nobody for what is left of it where a person has released some and all that go there have the rest',
    {
      clusters: { a: { record: auto }, b: { record: auto } },
      waves: [waveItem()],
      carried: [NOBODY_THERE],
      releasedTraits: ['ami/AL2'],
    },
    [],
  ],
])('a failure sets aside %s', (_, given, names) => {
  expect(suspected(given)).toStrictEqual(names);
});
