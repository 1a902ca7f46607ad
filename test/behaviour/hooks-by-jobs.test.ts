import { applyConfig } from '../../core/operations/apply-documents.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { HOOK_JOB_MARK } from '../../core/ports/hook-jobs.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { JobRun } from '../../simulator/kubernetes/kubernetes-state.ts';
import { machineDefinitions } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { fleetOf } from './changed-policy.ts';
import { calls, cluster, hook, minutesLater } from './hooked-fleet.ts';
import { hours, memberOf, PERSON, recordOf, run, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

const IMAGE = 'registry.example/load-test:1.2';
const jobs = { namespace: 'hooks', serviceAccount: 'asked', images: ['registry.example/load-test'] };
const ask = { job: { image: IMAGE, args: ['--all'] } };
const before = (more: object = {}) => hook('before', 'upgrade-control-plane', { ask, ...more });

interface Given {
  readonly hooks?: readonly object[];
  readonly runs?: JobRun;
  readonly armed?: Faults;
}

/** A fleet whose one cluster has the namespace of the hooks, and what was made there. */
function asking({ hooks = [before()], runs, armed }: Given = {}) {
  return smallFleet({
    clusters: [cluster],
    policy: { hooks },
    jobs,
    ...(armed === undefined ? {} : { armed }),
    prepare: (state) => {
      for (const { kubernetes } of Object.values(state.clusters)) {
        kubernetes.objects = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hooks' } }];
        if (runs !== undefined) kubernetes.jobRuns = { [IMAGE]: runs };
      }
    },
  });
}

const objectsOf = (world: World, kind: string) =>
  Object.values(world.eks.state.clusters).flatMap(({ kubernetes: { objects = [] } }) =>
    objects.filter((object) => object.kind === kind),
  );
const made = async (world: World, call = 'CreateHookJob') =>
  (await world.auditTimeline()).flatMap(({ event, detail }) =>
    event === 'MutationCommitted' && (detail.call as { name: string }).name === call ? [detail] : [],
  );

/** Neither Jobs nor pods of theirs, nor anything in the journal that somebody would have to take back. */
async function leavesNothing(world: World): Promise<void> {
  expect([objectsOf(world, 'Job'), objectsOf(world, 'Pod')]).toEqual([[], []]);
  expect(await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).toEqual([]);
}

async function untilJob(world: World): Promise<Record<string, unknown>> {
  for (let looks = 0; looks < 100 && objectsOf(world, 'Job').length === 0; looks += 1)
    await (looks === 0 ? hours(world, 0.1) : minutesLater(world, 0.1));
  const [job] = objectsOf(world, 'Job');
  if (job === undefined) throw new Error('no Job was made');
  return job;
}

test('code 0 is go: the Job has the question, runs without privileges, and is deleted once it is heard', async () => {
  const world = await asking({ runs: { seconds: 600, message: 'all 12 probes passed' } });
  const job = await untilJob(world);
  expect(job).toMatchObject({
    metadata: { namespace: 'hooks', name: expect.stringMatching(/^liftlock-hook-[0-9a-f]{32}-\d{13}$/) },
    spec: {
      ...{ backoffLimit: 0, ttlSecondsAfterFinished: 86_400 },
      template: {
        spec: {
          ...{ restartPolicy: 'Never', serviceAccountName: 'asked' },
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              ...{ image: IMAGE, args: ['--all'] },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  });
  expect(JSON.stringify(job)).not.toMatch(/host|privileged|volumes/);
  expect(calls(world)).toEqual([]);
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.hooks?.['before-it/before/upgrade-control-plane']).toMatchObject({ answer: 'go' });
  const of = async (name: string) => (await world.auditTimeline()).findLast(({ event }) => event === name)?.detail;
  expect((await of('HookAsked'))?.asked).toBe(`Job of ${IMAGE}`);
  expect((await of('HookAnswered'))?.message).toBe('all 12 probes passed');
  expect([await made(world), await made(world, 'DeleteHookJob')].map(({ length }) => length)).toEqual([1, 1]);
  // Nothing was left to be taken back.
  expect((await upgradesOf(world)).map(({ machine }) => machine)).toEqual(['upgrade-cluster']);
  await leavesNothing(world);
});

test('the question in its variable is the one that others are sent', async () => {
  const world = await asking({ runs: { seconds: 600 } });
  const { metadata, spec } = (await untilJob(world)) as never as {
    metadata: { annotations: Record<string, string> };
    spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  };
  const [variable] = spec.template.spec.containers[0]?.env ?? [];
  const question = JSON.parse(variable?.value ?? '') as { key: string };
  expect(variable?.name).toBe('LIFTLOCK_QUESTION');
  expect(question).toMatchObject({
    ...{ schema: 'liftlock.hook/v1', hook: 'before-it', step: 'upgrade-control-plane', from: '1.36', to: '1.37' },
    ...{ cluster: { name: 'web' }, wave: 'all', key: metadata.annotations[HOOK_JOB_MARK] },
  });
});

test.each<[string, JobRun, string, RegExp]>([
  ['ends with another code', { exitCode: 3, message: 'p99 is 4 s' }, 'HookRefused', /said stop at \S+: “p99 is 4 s”/],
  [
    'has no end',
    { seconds: 100_000 },
    'HookTimedOut',
    /did not say go within 20m; it says wait: “the Job \S+ is running/,
  ],
  ['never starts', { waiting: 'ImagePullBackOff' }, 'HookTimedOut', /is running: ImagePullBackOff/],
])(
  'one that %s lets nothing pass, and before the first change the cluster is untouched',
  async (_, runs, code, said) => {
    const world = await asking({ hooks: [before({ timeout: '20m' })], runs });
    await run(world);
    expect(calls(world)).toEqual([]);
    const { status, reasons } = await memberOf(world, 'web');
    // To ask is no change of the cluster, so that nobody has to release it.
    expect([status, reasons.map((one) => one.code)]).toEqual(['Blocked', [code]]);
    expect(reasons[0]?.message).toMatch(said);
    await leavesNothing(world);
  },
);

test('after a retry another Job is asked', async () => {
  const world = await asking({ runs: { exitCode: 1 } });
  await run(world);
  for (const { kubernetes } of Object.values(world.eks.state.clusters)) kubernetes.jobRuns = {};
  await retryCluster(world.ports, (await memberOf(world, 'web')).clusterKey, PERSON);
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  const names = (await made(world)).map(({ call }) => (call as { input: { name: string } }).input.name);
  expect([names.length, new Set(names).size]).toEqual([2, 2]);
  await leavesNothing(world);
});

test('each moment of an upgrade has its Job; one that only wants to know is not waited for, and goes with the upgrade', async () => {
  const world = await asking({
    hooks: [
      hook('before', 'upgrade-cluster', { ask, name: 'a' }),
      hook('after', 'upgrade-control-plane', { ask, name: 'b' }),
      hook('before', 'roll-node-group', { ask, name: 'c' }),
      hook('after', 'update-addons', { ask, name: 'd' }),
      hook('before', 'smoke-check', { ask, name: 'e', blocking: false }),
      hook('after', 'upgrade-cluster', { ask, name: 'f' }),
    ],
  });
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect((await made(world)).map(({ subject }) => subject)).toEqual(['a', 'b', 'c', 'c', 'd', 'e', 'f']);
  await leavesNothing(world);
});

test('a stop of the fleet while it runs ends it, and the one that is asked after that is another one', async () => {
  const world = await asking({ runs: { seconds: 1200 } });
  const first = await untilJob(world);
  await stopFleet(world.ports, PERSON, 'a look');
  await hours(world, 0.5);
  expect((await memberOf(world, 'web')).reasons.map(({ code }) => code)).toEqual(['FleetStopped']);
  await leavesNothing(world);
  await resumeFleet(world.ports, PERSON);
  const second = await untilJob(world);
  expect(second.metadata).not.toEqual(first.metadata);
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  await leavesNothing(world);
});

test('a Job that runs is the one that is heard, also where the Fleet names another namespace by then', async () => {
  const world = await asking({ runs: { seconds: 1800 } });
  await untilJob(world);
  for (const { kubernetes } of Object.values(world.eks.state.clusters))
    kubernetes.objects?.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
  await applyConfig(world.ports, [fleetOf({ hooks: { jobs: { ...jobs, namespace: 'other' } } })], PERSON);
  await run(world);
  expect((await made(world)).length).toBe(1);
  expect(versionOf(world, 'web')).toBe('1.37');
  await leavesNothing(world);
});

test('a stop between the decision and the commit lets no Job be made', async () => {
  const act = async (world: World) => void (await stopFleet(world.ports, PERSON, 'a look'));
  const armed = new Faults([
    { when: 'before', operation: 'commit', function: 'upgrade-control-plane', effect: { kind: 'act', act } },
  ]);
  const world = await asking({ armed });
  await hours(world, 3);
  expect(armed.hits).toHaveLength(1);
  expect([calls(world), await made(world)]).toEqual([[], []]);
});

test.each<[string, object | undefined, RegExp]>([
  ['a Fleet that lists no Jobs', undefined, /The Fleet lets hooks run no Jobs/],
  ['another image', { ...jobs, images: ['registry.example/load'] }, /does not list the image/],
  ['a namespace that is not there', { ...jobs, namespace: 'none' }, /namespaces "none" not found/],
])('%s: nothing is made, and nothing passes', async (_, allowed, said) => {
  // By the Fleet that stands beside it no such policy is applied: this one comes later.
  const world = await asking({ hooks: [before({ timeout: '20m' })] });
  await applyConfig(world.ports, [fleetOf(allowed === undefined ? {} : { hooks: { jobs: allowed } })], PERSON);
  await run(world);
  const { reasons } = await memberOf(world, 'web');
  expect(reasons.map(({ code }) => code)).toEqual(['HookTimedOut']);
  expect(reasons[0]?.message).toMatch(said);
  expect(calls(world)).toEqual([]);
  await leavesNothing(world);
});

describe('crashes', () => {
  test.each(AT_MUTATIONS.flatMap(({ name, faults }) => [0, 1].map((skip) => [name, skip, faults] as const)))(
    '%s, at commit %i: it ends as without, each Job is made once, and nothing is left behind',
    async (_, skip, faults) => {
      const armed = new Faults(faults.map((fault): Fault => ({ ...fault, skip, function: 'upgrade-control-plane' })));
      const world = await asking({ armed, runs: { seconds: 90 } });
      await run(world);
      expect(armed.hits.length).toBeGreaterThan(0);
      expect(versionOf(world, 'web')).toBe('1.37');
      expect(calls(world).filter((operation) => operation === 'UpdateClusterVersion')).toHaveLength(1);
      const names = (await made(world)).map(({ call }) => (call as { input: { name: string } }).input.name);
      expect(new Set(names).size).toBe(1);
      await leavesNothing(world);
    },
  );

  test('an execution that somebody stops while its Job runs leaves none', async () => {
    const world = await asking({ runs: { seconds: 3600 } });
    await untilJob(world);
    for (const { arn } of machineDefinitions())
      for (const { executionArn } of world.runner.listExecutions({ machineArn: arn, statusFilter: 'RUNNING' })
        .executions)
        await world.runner.stopExecution({ executionArn });
    await run(world);
    await leavesNothing(world);
  });
});

test('a component is moved by a Job: it is told from where to where, and what runs afterwards decides', async () => {
  const at = (tag: string) => `registry.example.com/autoscaling/cluster-autoscaler:${tag}`;
  const autoscaler = { kind: 'Deployment', namespace: 'ops', name: 'autoscaler' } as const;
  const component = {
    ...{ name: 'autoscaler', workload: autoscaler, versions: { '1.37': '1.37.x' }, phase: 'before', hook: ask },
  };
  const workload = { ...autoscaler, replicas: 1, labels: { app: 'autoscaler' }, image: at('v1.36.2') };
  const world = await smallFleet({
    clusters: [{ ...cluster, workloads: [workload] }],
    policy: { components: [component] },
    jobs,
    prepare: (state) => {
      for (const { kubernetes } of Object.values(state.clusters)) {
        kubernetes.objects = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hooks' } }];
        kubernetes.jobRuns = { [IMAGE]: { seconds: 600 } };
      }
    },
  });
  const job = await untilJob(world);
  expect(JSON.stringify(job)).toContain(
    JSON.stringify(JSON.stringify({ from: '1.36.2', name: 'autoscaler', to: '1.37.x' })).slice(1, -1),
  );
  for (const { kubernetes } of Object.values(world.eks.state.clusters))
    for (const one of kubernetes.workloads) if (one.name === 'autoscaler') one.image = at('v1.37.0');
  await run(world);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  await leavesNothing(world);
});
