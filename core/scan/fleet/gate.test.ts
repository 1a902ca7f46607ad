import { covered, judged } from '../report/testing/findings.ts';
import { reportOf } from '../report/testing/report.ts';
import { gateOf } from './gate.ts';

const hop = { from: '1.36', target: '1.37', clusters: ['web'] };
const finding = (changes: Parameters<typeof judged>[0]) => judged({ source: 'object', removedIn: '1.37', ...changes });
const codes = (parts: Parameters<typeof reportOf>[0]) => {
  const { blockers, notes } = gateOf(reportOf({ ...hop, ...parts }));
  return [blockers.map(({ code }) => code), notes.map(({ code }) => code)];
};

test.each([
  ['an API that goes with this hop', finding({}), ['ScanFinding'], []],
  ['what has no minor, such as a webhook without a server', finding({ removedIn: null }), ['ScanFinding'], []],
  ['an API that went before', finding({ removedIn: '1.32' }), [], ['ScanWarning']],
  ['a warning', finding({ severity: 'warning' }), [], ['ScanWarning']],
  ['information', finding({ severity: 'info' }), [], []],
  ['an insight, which is judged elsewhere', finding({ source: 'insight' }), [], []],
])('%s', (_, one, blockers, notes) => {
  expect(codes({ findings: [one] })).toEqual([blockers, notes]);
});

test('the policy says what fails', () => {
  const findings = [finding({}), finding({ severity: 'warning', cause: 'other', name: 'other' })];
  expect(codes({ findings, failOn: 'deprecated' })).toEqual([['ScanFinding', 'ScanFinding'], []]);
  expect(codes({ findings, failOn: 'none' })).toEqual([[], ['ScanWarning', 'ScanWarning']]);
});

test('the gauge of the API server stops a hop only where no insights were read', () => {
  const findings = [finding({ source: 'telemetry' })];
  expect(codes({ findings })).toEqual([['ScanFinding'], []]);
  const coverage = [covered({ source: 'insight', what: 'upgrade insights of Amazon EKS' })];
  expect(codes({ findings, coverage })).toEqual([[], ['ScanWarning']]);
});

test('one reason stands for all findings of a cause, with the object, the owner and the repair', () => {
  const findings = ['api', 'web', 'worker'].map((name) => finding({ name, owner: 'team-payments' }));
  const { blockers } = gateOf(reportOf({ ...hop, findings }));
  expect(blockers).toHaveLength(1);
  expect(blockers[0]?.message).toMatch(/^team-payments: .*\(PodDisruptionBudget payments\/api and 2 more\) Write/);
});

test('what could not be read is never pushed out by findings, nor the other way round', () => {
  const findings = Array.from({ length: 30 }, (_, index) => finding({ cause: `cause-${index}`, name: `n-${index}` }));
  const coverage = Array.from({ length: 30 }, (_, index) =>
    covered({ what: `resource-${index}`, source: 'object', status: 'denied', detail: 'It may not be listed.' }),
  );
  const { blockers } = gateOf(reportOf({ ...hop, findings, coverage }));
  expect(blockers.length).toBeLessThanOrEqual(12);
  expect(blockers.filter(({ code }) => code === 'ScanIncomplete').length).toBe(4);
  expect(blockers.find(({ message }) => message.startsWith('24 more causes'))).toBeDefined();
  expect(blockers.find(({ code }) => code === 'ScanIncomplete')?.message).toBe(
    'resource-0: It may not be listed. Grant it (liftlock access manifest), or leave it out in the UpgradePolicy: scan.skip: [object].',
  );
});

test('a target that the tables do not know stops the hop', () => {
  expect(codes({ target: '1.38', from: '1.37' })[0]).toContain('ScanIncomplete');
});
