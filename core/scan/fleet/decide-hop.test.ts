import { covered, judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { blockersOf, decideHop } from './decide-hop.ts';

const hop = { from: '1.36', target: '1.37', clusters: ['web'] };
const finding = (changes: Parameters<typeof judged>[0]) => judged({ source: 'object', removedIn: '1.37', ...changes });
const codes = (parts: Parameters<typeof reportOf>[0]) => {
  const { blockers, notes } = decideHop(reportOf({ ...hop, ...parts }));
  return [blockers.map(({ code }) => code), notes.map(({ code }) => code)];
};

test.each([
  ['an API that goes with this hop', finding({}), ['ScanFinding'], []],
  ['what has no minor, such as a webhook without a server', finding({ removedIn: null }), ['ScanFinding'], []],
  ['a warning', finding({ severity: 'warning' }), [], ['ScanWarning']],
  ['information', finding({ severity: 'info' }), [], []],
  ['a check of the cluster, by its own name', finding({ source: 'eks', rule: 'NotOffered' }), ['NotOffered'], []],
  [
    'an insight, by its own',
    finding({ source: 'insight', rule: 'InsightWarning', severity: 'warning' }),
    [],
    ['InsightWarning'],
  ],
])('%s', (_, one, blockers, notes) => {
  expect(codes({ findings: [one] })).toEqual([blockers, notes]);
});

test('the policy says what fails', () => {
  const findings = [finding({}), finding({ severity: 'warning', cause: 'other', name: 'other' })];
  expect(codes({ findings, failOn: 'deprecated' })).toEqual([['ScanFinding', 'ScanFinding'], []]);
  expect(codes({ findings, failOn: 'none' })).toEqual([[], ['ScanWarning', 'ScanWarning']]);
});

test('a report that passes lets the hop go on, and no other does', () => {
  for (const failOn of ['removed', 'deprecated', 'none'] as const)
    for (const severity of ['error', 'warning', 'info'] as const)
      for (const source of ['object', 'eks', 'server', 'insight', 'node'] as const)
        for (const status of ['read', 'denied', 'skipped'] as const) {
          const parts = { findings: [finding({ severity, source })], coverage: [covered({ status })], failOn };
          const report = reportOf({ ...hop, ...parts });
          expect([report.verdict, decideHop(report).blockers.length === 0]).toEqual([
            report.verdict,
            report.verdict === 'pass',
          ]);
        }
});

test('what EKS and the API server say of the cluster fails whatever the policy lets pass, unless it is waived', () => {
  for (const source of ['eks', 'server', 'insight'] as const)
    expect(codes({ findings: [finding({ source })], failOn: 'none' })[0]).toEqual(['ScanFinding']);
  expect(codes({ findings: [finding({ reason: 'version-skew', source: 'node' })], failOn: 'none' })[0]).toHaveLength(1);
});

test('two checks that are about one node group are both told', () => {
  const one = (rule: string) => finding({ source: 'eks', rule, cause: 'nodegroup:a', owner: null });
  expect(codes({ findings: [one('VersionSkew'), one('NodegroupStatus')] })[0]?.toSorted()).toEqual([
    'NodegroupStatus',
    'VersionSkew',
  ]);
});

test('what the API server refused is told as that, before other gaps, and is not left out by a word of the policy', () => {
  const detail = 'ClusterForbidden: The API server of web could not be read.';
  const coverage = [
    covered({ what: 'a', source: 'object', status: 'denied', detail: 'x' }),
    covered({ what: 'readiness', source: 'server', status: 'denied', detail }),
    covered({ what: 'z', source: 'server', status: 'error', detail: 'It broke' }),
  ];
  const { blockers } = decideHop(reportOf({ ...hop, findings: [], coverage }));
  expect(blockers.map(({ code }) => code)).toEqual(['ClusterForbidden', 'ScanIncomplete', 'ScanIncomplete']);
  expect(blockers[0]?.message).toBe('The API server of web could not be read.');
  expect(blockers[2]?.message).toBe('z: It broke. Repair it.');
});

test('what AWS refused is granted by the stack of the spoke role, and an object by RBAC', () => {
  const denied = (source: 'capacity' | 'eks' | 'object') =>
    covered({ what: 'x', source, status: 'denied', detail: `no ${source}` });
  const coverage = [denied('capacity'), denied('eks'), denied('object')];
  const told = decideHop(reportOf({ ...hop, findings: [], coverage })).blockers.map(({ message }) => message);
  expect(told.filter((one) => one.includes('Grant it (the stack of the spoke role)'))).toHaveLength(2);
  expect(told.find((one) => one.includes('no object'))).toContain('Grant it (liftlock access manifest)');
});

test('one reason stands for all findings of a cause, with the object, the owner and the repair', () => {
  const findings = ['api', 'web', 'worker'].map((name) => finding({ name, owner: 'team-payments' }));
  const { blockers } = decideHop(reportOf({ ...hop, findings }));
  expect(blockers).toHaveLength(1);
  expect(blockers[0]?.message).toMatch(/^team-payments: .*\(PodDisruptionBudget payments\/api and 2 more\) Write/);
});

test('what is found several times of one object is one object', () => {
  const rules = ['al2-ami', 'cgroup-v1', 'containerd-1x'].map((rule) => finding({ rule, name: 'api' }));
  const told = (findings: typeof rules) =>
    decideHop(reportOf({ ...hop, findings })).blockers.map(({ message }) => message);
  expect(told(rules)).toEqual([expect.stringContaining('(PodDisruptionBudget payments/api) ')]);
  const others = [...rules, finding({ name: 'web' })];
  expect(told(others)).toEqual([expect.stringContaining('(PodDisruptionBudget payments/api and 1 more) ')]);
});

test('what could not be read is never pushed out by findings, nor the other way round', () => {
  const findings = Array.from({ length: 30 }, (_, index) => finding({ cause: `cause-${index}`, name: `n-${index}` }));
  const coverage = Array.from({ length: 30 }, (_, index) =>
    covered({ what: `resource-${index}`, source: 'object', status: 'denied', detail: 'It may not be listed.' }),
  );
  const { blockers } = decideHop(reportOf({ ...hop, findings, coverage }));
  expect(blockers.length).toBeLessThanOrEqual(12);
  expect(blockers.filter(({ code }) => code === 'ScanIncomplete').length).toBe(4);
  expect(
    blockers.find(({ message }) => /^24 more causes .* Run: liftlock scan cluster \S+ --target 1\.\d+$/.test(message)),
  ).toBeDefined();
  expect(blockers.find(({ code }) => code === 'ScanIncomplete')?.message).toBe(
    'resource-0: It may not be listed. Grant it (liftlock access manifest), or leave it out in the UpgradePolicy: scan.skip: [object].',
  );
});

test('a target that the tables do not know stops the hop', () => {
  expect(codes({ target: '1.38', from: '1.37' })[0]).toContain('ScanIncomplete');
});

test('all that stops a hop can be had apart: what is so, why, whose it is and what ends it', () => {
  const findings = Array.from({ length: 30 }, (_, index) =>
    finding({ cause: `cause-${index}`, name: `n-${index}`, owner: 'team-payments' }),
  );
  const unread = (what: string, source: 'object' | 'helm', detail: string) =>
    covered({ what, source, status: 'denied', detail });
  const coverage = [unread('a', 'object', 'No'), unread('b', 'helm', 'No'), unread('c', 'object', 'Never!')];
  const report = reportOf({ ...hop, findings, coverage });
  const all = blockersOf(report);
  expect(all.slice(0, 2).map(({ code, message }) => ({ code, message }))).toEqual(
    decideHop(report).blockers.slice(0, 2),
  );
  expect(all[0]).toMatchObject({ cause: 'cause-0', owner: 'team-payments', code: 'ScanFinding' });
  expect(`team-payments: ${all[0]?.what} ${all[0]?.fix}`).toBe(all[0]?.message);
  const fix = 'Grant it (liftlock access manifest), or leave it out in the UpgradePolicy: scan.skip';
  const gap = { code: 'ScanIncomplete', owner: null };
  expect(all.slice(30).map(({ message: _, ...rest }) => rest)).toEqual([
    { ...gap, cause: 'b, a', what: 'No.', fix: `${fix}: [helm, object].` },
    { ...gap, cause: 'c', what: 'Never!', fix: `${fix}: [object].` },
  ]);
});
