import { EVENT_EXAMPLES } from '../../core/contracts/event-examples.ts';
import type { LiftlockEvent } from '../../core/contracts/events.ts';
import { type Reason, reason } from '../../core/contracts/step-result.ts';
import { plainLines } from './plain-lines.ts';

const at = new Date('2026-11-20T08:00:00Z');

function written(event: LiftlockEvent): string {
  let text = '';
  plainLines((line) => {
    text += line;
  })({ at, event });
  return text;
}

const upgraded = (...reasons: Reason[]) =>
  written({ type: 'UpgradeChanged', detail: { ...EVENT_EXAMPLES.UpgradeChanged.detail, reasons } });

test('a cause stands in its line as a whole, however long it is', () => {
  const message = `${'word '.repeat(100)}end.`;
  expect(upgraded(reason('ScanFinding', message))).toContain(`(ScanFinding: ${message})\n`);
});

test('a drain stands there as that of its node group, and what takes back what one has left as an undo', () => {
  const { detail } = EVENT_EXAMPLES.UpgradeChanged;
  const moves = { ...detail, from: '1.34', to: '1.34', status: 'Failed', reasons: [] };
  const drain = { ...moves, upgradeId: 'drain-nodes-1', nodegroup: 'legacy' };
  expect(written({ type: 'UpgradeChanged', detail: drain })).toMatch(/ {2}\S+ drain of legacy: Failed\n$/);
  const undo = { ...moves, upgradeId: 'undo-drain-nodes-1' };
  expect(written({ type: 'UpgradeChanged', detail: undo })).toMatch(/ {2}\S+ undo of drain-nodes-1: Failed\n$/);
});

test('what a step has looked at is no cause of a success', () => {
  const looked = reason('Looked', '3 nodes, all Ready.');
  expect(upgraded(looked)).not.toContain('Looked');
  expect(upgraded(looked, reason('NodesBehind', 'workers'))).toContain('(NodesBehind: workers)');
});

test('a step that is done without having changed anything says why', () => {
  const done = (...reasons: Reason[]) =>
    written({ type: 'StepChanged', detail: { ...EVENT_EXAMPLES.StepChanged.detail, status: 'done', reasons } });
  expect(done(reason('ManualNodes', 'ml is at 1.35.'))).toContain(': done (ManualNodes: ml is at 1.35.)');
  expect(done(reason('AtTarget', 'It is there.'))).toContain(': done (AtTarget: It is there.)');
  expect(done(reason('Looked', '3 nodes, all Ready.'))).toMatch(/: done\n$/);
});

test('a step that fails is not explained by what was well: why it failed is told of the upgrade', () => {
  const detail = {
    ...EVENT_EXAMPLES.StepChanged.detail,
    status: 'failed' as const,
    reasons: [reason('HookTimedOut', 'Nobody said go.'), reason('AtTarget', 'It is there.')],
  };
  expect(written({ type: 'StepChanged', detail })).toMatch(/: failed\n$/);
});

test('steps that begin are no news', () => {
  const detail = { ...EVENT_EXAMPLES.StepChanged.detail, status: 'running' as const };
  expect(written({ type: 'StepChanged', detail })).toBe('');
});

test('what an owner is told stands there in the words of the notice', () => {
  const [one] = EVENT_EXAMPLES.OwnerNews.detail.news;
  if (one === undefined) throw new Error('The example tells nothing.');
  const news = [{ ...one, what: 'opens' as const, target: '1.37', at: '2026-11-23T11:00:00Z' }];
  const line = written({ type: 'OwnerNews', detail: { ...EVENT_EXAMPLES.OwnerNews.detail, news } });
  expect(line).toMatch(/^2026-11-20 08:00 {2}\S+: The upgrade of .* to 1\.37 begins at 2026-11-23T11:00:00Z/);
});

test('commands stand there with the id of their cluster, whose name others may have', () => {
  const { cluster } = EVENT_EXAMPLES.UpgradeChanged.detail;
  const name = cluster.slice(cluster.lastIndexOf('/') + 1);
  const [, , , region, account] = cluster.split(':');
  const way = reason('HopReversible', `liftlock rollback cluster ${name} --dry-run says what that would do.`);
  expect(upgraded(way)).toContain(`: liftlock rollback cluster ${account}.${region}.${name} --dry-run says`);
});
