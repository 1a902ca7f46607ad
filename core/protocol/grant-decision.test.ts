import { fleetSchema } from '../config/schema/fleet.ts';
import { memberItem, rolloutItem, waveItem } from '../contracts/items/testing/rollout-items.ts';
import { clusterRecord } from '../policy/testing/cluster-record.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { grantRefusals } from './grant-decision.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const { spec: fleet } = fleetSchema.parse({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Fleet',
  metadata: { name: 'f' },
  spec: { mode: 'act', accounts: ['111111111111'], regions: ['eu-central-1'], spokeRole: { externalId: 'xx' } },
});
const cluster = clusterRecord({ clusterKey: 'k', name: 'web', version: '1.36' });

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
  const situation = {
    epoch: { number: 1 },
    fleet,
    control: undefined,
    cluster,
    clusterControl: undefined,
    grant: undefined,
    ledger: undefined,
    upgrade: undefined,
    rollout: rolloutItem(),
    wave: waveItem(),
    member: memberItem({ status }),
    now: NOW,
  };
  expect(grantRefusals(situation, KubeVersion.parse('1.37')).map(({ code }) => code)).toEqual(codes);
});
