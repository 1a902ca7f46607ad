import { loadLivingRecords } from '../../core/inventory/records.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { DAY, smallFleet } from '../../test/behaviour/small-fleet.ts';
import { runWorld } from '../process/run-world.ts';
import { personIn, StandInPeople } from '../process/stand-in-people.ts';
import { resultOf, totalsText } from './bucket.ts';
import { runReport } from './run-report.ts';

const HOUR = 3_600_000;
const at = (hours: number): string => new Date(DAY.getTime() + hours * HOUR).toISOString();

/**
 * A first wave with one upgraded cluster, one whose nodes stay behind and two that their scans stop; then a soak of two hours, then a wave whose
 * calendar is closed for two hours, and frozen in the fifth.
 */
async function ran(soak = '2h', until = 48, there = false) {
  const world = await smallFleet({
    clusters: [
      { name: 'whole', version: '1.36', tags: { stage: 'dev' }, nodegroups: [{ name: 'workers' }] },
      {
        ...{ name: 'behind', version: '1.36', tags: { stage: 'dev' } },
        nodegroups: [{ name: 'own', amiType: 'CUSTOM', launchTemplate: { name: 'own', version: '1' } }],
      },
      {
        ...{ name: 'old', version: '1.32', tags: { stage: 'dev' } },
        nodegroups: [{ name: 'workers', amiType: 'AL2_x86_64' }],
      },
      { name: 'far', version: '1.36', tags: { stage: 'dev' } },
      ...(there ? [{ name: 'there', version: '1.37', tags: { stage: 'prod' } }] : []),
      { name: 'later', version: '1.36', tags: { stage: 'prod' }, nodegroups: [{ name: 'workers' }] },
    ],
    prepare: ({ clusters }) => {
      const far = Object.values(clusters).find(({ name }) => name === 'far');
      if (far !== undefined) far.description.resourcesVpcConfig = { endpointPublicAccess: false };
    },
    policy: {
      target: '1.37',
      waves: [
        { name: 'dev', maxConcurrency: 5, selector: { matchLabels: { stage: 'dev' } }, soak },
        { name: 'prod', calendar: 'working' },
      ],
    },
    calendars: {
      working: {
        timeZone: 'UTC',
        windows: [{ name: 'day', schedule: '0 10 * * *', duration: '8h' }],
        freezes: [{ name: 'release', from: '2026-11-20T12:00', to: '2026-11-20T13:00', reason: 'we ship' }],
      },
    },
  });
  const end = new Date(DAY.getTime() + until * HOUR);
  const rested = await runWorld(world, { until: end, quietHours: 2 });
  const loaded = { state: world.eks.state, now: DAY, approvals: [], configPaths: [], statements: [] };
  return { world, report: await runReport(world, loaded, rested) };
}

const reported = async (...given: Parameters<typeof ran>) => (await ran(...given)).report;

test('a report tells where each member of a wave ended, and when its wave was open, soaked and could let nothing begin', async () => {
  const { rollouts, clusters, endedAt, violations } = await reported();
  expect(violations).toEqual([]);
  const [dev, prod] = rollouts[0]?.waves ?? [];
  expect(dev).toMatchObject({ members: 4, upgraded: 1, notWhole: 1, blocked: 2, failed: 0, pending: 0 });
  expect(prod).toMatchObject({ members: 1, upgraded: 1 });
  const [open] = dev?.open ?? [];
  const [soak] = dev?.soaks ?? [];
  expect([dev?.open.length, dev?.soaks.length, soak?.from]).toEqual([1, 1, open?.to]);
  const soaked = Date.parse(soak?.to ?? '') - Date.parse(soak?.from ?? '');
  expect(Math.abs(soaked - 2 * HOUR)).toBeLessThan(5 * 60_000);
  expect([dev?.closed, dev?.freezes]).toEqual([[], []]);
  expect(prod?.freezes).toEqual([{ from: at(4), to: at(5), what: 'release: we ship' }]);
  expect(prod?.closed.slice(0, 2)).toEqual([
    { from: at(0), to: at(2) },
    { from: at(4), to: at(5) },
  ]);
  expect(Date.parse(prod?.closed.at(-1)?.to ?? '')).toBeLessThanOrEqual(Date.parse(endedAt));
  expect(clusters.find(({ name }) => name === 'later')?.place?.wave).toBe('prod');
});

test('what blocks a cluster is told with its parts, and nothing of those that are where they should be', async () => {
  const { clusters, next } = await reported();
  const blockersOf = (name: string) => clusters.find((one) => one.name === name)?.blockers;
  expect([blockersOf('whole'), blockersOf('behind')]).toEqual([[], []]);
  expect(blockersOf('old')).toContainEqual({
    code: 'ScanFinding',
    what: expect.stringContaining('Amazon Linux 2'),
    cause: 'nodegroup:workers',
    owner: null,
    fix: expect.stringContaining('Bottlerocket'),
  });
  expect(blockersOf('far')?.[0]).toMatchObject({
    code: 'ClusterUnreachable',
    fix: 'Give Liftlock a route to the API server, or set verification: eks-api in its policy.',
  });
  expect(next.filter((thing) => thing.includes('retry'))).toEqual([
    'far: once what blocks it is mended, liftlock retry cluster far',
    'old: once what blocks it is mended, liftlock retry cluster old',
  ]);
});

test('explain names what stopped a cluster as the report does, and of others nothing', async () => {
  const { world, report } = await ran();
  const records = await loadLivingRecords(world.table);
  for (const { name, blockers, bucket } of report.clusters) {
    const record = records.find((one) => one.name === name);
    if (record === undefined) throw new Error(`${name} is gone`);
    const { stoppedBy } = await explainCluster(world.ports, record);
    expect([name, stoppedBy]).toEqual([name, bucket === 'upgraded' ? [] : blockers]);
  }
  expect(report.clusters.filter(({ bucket }) => bucket !== 'upgraded').map(({ name }) => name)).toEqual(['far', 'old']);
});

test('of a cluster whose turn has not come it is told what explain tells, and nobody is sent to try it again', async () => {
  const { clusters, next, rollouts } = await reported('40h', 12);
  expect(rollouts[0]?.waves[1]).toMatchObject({ pending: 1, upgraded: 0 });
  const later = clusters.find(({ name }) => name === 'later');
  expect([later?.bucket, later?.blockers.map(({ code }) => code)]).toEqual(['held', ['Soaking', 'WindowClosed']]);
  expect(next.some((thing) => thing.startsWith('later:'))).toBe(false);
});

test('of a wave that waits for readiness the report tells what the look at its cluster has found', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'old', version: '1.32', nodegroups: [{ name: 'legacy', amiType: 'AL2_x86_64' }] }],
    policy: { target: '1.33', waves: [{ name: 'all', requireReady: '24h' }] },
  });
  const people = new StandInPeople(world, personIn(world));
  const until = new Date(world.clock.now().getTime() + 24 * HOUR);
  const rested = await runWorld(world, { until, quietHours: 1, onRest: () => people.act() });
  const loaded = { state: world.eks.state, now: DAY, approvals: [], configPaths: [], statements: [] };
  const [old] = (await runReport(world, loaded, rested)).clusters;
  expect(old?.blockers.map(({ code }) => code)).toEqual(expect.arrayContaining(['NotReady', 'ScanFinding']));
  expect(JSON.stringify(old?.blockers)).toContain('EKS publishes no Amazon Linux 2 AMI for 1.33');
});

test('nothing blocks a cluster that was at its target before, and it counts as left out, not as upgraded', async () => {
  const { clusters, totals } = await reported('1h', 48, true);
  const there = clusters.find(({ name }) => name === 'there');
  expect([there?.status, there?.bucket, there?.blockers]).toEqual(['UpToDate', 'excluded', []]);
  expect(there === undefined ? '' : resultOf(there)).toBe('up to date');
  // A cluster at its target was not excluded.
  expect(totalsText(clusters)).toBe('2 upgraded, 1 not whole, 1 up to date, 0 failed, 2 blocked, 0 excluded');
  expect(totals).toEqual({ upgraded: 3, failed: 0, held: 2, excluded: 1 });
});

test('a control plane that Liftlock has taken back was moved by nobody else, and the way back is no hop', async () => {
  const web = { kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels: { app: 'web' } };
  const shop = {
    name: 'shop',
    version: '1.36',
    nodegroups: [{ name: 'workers' }],
    workloads: [{ ...web, image: 'web:1' }],
  };
  const waves = [{ name: 'all', bake: '1h' }];
  const world = await smallFleet({ clusters: [shop], policy: { waves, rollback: { automatic: true } } });
  const until = (hours: number) => new Date(DAY.getTime() + hours * HOUR);
  await runWorld(world, { until: until(1), quietHours: 24 });
  for (const { kubernetes } of Object.values(world.eks.state.clusters))
    for (const pod of kubernetes.pods) if (pod.owner === 'Deployment/shop/web') pod.waitingReason = 'CrashLoopBackOff';
  const rested = await runWorld(world, { until: until(48), quietHours: 2 });
  const loaded = { state: world.eks.state, now: DAY, approvals: [], configPaths: [], statements: [] };
  const [cluster] = (await runReport(world, loaded, rested)).clusters;
  expect([cluster?.version, cluster?.hops, cluster?.reasons.map(({ code }) => code)]).toEqual([
    '1.36',
    [],
    ['RolledBack'],
  ]);
});

test('of clusters with one name each command has the id', async () => {
  const clusters = ['111111111111', '222222222222'].map((account) => ({ name: 'shop', account, version: '1.36' }));
  const world = await smallFleet({ clusters, policy: { waves: [{ name: 'all', requireReady: '24h' }] } });
  await runWorld(world, { until: new Date(DAY.getTime() + HOUR), quietHours: 24 });
  const loaded = { state: world.eks.state, now: DAY, approvals: [], configPaths: [], statements: [] };
  const text = JSON.stringify((await runReport(world, loaded, false)).clusters);
  expect(text).toContain('liftlock scan cluster 222222222222.eu-central-1.shop');
  expect(text).not.toMatch(/liftlock [a-z ]*cluster shop/);
});
