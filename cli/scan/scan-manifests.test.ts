import { budget, reportOf, reportsOf, type ScanFolder, scan, scanFolder } from '../../test/material/cli/scan-folder.ts';

let folder: ScanFolder;
beforeEach(() => {
  folder = scanFolder({ 'bad/budget.yaml': budget(), 'good/budget.yaml': budget('api', 'policy/v1') });
});
afterEach(() => folder.remove());

test('what the target takes passes, with 0 and a sentence', async () => {
  const { code, out, err } = await scan('--manifests', folder.of('good'), '--target', '1.36');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^PASS: .*good for 1\.36: 0 errors, 0 warnings, 1 document read\. Nothing was left unread\.$/m);
});

test('what it does not take fails, with 3, the place and the repair', async () => {
  const { code, out } = await scan('--manifests', folder.path, '--target', '1.36');
  expect(code).toBe(3);
  expect(out).toContain(`${folder.of('bad/budget.yaml')}:1:1`);
  expect(out).toContain('fix: Set apiVersion: policy/v1 in ');
  expect(out).toMatch(/^FAIL: .*1 error, 0 warnings, 2 documents read/m);
});

test.each([
  ['1.24', 'removed', 0],
  ['1.24', 'deprecated', 3],
  ['1.25', 'removed', 3],
  ['1.25', 'none', 0],
  ['1.20', 'deprecated', 0],
])('for %s with --fail-on %s it ends with %i', async (target, failOn, expected) => {
  expect((await scan('--manifests', folder.of('bad'), '--target', target, '--fail-on', failOn)).code).toBe(expected);
});

test('several targets, written in either way, give a list in order, each once; the worst counts', async () => {
  const argv = ['--manifests', folder.of('bad'), '--target', 'v1.25.3', '1.24,1.23', '1.24'];
  const reports = await reportsOf(argv);
  expect(reports.map(({ target, verdict }) => `${target} ${verdict}`)).toEqual(['1.23 pass', '1.24 pass', '1.25 fail']);
  expect((await scan(...argv)).code).toBe(3);
});

test('--hops gives each minor on the way, a list even where it is one', async () => {
  const hops = async (from: string) =>
    (await reportsOf(['--manifests', folder.of('bad'), '--target', '1.25', '--hops', '--from', from])).map(
      ({ target, verdict }) => `${target} ${verdict}`,
    );
  expect(await hops('1.22')).toEqual(['1.23 pass', '1.24 pass', '1.25 fail']);
  expect(await hops('1.24')).toEqual(['1.25 fail']);
});

test('a target that the tables do not reach is incomplete, and is told how to go on', async () => {
  const { code, out } = await scan('--manifests', folder.of('good'), '--target', '1.99');
  expect(code).toBe(4);
  expect(out).toMatch(/removals of Kubernetes 1\.99: The tables of .* know removals up to .*\. Update Liftlock/);
  expect((await scan('--manifests', folder.of('bad'), '--target', '1.99')).code).toBe(3);
});

test('a baseline lets through what it has, and nothing else', async () => {
  const baseline = folder.of('baseline.json');
  const { out } = await scan('--manifests', folder.of('bad'), '--target', '1.36', '-o', 'json');
  folder.write({ 'baseline.json': out });
  const argv = ['--manifests', folder.of('bad'), '--target', '1.36', '--baseline', baseline];
  expect(await scan(...argv)).toMatchObject({ code: 0, out: expect.stringContaining('error, known') });
  folder.write({ 'bad/second.yaml': budget('web') });
  const again = await scan(...argv);
  expect(again.code).toBe(3);
  expect(again.out).toContain('1 new since 2026-11-20T08:00:00.000Z');
  const report = await reportOf(argv);
  expect(report.findings.map(({ name, new: isNew }) => [name, isNew])).toEqual([
    ['web', true],
    ['api', false],
  ]);
});

test('a waiver lets a finding through and stays in sight', async () => {
  folder.write({
    'waiver.yaml':
      'apiVersion: liftlock/v1alpha1\nkind: ScanWaiver\nmetadata: {name: w}\nspec:\n  match: {name: api}\n  reason: The chart is late.\n  owner: team-payments\n  expires: 2026-12-31\n',
  });
  const argv = ['--manifests', folder.of('bad'), '--target', '1.36', '--waivers', folder.of('waiver.yaml')];
  expect(await scan(...argv)).toMatchObject({ code: 0, out: expect.stringContaining('error, waived') });
  expect((await reportOf(argv)).findings[0]).toMatchObject({
    waived: true,
    waiver: expect.stringContaining('team-payments'),
  });
});

test('--only decides what is shown and what counts, and every format says how many were left out', async () => {
  const argv = ['--manifests', folder.path, '--target', '1.36', '--only'];
  expect((await scan(...argv, 'severity=error')).code).toBe(3);
  const passed = await scan(...argv, 'severity=warning');
  expect(passed.code).toBe(0);
  expect(passed.out).toMatch(/^PASS: .* Left out: 1 finding other than severity=warning\.$/m);
  expect(passed.err).toBe('1 finding other than severity=warning left out for 1.36, and none is left.\n');
  for (const format of ['csv', 'junit', 'sarif']) {
    folder.write({ 'bad/late.yaml': 'apiVersion: cert-manager.io/v1alpha2\nkind: Issuer\nmetadata: {name: i}\n' });
    const { out, err } = await scan(...argv, 'severity=warning', '-o', format);
    expect(out).not.toContain('policy/v1beta1');
    expect(err).toBe('1 finding other than severity=warning left out for 1.36.\n');
  }
  expect(await scan(...argv, 'color=red')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--only color=red says nothing'),
  });
});

test('--list looks for kinds of one’s own, in YAML and JSON, and says what is wrong in a list before anything is read', async () => {
  const kinds = [{ group: 'policy', version: 'v1', kind: 'PodDisruptionBudget', deprecatedIn: '1.35' }];
  const document = { apiVersion: 'liftlock/v1alpha1', kind: 'KindList', metadata: { name: 'own' }, spec: { kinds } };
  folder.write({
    'lists/own.json': JSON.stringify(document),
    'wrong.yaml': 'apiVersion: liftlock/v1alpha1\nkind: KindList\n',
  });
  const argv = ['--manifests', folder.of('good'), '--target', '1.36', '--list'];
  expect((await reportOf([...argv, folder.of('lists')])).findings).toMatchObject([
    { severity: 'warning', rule: 'list:own' },
  ]);
  const { code, err } = await scan(...argv, folder.of('wrong.yaml'));
  expect(code).toBe(2);
  for (const member of ['metadata', 'spec'])
    expect(err).toContain(`${folder.of('wrong.yaml')}:1:1: error: ${member}: is missing`);
});
