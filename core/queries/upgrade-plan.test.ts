import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  calendarConfig,
  clock,
  cluster,
  HOLDER,
  type Kept,
  keep,
  policyConfig,
  request,
} from '../../test/material/protocol/one-upgrade.ts';
import type { AppliedConfig, Rollout } from '../contracts/items/rollout.ts';
import { grantUpgrade } from '../protocol/grant.ts';
import { Configs, Members, Rollouts, Waves } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { explainCluster } from './explain-cluster.ts';
import { planRollback } from './rollback-plan.ts';
import { planUpgrade } from './upgrade-plan.ts';

const executions = { arnFor: () => HOLDER, start: async () => {}, describe: async () => undefined };
const nights = calendarConfig('nights-of-plans', {
  timeZone: 'UTC',
  windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '2h' }],
  freezes: [],
});
const newer: AppliedConfig = {
  ...policyConfig(policyWith({ name: 'newer' })),
  document: { spec: 'of a later release' },
};
const ofOthers = policyConfig(policyWith({ name: 'others', selector: '{ matchLabels: { env: another } }' }));
const closed = policyConfig(policyWith({ name: 'closed', waves: '[{ name: all, calendar: [nights-of-plans] }]' }));
const tagged = { ...cluster, tags: { 'liftlock/calendar': 'nights-of-plans' } };

/** Codes in a user's plan, and in the grant right after it; only the plan asks which versions EKS offers. */
async function bothOf(kept: Kept, configs: readonly AppliedConfig[]) {
  const table = new MemoryTable();
  await keep(table, { rollout: undefined, waves: [], member: undefined, policy: undefined, ...kept });
  await table.transact([nights, ...configs].map((config) => put(Configs, config, 'absent')));
  const plan = await planUpgrade({ table, clock }, kept.cluster ?? cluster, '1.37');
  const { member: _, ...byHand } = request({ asker: { arn: HOLDER, name: 'by-hand' } });
  const result = await grantUpgrade({ table, clock, executions, ids: { next: () => '' } }, byHand);
  return {
    plan: plan.refusals.map(({ code }) => code).filter((code) => code !== 'NotOffered'),
    grant: 'refused' in result ? result.refused.map(({ code }) => code) : [],
  };
}

test('who upgrades a member by hand is told that this passes its wave by', async () => {
  const table = new MemoryTable();
  await keep(table);
  const { notes } = await planUpgrade({ table, clock }, cluster, '1.37');
  expect(notes.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    expect.stringMatching(/^InRollout: .* waits neither for its wave's turn nor for approvals and soaks/),
  ]);
});

test('who asks for a hop to where the control plane is, and nodes are not, is told what brings them', async () => {
  const table = new MemoryTable();
  const behind = {
    ...cluster,
    version: '1.37',
    nodegroups: [{ name: 'a', status: 'ACTIVE', issues: [], version: '1.36' }],
  };
  const policy = policyConfig(policyWith({ name: 'p' }));
  await keep(table, { rollout: undefined, waves: [], member: undefined, cluster: behind, policy });
  const { refusals } = await planUpgrade({ table, clock }, behind, '1.37');
  expect(refusals.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'AlreadyThere: The cluster is at 1.37 already.',
    expect.stringMatching(
      /^NodesBehind: .* a is at 1\.36 and stops the hop to 1\.40\. Somebody runs: liftlock rollout create p --finish \(whom it takes says --dry-run\)\.$/,
    ),
  ]);
});

const forcing = (when: string) => {
  const plain = policyWith({ name: 'p' });
  const force = { after: '4h', selector: { matchLabels: {}, matchExpressions: [], when } };
  const nodes = { podEvictionFailure: { retries: 1, pause: '30m', force } };
  return policyConfig({ ...plain, spec: { ...plain.spec, nodes } });
};
test.each([
  ['web', /, respecting PodDisruptionBudgets until 4h after .* by force, and EKS deletes the pods that stay\.$/],
  ['other', /, respecting PodDisruptionBudgets\.$/],
])(
  'a plan up and one down say where the policy has budgets give way in the end: in the cluster %s',
  async (name, said) => {
    const kept = { rollout: undefined, waves: [], member: undefined, policy: forcing(`cluster.name == "${name}"`) };
    const rollIn = (checks: readonly string[]) => checks.find((one) => one.startsWith('roll-node-group'));
    const table = new MemoryTable();
    await keep(table, kept);
    const up = await planUpgrade({ table, clock }, cluster, '1.37');
    const down = await planRollback({ table, clock }, cluster);
    expect([rollIn(up.checks), rollIn(down.checks)]).toEqual([
      expect.stringMatching(said),
      expect.stringMatching(said),
    ]);
  },
);

const aborted = rolloutItem({ id: 'a-old', status: 'Aborted', createdAt: '2026-11-01T00:00:00.000Z' });
const first = rolloutItem({ id: 'b-first', policy: 'other', createdAt: '2026-11-02T00:00:00.000Z' });
const halted = rolloutItem({ id: 'c-new', status: 'Halted', createdAt: '2026-11-03T00:00:00.000Z' });
test.each<[string, readonly Rollout[], readonly string[], string]>([
  ['an older one was aborted', [aborted, halted], ['c-new (Halted)'], 'c-new'],
  ['several go on, and one of them runs', [first, halted], ['c-new (Halted)', 'b-first (Running)'], 'b-first'],
  ['it was aborted', [aborted], [], 'a-old'],
])(
  'who upgrades a member by hand is told of all rollouts that go on with it, and who explains it of the one that it goes with: %s',
  async (_, rollouts, said, explained) => {
    const table = new MemoryTable();
    await keep(table, { rollout: undefined, waves: [], member: undefined });
    const members = rollouts.map(({ id }) => memberItem({ rolloutId: id, clusterKey: cluster.clusterKey }));
    await table.transact([
      ...rollouts.map((one) => put(Rollouts, one, 'absent')),
      ...rollouts.map(({ id }) => put(Waves, waveItem({ rolloutId: id }), 'absent')),
      ...members.map((one) => put(Members, one, 'absent')),
    ]);
    const { notes } = await planUpgrade({ table, clock }, cluster, '1.37');
    const told = said.map(
      (one) => `It is a member of the rollout ${one}, of which it is Pending; started by hand it waits`,
    );
    expect(notes.map(({ message }) => message)).toEqual(told.map((one) => expect.stringContaining(one)));
    const { rollout } = await explainCluster({ table, clock }, cluster);
    expect(rollout).toMatchObject({ id: explained, memberStatus: 'Pending' });
  },
);

test.each<[string, Kept, readonly AppliedConfig[], readonly string[]]>([
  ['no policy is applied', {}, [], []],
  ['no policy selects the cluster, whose tag names a calendar', { cluster: tagged }, [ofOthers], ['WindowClosed']],
  ['the policy that selects it is closed now', {}, [closed, ofOthers], ['WindowClosed']],
  ['the policy that selects it can be read, and another one cannot', {}, [closed, newer], ['WindowClosed']],
  ['one that may select it cannot be read', {}, [ofOthers, newer], ['PolicyNotConfigured']],
  ['several select it', {}, [closed, policyConfig(policyWith({ name: 'every' }))], ['AmbiguousPolicy']],
  ['the fleet is stopped', { control: { stopped: true } }, [], ['FleetStopped']],
])('what a person is shown of an upgrade by hand is what its grant says: %s', async (_, kept, configs, codes) => {
  expect(await bothOf(kept, configs)).toStrictEqual({ plan: codes, grant: codes });
});

test('a plan says whether its first hop can be taken back', async () => {
  const table = new MemoryTable();
  await keep(table, { rollout: undefined, waves: [], member: undefined });
  const { reversal } = await planUpgrade({ table, clock }, cluster, '1.37');
  expect(reversal.map(({ code }) => code)).toEqual(['HopReversible']);
});
