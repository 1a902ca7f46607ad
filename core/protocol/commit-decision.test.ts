import { fleetSchema } from '../config/schema/fleet.ts';
import type { AppliedConfig, Member, Wave } from '../contracts/items/rollout.ts';
import { memberItem, rolloutItem, waveItem } from '../contracts/items/testing/rollout-items.ts';
import { clusterRecord } from '../policy/testing/cluster-record.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { commitRefusals } from './commit-decision.ts';
import type { CommitSnapshot } from './commit-snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const ASKER = { arn: 'arn:execution', name: 'x' };
const document = fleetSchema.parse({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Fleet',
  metadata: { name: 'f' },
  spec: { mode: 'act', accounts: ['111111111111'], regions: ['eu-central-1'], spokeRole: { externalId: 'xx' } },
});
const read = <Data>(data: Data) => ({ key: { pk: 'p', sk: 's' }, data, revision: 1 });

/** The first change of a cluster in a rollout under which nothing is in the way. */
function refusalsOf(given: { mutated?: boolean; wave?: Partial<Wave>; member?: Partial<Member> | 'none' }): string[] {
  const { mutated = false, wave = {}, member = {} } = given;
  const snapshot: CommitSnapshot = {
    epoch: read({ number: 1 }),
    grant: read({
      clusterKey: 'k',
      number: 1,
      epoch: 1,
      status: 'open',
      upgradeId: '1.36-1.37',
      machine: 'upgrade-cluster',
      holder: ASKER.arn,
      executionName: ASKER.name,
      input: {},
      capKeys: [],
      children: [],
      grantedAt: NOW.toISOString(),
    }),
    upgrade: read({
      clusterKey: 'k',
      id: '1.36-1.37',
      machine: 'upgrade-cluster',
      from: '1.36',
      to: '1.37',
      status: 'Running',
      mutated,
      steps: {},
      requestedBy: 'liftlock',
      reasons: [],
      rolloutId: 'r',
      waveIndex: 0,
    }),
    control: undefined,
    fleet: read({ document } as unknown as AppliedConfig),
    cluster: read(clusterRecord({ clusterKey: 'k', name: 'web', version: '1.36' })),
    clusterControl: undefined,
    rollout: read(rolloutItem()),
    wave: read(waveItem(wave)),
    member: member === 'none' ? undefined : read(memberItem({ status: 'Running', inFlight: true, ...member })),
    earlier: [],
    rules: undefined,
    policyAppliedBy: undefined,
    checks: [],
  };
  return commitRefusals(snapshot, ASKER, KubeVersion.parse('1.37'), NOW).map(({ code }) => code);
}

test.each([
  ['one of the plan that the wave is of', {}, []],
  ['one that an earlier plan put there', { wave: { plan: 3 }, member: { plan: 2 } }, []],
  ['one that a later plan put there', { wave: { plan: 2 }, member: { plan: 3 } }, ['NotAMember']],
  ['one that has left', { member: { status: 'Left' } }, ['NotAMember']],
  ['one that never was there', { member: 'none' }, ['NotAMember']],
  ['whoever was changed, since that is finished', { mutated: true, member: 'none' }, []],
] as const)('the first change of %s', (_, given, codes) => {
  expect(refusalsOf(given)).toEqual(codes);
});
