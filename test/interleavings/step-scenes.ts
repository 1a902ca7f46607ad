import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { requestDrain } from '../../core/operations/request-drain.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { World } from '../../simulator/process/world.ts';
import { answering, ask } from '../behaviour/hooked-fleet.ts';
import { discover, hours, PERSON, recordOf, smallFleet } from '../behaviour/small-fleet.ts';
import { policyOf } from './acts.ts';
import { Recorder, type StepMoment } from './step-moments.ts';

const IMAGE = 'registry.example/load-test:1.2';
const GOLDEN = 'ami-0123456789abcdef0';
const OLDER = 'ami-0123456789abcdef1';
const jobs = { namespace: 'hooks', serviceAccount: 'asked', images: ['registry.example/load-test'] };
const web = {
  ...{ name: 'web', version: '1.36', tags: { stage: 'dev' } },
  nodegroups: [
    { name: 'ml', nodes: 1, amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } },
    { name: 'workers', nodes: 2, updateConfig: { maxUnavailable: 1 } },
  ],
};

/** A policy by which a hop makes every kind of call that a hop can make. */
const everything = policyOf(
  {},
  {},
  {
    hooks: [
      { name: 'asked', at: 'before', step: 'upgrade-control-plane', ask },
      { name: 'tested', at: 'before', step: 'roll-node-group', ask: { job: { image: IMAGE } } },
    ],
    silences: [{ alarms: ['{cluster}-errors'], during: ['upgrade-control-plane', 'update-addons', 'roll-node-group'] }],
    nodes: {
      updateConfig: { maxUnavailable: 2 },
      images: [
        { nodegroups: ['ml'], table: { '1.36': { 'eu-central-1': OLDER }, '1.37': { 'eu-central-1': GOLDEN } } },
      ],
    },
  },
);
const plain = policyOf({}, {}, { nodes: { updateConfig: { maxUnavailable: 2 } } });

function prepare(state: FakeEksState): void {
  for (const { kubernetes } of Object.values(state.clusters)) {
    kubernetes.objects = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hooks' } }];
    kubernetes.jobRuns = { [IMAGE]: { seconds: 60 } };
  }
  const made = { architecture: 'x86_64', creationDate: '2026-11-01T00:00:00.000Z', tags: {} };
  const there = { ...made, account: '111111111111', region: 'eu-central-1' };
  state.images = { [GOLDEN]: { ...there, kubelet: '1.37' }, [OLDER]: { ...there, kubelet: '1.36' } };
  state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
}

async function upgrading(armed: Recorder | undefined, policy: Record<string, unknown>): Promise<World> {
  const given = armed === undefined ? {} : { armed };
  const world = await smallFleet({ clusters: [web], policies: [policy], jobs, prepare, ...given });
  answering(world, 'go');
  return world;
}

async function hop(): Promise<readonly StepMoment[]> {
  const recorder = new Recorder();
  const world = await upgrading(recorder, everything);
  await hours(world, 2.5);
  return recorder.distinct();
}

/** What a hop has left in the middle of a roll, because the fleet was stopped. */
async function undo(): Promise<readonly StepMoment[]> {
  const recorder = new Recorder();
  const world = await upgrading(recorder, everything);
  const isSet = () =>
    world.table
      .auditTimeline()
      .some(({ event, detail }) => event === 'UpdateEnded' && detail.step === 'set-update-config');
  while (!isSet()) await hours(world, 0.05);
  await stopFleet(world.ports, PERSON, 'look');
  await hours(world, 2);
  return recorder.distinct().filter(({ name }) => name === 'restore-nodes');
}

async function back(): Promise<readonly StepMoment[]> {
  const recorder = new Recorder();
  const world = await upgrading(recorder, plain);
  await hours(world, 2.5);
  const before = new Set(recorder.distinct());
  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  await hours(world, 2.5);
  return recorder.distinct().filter((one) => !before.has(one));
}

const api = { kind: 'Deployment' as const, namespace: 'shop', name: 'api', replicas: 4, labels: { app: 'api' } };
const strict = { namespace: 'shop', name: 'strict', matchLabels: { app: 'api' }, minAvailable: 4 };

const drain = (isStuck: boolean) => async (): Promise<readonly StepMoment[]> => {
  const armed = new Recorder();
  const nodegroups = [
    { name: 'legacy', nodes: 2 },
    { name: 'new', nodes: 2 },
  ];
  const workloads = [{ ...api, image: 'registry.example/api:1' }];
  const podDisruptionBudgets = isStuck ? [strict] : [];
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups, workloads, podDisruptionBudgets }],
    policy: { trigger: 'manual', drain: { pause: '0s', podTimeout: '3m', taint: 'liftlock.dev/drained' } },
    armed,
  });
  await discover(world);
  await requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, { approve: true });
  await hours(world, 0.5);
  return armed.distinct();
};

/** What the steps of an execution do, from its beginning to its end. */
export const SCENES: Readonly<Record<string, () => Promise<readonly StepMoment[]>>> = {
  'of a hop': hop,
  'of what takes back what a hop has left': undo,
  'of a rollback': back,
  'of a drain': drain(false),
  'of a drain that is stuck': drain(true),
};
