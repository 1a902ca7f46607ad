import { ClusterAccessError } from '../../core/ports/cluster-access.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import { DAY, hours, onlyCluster, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

// docs/probes.md, Tests of yours: while a test is waited for, what befalls the rest of the cluster long after the hop is no matter of the hop.

const web = { kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels: { app: 'web' } };
/** A run of the test that begins now, or did so many minutes ago. */
function runTest(world: World, image: string, minutesAgo = 0): void {
  const creationTimestamp = new Date(world.clock.now().getTime() - minutesAgo * 60_000).toISOString();
  const { kubernetes } = onlyCluster(world);
  kubernetes.objects ??= [];
  const job: StoredObject = {
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: { namespace: 'shop', name: `test-${creationTimestamp}`, creationTimestamp, labels: { test: 'shop' } },
    spec: { template: { spec: { containers: [{ name: 'job', image }] } } },
  };
  kubernetes.objects.push(job);
}

/** A hop whose test was well before it and runs no more by itself; `act` happens an hour after all has moved, which the test is waited for two. */
async function hop(act: (world: World) => void, beforeIt: (world: World) => void = () => undefined) {
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], workloads: [{ ...web, image: 'web:1' }] },
    ],
    policy: {
      smoke: { jobs: [{ name: 'shop', namespace: 'shop', labels: { test: 'shop' }, wait: '2h' }] },
      rollback: { automatic: true },
    },
    prepare: (state) => {
      const [cluster] = Object.values(state.clusters);
      Object.assign(cluster?.kubernetes ?? {}, { jobRuns: { 'fails:1': { exitCode: 1 } } });
    },
  });
  expect(world.clock.now()).toEqual(DAY);
  runTest(world, 'works:1', 60);
  // The scan has read the cluster by then, and the smoke check has not.
  onStep(world, 'update-addons-after', 'running', 'web', () => beforeIt(world));
  onStep(world, 'smoke-check', 'running', 'web', () => {
    world.clock.schedule(new Date(world.clock.now().getTime() + 3_600_000), async () => act(world));
  });
  await hours(world, 6);
  const [upgrade] = await upgradesOf(world);
  return { world, upgrade, codes: upgrade?.steps['smoke-check']?.reasons.map(({ code }) => code) };
}
/** Now, and once more in ten minutes. */
function failTwice(world: World): void {
  runTest(world, 'fails:1');
  world.clock.schedule(new Date(world.clock.now().getTime() + 600_000), async () => runTest(world, 'fails:1'));
}
/** For so many minutes nobody can list anything in it, and it says that it is not ready. */
function breakServer({ ports, clock }: World, minutes: number): void {
  const { clusters, readers } = ports;
  const [{ ready }, { open }] = [clusters, readers];
  const fault = new ClusterAccessError('ClusterServerFault', 'The API server answered 503.');
  Object.assign(clusters, { ready: async () => ({ ok: false, failed: ['etcd'] }) });
  Object.assign(readers, { open: () => ({ reader: { get: () => Promise.reject(fault) }, close: () => undefined }) });
  const mend = async () => void [Object.assign(clusters, { ready }), Object.assign(readers, { open })];
  clock.schedule(new Date(clock.now().getTime() + minutes * 60_000), mend);
}

test('a workload that crashes then takes nothing back', async () => {
  const { world, upgrade, codes } = await hop((one) => {
    for (const pod of onlyCluster(one).kubernetes.pods)
      if (pod.owner === 'Deployment/shop/web') pod.waitingReason = 'CrashLoopBackOff';
  });
  expect([upgrade?.status, versionOf(world, 'web')]).toEqual(['Succeeded', '1.37']);
  expect(codes).toEqual(['ProbeInconclusive', 'Looked']);
});

test('one run that fails takes nothing back, and is told with what to do', async () => {
  const { world, upgrade } = await hop((one) => runTest(one, 'fails:1'));
  expect([upgrade?.status, versionOf(world, 'web')]).toEqual(['Succeeded', '1.37']);
  expect(upgrade?.steps['smoke-check']?.reasons[0]?.message).toMatch(/One run failed, and no other .* Run it again/);
});

test('an API server that is not ready for a moment fails nothing, and the test decides after it', async () => {
  const { upgrade } = await hop((world) => breakServer(world, 5));
  expect(upgrade?.status).toBe('Succeeded');
  const failing = await hop((world) => {
    breakServer(world, 5);
    world.clock.schedule(new Date(world.clock.now().getTime() + 600_000), async () => failTwice(world));
  });
  expect([failing.upgrade?.status, versionOf(failing.world, 'web')]).toEqual(['RolledBack', '1.36']);
  expect(failing.codes).toContain('JobFailed');
});

test('one that is not ready any more has its test given up a while after it was waited for', async () => {
  const { upgrade, codes } = await hop((world) => breakServer(world, 6 * 60));
  expect([upgrade?.status, codes]).toEqual(['Succeeded', ['ProbeInconclusive', 'Looked']]);
  const { startedAt = '', endedAt = '' } = upgrade?.steps['smoke-check'] ?? {};
  const minutes = (Date.parse(endedAt) - Date.parse(startedAt)) / 60_000;
  expect([minutes > 120, minutes < 140]).toEqual([true, true]);
});

test('a list that one look could not read for a fault that passes is read by the next one', async () => {
  let faults = 0;
  const { world, upgrade } = await hop(failTwice, (one) => {
    const { readers } = one.ports;
    const open = readers.open.bind(readers);
    Object.assign(readers, {
      open: (...asked: Parameters<typeof open>) => {
        const opened = open(...asked);
        const get: typeof opened.reader.get = (request) => {
          if (faults > 0 || !request.path.includes('/jobs?')) return opened.reader.get(request);
          faults += 1;
          return Promise.resolve({ status: 503, text: '{"message":"etcdserver: leader changed"}' });
        };
        return { ...opened, reader: { get } };
      },
    });
  });
  expect(faults).toBe(1);
  expect([upgrade?.status, versionOf(world, 'web')]).toEqual(['RolledBack', '1.36']);
});
