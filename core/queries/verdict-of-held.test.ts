import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { verdictOf } from './verdict.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const at = (hours: number): string => new Date(NOW.getTime() + hours * 3_600_000).toISOString();

/** A held cluster, and the reconciler's knowledge of it. */
function heldCluster() {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const policies = { p: { selector: {}, target: '1.37', waves: [{ name: 'all' }] } };
  const held = { reason: reason('ScanFinding', 'x'), since: at(-1) };
  const controls = new Map([[cluster.clusterKey, { clusterKey: cluster.clusterKey, held }]]);
  const snapshot = { ...fleetSnapshot({ clusters: [cluster], policies }), controls };
  return { cluster, snapshot, aim: clusterPolicy(snapshot, cluster, NOW) };
}

test.each<[string, string, Partial<Rollout>, string]>([
  [
    'goes on there, where the rollout has not ended',
    'old',
    { status: 'Halted' },
    'Somebody removes the cause and runs: liftlock retry cluster web (or release).',
  ],
  [
    'goes on there, where its policy selects it still',
    'p',
    { status: 'Completed' },
    'Somebody removes the cause and runs: liftlock retry cluster web (or release).',
  ],
  [
    'is left to the policy that selects it now',
    'old',
    { status: 'Completed' },
    'Somebody runs: liftlock release cluster web. Who goes on with it then says: liftlock explain cluster web',
  ],
  [
    'is left to a rollout after one that was aborted',
    'p',
    { status: 'Aborted' },
    'Somebody runs: liftlock release cluster web, and then runs: liftlock upgrade cluster web --to 1.37 --approve',
  ],
])('a cluster that is held since its rollout tried it %s', (_, policy, of, condition) => {
  const { cluster, snapshot, aim } = heldCluster();
  const ofUpgrade = rolloutItem({ waves: ['all'], policy, ...of });
  expect(verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade }, NOW).when.condition).toBe(condition);
});

test('a held cluster that a person took out of the rollout that had tried it is not sent there by a retry', () => {
  const { cluster, snapshot, aim } = heldCluster();
  const ofUpgrade = rolloutItem({ waves: ['all'], policy: 'p' });
  const member = memberItem({ clusterKey: cluster.clusterKey, status: 'Excluded', reasons: [reason('Skipped', 'x')] });
  const place = { rollout: ofUpgrade, waves: [waveItem({ status: 'Open' })], member };
  expect(verdictOf(snapshot, cluster, aim, { place, ofUpgrade }, NOW).when.condition).toBe(
    'Somebody runs: liftlock release cluster web, and then runs: liftlock upgrade cluster web --to 1.37 --approve',
  );
});

test.each<[string, object, object, string]>([
  ['its policy', {}, {}, '1.37'],
  [
    'the hop that was taken back, where no policy selects it',
    { matchLabels: { no: 'body' } },
    { upgradeId: '1.36-1.37' },
    '1.37',
  ],
  ['nothing', { matchLabels: { no: 'body' } }, {}, 'VERSION'],
])(
  'a person is told to upgrade a held cluster whose hop nobody knows to the version that is known by %s',
  (_, selector, more, to) => {
    const { cluster, snapshot } = heldCluster();
    const [held] = [...snapshot.controls.values()].map((one) => ({ ...one.held, ...more, mutated: true }));
    const policies = { p: { selector, target: '1.37', waves: [{ name: 'all' }] } };
    const known = {
      ...fleetSnapshot({ clusters: [cluster], policies }),
      controls: new Map([[cluster.clusterKey, { clusterKey: cluster.clusterKey, held }]]),
    };
    const aim = clusterPolicy(known, cluster, NOW);
    const ofUpgrade = rolloutItem({ waves: ['all'], policy: 'p', status: 'Aborted' });
    const { condition } = verdictOf(known, cluster, aim, { place: undefined, ofUpgrade }, NOW).when;
    expect(condition).toContain(`liftlock upgrade cluster web --to ${to} --approve`);
  },
);

test.each([
  [
    'drain-nodes-1',
    'release cluster web, and then runs: liftlock drain nodegroup legacy --cluster web --approve. Once it is released, its rollout r takes the cluster up again with: liftlock retry cluster web',
  ],
  ['1.36-1.37', 'retry cluster web (or release).'],
])('held by %s beside a rollout that has it: %s', (id, way) => {
  const { cluster, snapshot, aim } = heldCluster();
  const { clusterKey } = cluster;
  const held = { reason: reason('DrainBudget', 'x'), since: at(-1), mutated: true, upgradeId: id };
  const controls = new Map([[clusterKey, { clusterKey, held }]]);
  const place = {
    rollout: rolloutItem({ policy: 'p' }),
    waves: [],
    member: memberItem({ clusterKey, status: 'Failed' }),
  };
  const input = { contract: 1, cluster: cluster.arn, targetVersion: '1.36', nodegroup: 'legacy' };
  const left = upgrade({ clusterKey, id, machine: 'drain-nodes', input });
  const { when } = verdictOf({ ...snapshot, controls }, cluster, aim, { place, ofUpgrade: undefined, left }, NOW);
  const first = way.startsWith('retry') ? ' removes the cause and' : '';
  expect(when.condition).toBe(`Somebody${first} runs: liftlock ${way}`);
});

test('a held cluster that a newer rollout of its policy goes on without is told of that, and of a stop', () => {
  const { cluster, snapshot, aim } = heldCluster();
  const control = { stopped: true, by: 'ana', reason: 'drill', at: at(-1) };
  const ofUpgrade = rolloutItem({ id: 'older', policy: 'p', status: 'Completed' });
  const place = { rollout: rolloutItem({ id: 'newer', policy: 'p' }), waves: [], member: undefined };
  const { reasons, when } = verdictOf({ ...snapshot, control }, cluster, aim, { place, ofUpgrade }, NOW);
  expect(reasons.map(({ code }) => code)).toEqual(['Held', 'RolloutBusy', 'FleetStopped']);
  expect(when.condition).toBe(
    'Once nothing refuses it any more (now RolloutBusy), somebody removes the cause and runs: liftlock retry cluster web (or release); and somebody runs: liftlock fleet resume',
  );
});

test.each<[string, Partial<Upgrade>]>([
  ['is back', { steps: { 'rollback-control-plane': { status: 'done', startedAt: at(-2), reasons: [] } } }],
  ['EKS takes back no more', { reasons: [reason('TooLate', 'x')] }],
])('nothing refuses the release of a cluster whose rollback %s: a stop is not waited for', (_, of) => {
  const { cluster, snapshot, aim } = heldCluster();
  const { clusterKey } = cluster;
  const left = upgrade({
    ...{ clusterKey, id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36', mutated: true },
    ...of,
  });
  const control = { stopped: true, by: 'ana', reason: 'drill', at: at(-1) };
  const held = { reason: reason('NotReady', 'x'), since: at(-1), mutated: true, upgradeId: left.id };
  const stopped = { ...snapshot, control, controls: new Map([[clusterKey, { clusterKey, held }]]) };
  const { when, reasons } = verdictOf(stopped, cluster, aim, { place: undefined, ofUpgrade: undefined, left }, NOW);
  expect(reasons.map(({ code }) => code)).toContain('FleetStopped');
  expect(when.condition).toMatch(/^Somebody runs: liftlock release cluster web\. /);
});

test.each<[string, Partial<Rollout>, string]>([
  ['was aborted', { status: 'Aborted' }, ''],
  ['has ended', { status: 'Completed' }, ''],
  [
    'has ended, and the one under way is paused',
    { status: 'Completed' },
    ' Until somebody resumes that rollout nothing of it begins.',
  ],
])(
  'a release is enough for a cluster that only its hold keeps out of the rollout under way, where the one that tried it before %s',
  (_, of, rest) => {
    const { cluster, snapshot, aim } = heldCluster();
    const { clusterKey } = cluster;
    const older = rolloutItem({ id: 'older', policy: 'p', ...of });
    const newer = rolloutItem({ id: 'newer', policy: 'p', ...(rest === '' ? {} : { status: 'Paused' as const }) });
    const kept = (
      code: 'Held' | 'Excluded',
      more: Partial<Wave> = {},
      known: Partial<Pick<FleetSnapshot, 'control'>> = {},
      also: readonly Reason[] = [],
    ) => {
      const member = memberItem({
        clusterKey,
        rolloutId: 'older',
        status: of.status === 'Aborted' ? 'Excluded' : 'Failed',
      });
      const out = {
        clusterKey,
        rolloutId: 'newer',
        status: 'Excluded' as const,
        reasons: [reason(code, 'x'), ...also],
      };
      const wave = waveItem({ rolloutId: 'newer', index: 0, name: 'all', status: 'Pending', ...more });
      const place = {
        rollout: older,
        waves: [],
        member,
        others: [memberItem(out)],
        beside: { rollout: newer, waves: [wave] },
      };
      return verdictOf({ ...snapshot, ...known }, cluster, aim, { place, ofUpgrade: undefined }, NOW).when.condition;
    };
    const takes = `Somebody removes the cause and runs: liftlock release cluster web. The rollout newer, whose wave all has not begun, takes it up then by itself, within the hour.${rest}`;
    expect(kept('Held')).toBe(takes);
    expect(kept('Held', {}, {}, [reason('LaterWave', 'It goes with a later wave.')])).toBe(takes);
    const control = { stopped: true, by: 'ana', reason: 'drill', at: at(-1) };
    const stopped = takes.replace(/\.$/, '; and somebody runs: liftlock fleet resume');
    expect(kept('Held', {}, { control })).toBe(stopped);
    for (const other of [kept('Excluded'), kept('Held', { status: 'Open' })])
      expect(other).not.toContain('takes it up');
  },
);
