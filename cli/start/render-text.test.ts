import { reason } from '../../core/contracts/step-result.ts';
import { clusterReport, runReportOf, waveReport } from '../../test/material/report/example-report.ts';
import { renderText } from './render-text.ts';

const rendered = (report: ReturnType<typeof runReportOf>, columns = 100): string[] =>
  renderText(report, { paint: (_, text) => text, columns }).split('\n');
const long = `${'word '.repeat(120)}end.`;
const blocker = { code: 'ScanFinding', what: long, cause: 'nodegroup:workers', owner: 'team-payments', fix: long };
const held = clusterReport({ name: 'old', bucket: 'held', status: 'Blocked', version: '1.36', blockers: [blocker] });

test('what blocks a cluster stands there with its cause, its owner and its repair, whole, and no line is wider than the terminal', () => {
  const unreadableAccounts = [{ account: '4', region: 'eu-central-1', status: 'Denied', reason: long }];
  for (const columns of [60, 100]) {
    const lines = rendered(runReportOf({ clusters: [held], unreadableAccounts, next: [long] }), columns).slice(5);
    const text = lines.join(' ').replaceAll(/ +/g, ' ');
    expect(text).toContain(
      `What blocks old blocked at 1.36, target 1.37 ScanFinding: ${long} cause: nodegroup:workers owner: team-payments fix: ${long}`,
    );
    expect(text).toContain(`4 in eu-central-1 is Denied: ${long}`);
    expect(text).toContain(`- ${long}`);
    expect(text).not.toContain('…');
    const sentences = lines.filter((line) => line.includes('word'));
    expect(Math.max(...sentences.map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
});

test('of a run in which all is well nothing is noted, and nothing blocks', () => {
  const text = rendered(runReportOf()).join('\n');
  for (const heading of ['What blocks', 'Also noted', 'Accounts']) expect(text).not.toContain(heading);
  expect(text).not.toContain('Looked');
  expect(text).toContain('1 cluster: 1 upgraded, 0 failed, 0 blocked, 0 excluded. Every invariant held: yes.');
});

test('nodes that stay behind are noted, and are not counted as upgraded', () => {
  const reasons = [reason('ManualNodes', 'own is at 1.36'), reason('Looked', 'x')];
  const waves = [waveReport({ members: 3, notWhole: 1, blocked: 1 })];
  const text = rendered(runReportOf({ clusters: [clusterReport({ reasons })], waves })).join('\n');
  expect(text).toContain('Also noted\n  web\n    ManualNodes: own is at 1.36\n');
  expect(text).toContain('████████▓▓▓▓▓▓▓▓!!!!!!!!  1 of 3 upgraded, 1 not whole, 1 blocked');
  expect(text).toContain('1 cluster: 0 upgraded, 1 not whole, 0 failed, 0 blocked, 0 excluded.');
});

test('what others wrote cannot break a line or steer the terminal', () => {
  const evil = 'web\n\u001b[2Jforged';
  const text = renderText(runReportOf({ clusters: [{ ...held, blockers: [{ ...blocker, what: evil }] }] }), {
    paint: (_, shown) => shown,
    columns: 100,
  });
  expect(text).toContain('web\\n\\u001b[2Jforged');
});

test('clusters of one name are told apart where they are named alone', () => {
  const clusters = [held, { ...held, account: '222222222222' }];
  const text = rendered(runReportOf({ clusters })).join('\n');
  for (const account of ['111111111111', '222222222222'])
    expect(text).toContain(`  ${account}.eu-central-1.old  blocked at 1.36`);
});
