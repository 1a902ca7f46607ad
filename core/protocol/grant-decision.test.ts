import { fleetSchema } from '../config/schema/fleet.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { grantRefusals } from './grant-decision.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const at = NOW.toISOString();
const { spec: fleet } = fleetSchema.parse({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Fleet',
  metadata: { name: 'f' },
  spec: { mode: 'act', accounts: ['111111111111'], regions: ['eu-central-1'], spokeRole: { externalId: 'xx' } },
});
const cluster = {
  clusterKey: 'k',
  name: 'web',
  account: '111111111111',
  region: 'eu-central-1',
  version: '1.36',
  status: 'ACTIVE',
  createdAt: '2026-01-01T00:00:00.000Z',
  tags: {},
  labels: {},
  conditions: [],
} as unknown as ClusterRecord;
const rollout: Rollout = {
  id: 'r',
  policy: 'p',
  policyRevision: 'x',
  target: '1.37',
  status: 'Running',
  createdBy: 'liftlock',
  createdAt: at,
  waves: ['all'],
  reasons: [],
};
const wave: Wave = {
  rolloutId: 'r',
  index: 0,
  name: 'all',
  status: 'Open',
  members: 1,
  needWork: 1,
  maxConcurrency: 1,
  maxFailures: 0,
  inFlight: 0,
  succeeded: 0,
  failed: 0,
  blocked: 0,
  excluded: 0,
  quarantined: 0,
  reasons: [],
};
const member = (status: Member['status']): Member => ({
  rolloutId: 'r',
  waveIndex: 0,
  clusterKey: 'k',
  name: 'web',
  from: '1.36',
  to: '1.37',
  status,
  inFlight: false,
  reasons: [],
  position: 1,
});

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
    rollout,
    wave,
    member: member(status),
    now: NOW,
  };
  expect(grantRefusals(situation, KubeVersion.parse('1.37')).map(({ code }) => code)).toEqual(codes);
});
