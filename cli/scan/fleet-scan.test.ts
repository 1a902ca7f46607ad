import { setTimeout as delay } from 'node:timers/promises';
import type { ScanMatrix } from '../../core/queries/scan-matrix.ts';
import type { ScanReport } from '../../core/scan/report/report-schema.ts';
import { Regions } from '../../core/store/entities.ts';
import { loadKind, put } from '../../core/store/entity.ts';
import { type Ran, type RunOptions, runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';
import { attributesClass as attributesClassOf, OLD } from '../../test/material/kubernetes/attributes-class.ts';

type Served = Awaited<ReturnType<typeof servedWorld>>;

const attributesClass = attributesClassOf(OLD, undefined, { team: 'storage' });

const run = (served: Served, line: string, options: RunOptions = {}): Promise<Ran> =>
  runInProcess(line.split(' '), { url: served.url, ...options });

/** Time passes while the command waits. */
function meanwhile(served: Served, line: string): Promise<Ran> {
  const { clock } = served.world;
  return run(served, line, { sleep: () => clock.runUntil(new Date(clock.now().getTime() + 60_000)) });
}

let served: Served;
beforeEach(async () => {
  served = await servedWorld([{ name: 'workers' }]);
  for (const cluster of Object.values(served.world.eks.state.clusters))
    if (cluster.name === 'web') cluster.kubernetes.objects = [attributesClass];
});
afterEach(() => served.close());

test('scan cluster starts a scan, waits for it and prints its report with its exit code', async () => {
  const failed = await meanwhile(served, 'scan cluster web --target 1.37 -o json');
  const report = JSON.parse(failed.out) as ScanReport;
  expect([failed.code, report.kind, report.verdict, report.from, report.target]).toEqual([
    3,
    'ScanReport',
    'fail',
    '1.35',
    '1.37',
  ]);
  expect(report.findings[0]).toMatchObject({ kind: 'VolumeAttributesClass', owner: 'storage', removedIn: '1.37' });
  const passed = await meanwhile(served, 'scan cluster shop -o json');
  expect([passed.code, (JSON.parse(passed.out) as ScanReport).target]).toEqual([0, '1.36']);
  const table = await meanwhile(served, 'scan cluster web --target 1.37');
  expect([table.code, table.out]).toEqual([3, expect.stringContaining('VolumeAttributesClass')]);
  const sarif = await meanwhile(served, 'scan cluster web --target 1.37 -o sarif');
  expect(JSON.parse(sarif.out)).toMatchObject({ version: '2.1.0' });
});

test('where EKS offers nothing newer a look is for the minor that runs, and tells what can be read', async () => {
  const { table } = served.world;
  const regions = await loadKind(table, Regions);
  const only = regions.map((one) =>
    put(Regions, { ...one, versions: [{ version: '1.35', status: 'STANDARD_SUPPORT' }] }, 'any'),
  );
  await table.transact(only);
  const scanned = await meanwhile(served, 'scan cluster shop -o json');
  expect([scanned.code, (JSON.parse(scanned.out) as ScanReport).target]).toEqual([0, '1.35']);
  const checked = await meanwhile(served, 'access check shop --now');
  expect([checked.code, checked.out]).toEqual([
    0,
    expect.stringContaining('can be read as far as the policy asks for'),
  ]);
  expect((await run(served, 'explain cluster shop')).out).toMatch(/Last scan: +pass for 1\.35/);
  // The sum counts by the words of the table.
  const { out } = await run(served, 'readiness');
  const rows = out.split('\n').filter((line) => / +nothing newer /.test(line) && !line.startsWith('  '));
  expect(rows.length).toBeGreaterThan(0);
  expect(out).toMatch(new RegExp(`In all:\n .*\\b${rows.length} nothing newer`));
});

test('scan cluster ends as its execution does: what EKS and the API server say is in the report', async () => {
  for (const { name, kubernetes } of Object.values(served.world.eks.state.clusters))
    if (name === 'shop') kubernetes.failedReadyChecks = ['etcd'];
  const { code, out } = await meanwhile(served, 'scan cluster shop -o json');
  const { verdict, findings } = JSON.parse(out) as ScanReport;
  expect([code, verdict, findings[0]?.rule, findings[0]?.reason]).toEqual([
    3,
    'fail',
    'ApiServerNotReady',
    'preflight',
  ]);
});

test('without waiting it says what was started; waiting too long ends with 5', async () => {
  const started = await run(served, 'scan cluster web --no-wait -o json');
  expect([started.code, JSON.parse(started.out)]).toEqual([0, expect.objectContaining({ status: 'requested' })]);
  const late = await run(served, 'scan cluster web --wait-timeout 0.01', { sleep: () => delay(20) });
  expect([late.code, late.out]).toEqual([5, '']);
  expect(late.err).toContain('execution:liftlock-scan-cluster:scan-');
});

test('scan fleet shows what was scanned, what was not, causes and owners', async () => {
  const before = await run(served, 'scan fleet --target 1.37 -o json');
  expect(before.code).toBe(4);
  expect((JSON.parse(before.out) as ScanMatrix).items.map(({ verdict }) => verdict)).toEqual(Array(4).fill('never'));
  await meanwhile(served, 'scan cluster web --target 1.37');
  await meanwhile(served, 'scan cluster shop');
  const { code, out } = await run(served, 'scan fleet --target 1.37');
  expect(code).toBe(3);
  expect(out).toMatch(/111111111111\.eu-central-1\.shop +1\.35 +other-target +ready after hops +- +- +for 1\.36/);
  expect(out).toMatch(/111111111111\.eu-central-1\.web +1\.35 +fail +blocked +1 /);
  expect(out).toMatch(/us-east-1\.twin +1\.36 +never +incomplete/);
  expect(out).toMatch(/Top causes:\n {2}error \S+ \(storage\): 1 finding in 111111111111\.eu-central-1\.web\. Fix: \S/);
  expect(out).toMatch(/Owners to chase:\n {2}storage: 1 cause of errors/);
  expect(out).toContain('4 clusters for 1.37: 1 fail, 1 scanned for other targets only, 2 never scanned.');
  const passing = await run(served, 'scan fleet --target 1.36 -l env=prod,liftlock/paused!=true');
  expect(passing.code).toBe(passing.out.includes('never') ? 4 : 0);
});

test('scan fleet --start starts what was not scanned for the target lately, and nothing twice', async () => {
  await meanwhile(served, 'scan cluster web --target 1.37');
  const first = await run(served, 'scan fleet --target 1.37 --start');
  expect([first.code, first.err]).toEqual([3, 'Started 3 scans for 1.37. Look again in a few minutes.\n']);
  const { clock } = served.world;
  await clock.runUntil(new Date(clock.now().getTime() + 20 * 60_000));
  const second = await run(served, 'scan fleet --target 1.37 --start -o json');
  expect([second.code, second.err]).toEqual([3, 'Started 0 scans for 1.37.\n']);
  const { items } = JSON.parse(second.out) as ScanMatrix;
  expect(items.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'fail', 'pass']);
});

test('readiness as JUnit and SARIF: a failure for who is blocked, an error or warning for who was not looked at', async () => {
  await meanwhile(served, 'scan cluster web --target 1.36');
  await meanwhile(served, 'scan cluster shop');
  for (const { name, kubernetes } of Object.values(served.world.eks.state.clusters))
    if (name === 'shop') kubernetes.failedReadyChecks = ['etcd<&>'];
  await meanwhile(served, 'scan cluster shop');
  const { code, out } = await run(served, 'readiness -o junit');
  expect(code).toBe(6);
  expect(out).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="liftlock readiness" tests="4" failures="1" errors="2" skipped="0">/,
  );
  expect(out).toMatch(
    /name="shop at 1\.35 for 1\.36" time="0"><failure type="blocked" message="The scan of [^"]*etcd&lt;&amp;&gt;[^"]*">/,
  );
  expect(out).toMatch(/name="web at 1\.35 for 1\.36" time="0"\/>/);
  expect(out).toMatch(/twin at 1\.36 for 1\.37" time="0"><error type="incomplete" message="Nobody has looked /);
  const one = await run(served, 'readiness cluster shop -o junit');
  expect([one.code, one.out.match(/<testsuites .*>/)?.[0]]).toEqual([
    6,
    '<testsuites name="liftlock readiness" tests="1" failures="1" errors="0" skipped="0">',
  ]);
  for (const format of ['junit', 'sarif'])
    expect((await run(served, `readiness --kubeconfig x -o ${format}`)).code).toBe(2);
  const sarif = await run(served, 'readiness -o sarif');
  expect(sarif.code).toBe(6);
  const [run1] = (JSON.parse(sarif.out) as { runs: { tool: object; results: { message: { text: string } }[] }[] }).runs;
  expect(run1?.tool).toMatchObject({
    driver: { rules: [{ id: 'readiness/ApiServerNotReady' }, { id: 'readiness/NeverScanned' }] },
  });
  expect(run1?.results).toMatchObject([
    {
      ruleId: 'readiness/ApiServerNotReady',
      level: 'error',
      message: { text: expect.stringContaining('shop at 1.35 is blocked for 1.36: ') },
      locations: [{ physicalLocation: { artifactLocation: { uri: expect.stringMatching(/^clusters\/.*\.shop$/) } } }],
    },
    { ruleId: 'readiness/NeverScanned', level: 'warning' },
    { ruleId: 'readiness/NeverScanned', level: 'warning' },
  ]);
  // Users see the first reason, and that there are more.
  const more = 'And 1 more: liftlock readiness cluster shop';
  expect((await run(served, 'readiness')).out).not.toContain(more);
  const { state } = served.world.eks;
  const roles = Object.values(state.clusters).flatMap(({ name, description: { roleArn } }) =>
    name === 'shop' ? (roleArn ?? []) : [],
  );
  state.goneResources = roles;
  await meanwhile(served, 'scan cluster shop');
  expect((await run(served, 'readiness')).out).toContain(more);
});

test('describe shows the trend of scans, explain the last one', async () => {
  await meanwhile(served, 'scan cluster web --target 1.37');
  for (const cluster of Object.values(served.world.eks.state.clusters)) cluster.kubernetes.objects = [];
  await meanwhile(served, 'scan cluster web --target 1.37');
  const described = await run(served, 'describe cluster web');
  expect(described.out).toMatch(/Scans:\n.*NOT READ\n.*1\.35 → 1\.37 +pass +0 \(-1\).*\n.*1\.35 → 1\.37 +fail +1 /);
  expect((await run(served, 'explain cluster web')).out).toMatch(/Last scan: +pass for 1\.37, 0 errors/);
});

test('what cannot be scanned is said', async () => {
  const older = await run(served, 'scan cluster web --target 1.30');
  expect([older.code, older.err]).toEqual([2, expect.stringContaining('is at 1.35 already')]);
  expect((await run(served, 'scan cluster nobody')).code).toBe(1);
  expect((await run(served, 'scan fleet')).code).toBe(2);
  expect((await run(served, 'scan fleet --target 1.37 -o sarif')).code).toBe(2);
  expect((await run(served, 'scan cluster web --target 1.36 1.37')).code).toBe(2);
  const skipped = await run(served, 'scan cluster web --skip helm');
  expect([skipped.code, skipped.err]).toEqual([2, expect.stringContaining('UpgradePolicy')]);
});
