import { fleetSchema } from '../config/schema/fleet.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { memberItem, rolloutItem, waveItem } from '../contracts/items/testing/rollout-items.ts';
import { clusterRecord } from '../policy/testing/cluster-record.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type GrantSituation, grantRefusals } from './grant-decision.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const { spec: fleet } = fleetSchema.parse({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Fleet',
  metadata: { name: 'f' },
  spec: { mode: 'act', accounts: ['111111111111'], regions: ['eu-central-1'], spokeRole: { externalId: 'xx' } },
});
const cluster = clusterRecord({ clusterKey: 'k', name: 'web', version: '1.36' });

const situationOf = (member: Partial<Member>, wave: Partial<Wave> = {}) => ({
  epoch: { number: 1 },
  fleet,
  control: undefined,
  cluster,
  clusterControl: undefined,
  grant: undefined,
  ledger: undefined,
  upgrade: undefined,
  rollout: rolloutItem(),
  wave: waveItem(wave),
  member: memberItem(member),
  now: NOW,
});
const codesOf = (situation: GrantSituation) =>
  grantRefusals(situation, KubeVersion.parse('1.37')).map(({ code }) => code);

test.each([
  ['Pending', []],
  ['Parked', []],
  ['Quarantined', []],
  ['Running', ['MemberRunning']],
  ['Succeeded', ['MemberSucceeded']],
  ['Failed', ['MemberFailed']],
  ['Blocked', ['MemberBlocked']],
  ['Excluded', ['MemberExcluded']],
] as const)('a member that is %s: whoever decided to begin it may have slept since', (status, codes) => {
  expect(codesOf(situationOf({ status }))).toEqual(codes);
});

test.each([
  ['an earlier plan put there', { plan: 2 }, { plan: 3 }, []],
  ['a later plan put there, which nobody has approved', { plan: 3 }, { plan: 2 }, ['NotAMember']],
  ['has left with a later plan', { status: 'Left' }, {}, ['NotAMember']],
] as const)('a member that %s', (_, member, wave, codes) => {
  expect(codesOf(situationOf(member, wave))).toEqual(codes);
});

const before = (more: Partial<Upgrade>): Upgrade => ({
  clusterKey: 'k',
  id: '1.35-1.36',
  machine: 'upgrade-cluster',
  from: '1.35',
  to: '1.36',
  status: 'Parked',
  mutated: true,
  steps: {},
  requestedBy: 'liftlock',
  reasons: [],
  ...more,
});

test.each<[string, Partial<Upgrade>, readonly string[]]>([
  ['is parked half done', {}, ['UpgradeUnderWay']],
  ['runs', { status: 'Running' }, ['UpgradeUnderWay']],
  ['failed half-way and was asked for once more', { status: 'Pending' }, ['UpgradeUnderWay']],
  ['is parked and has changed nothing', { mutated: false }, []],
  ['is whole', { status: 'Succeeded' }, []],
  ['failed, and a person has taken the hold off', { status: 'Failed' }, []],
])('a hop after one that %s', (_, more, codes) => {
  expect(codesOf({ ...situationOf({}), before: before(more) })).toEqual(codes);
});

test('the reason of a hop that waits says whose upgrade is under way, since when, and the ways out', () => {
  const startedAt = '2026-11-20T09:00:00.000Z';
  const baking = before({ startedAt, rolloutId: 'r', reasons: [{ code: 'Baking', message: 'It bakes.' }] });
  const [first] = grantRefusals({ ...situationOf({}), before: baking }, KubeVersion.parse('1.37'));
  expect(first?.message).toBe(
    'The upgrade from 1.35 to 1.36, which liftlock asked for in the rollout r, is under way since 2026-11-20T09:00:00.000Z and Parked (Baking): the cluster is half done. The next minor begins when it has ended. What it waits for says: liftlock explain cluster web. When its rollout was aborted, finish it with: liftlock upgrade cluster web --to 1.36 --approve',
  );
});
