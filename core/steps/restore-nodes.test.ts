import { MemoryTable } from '../../adapters/memory/table.ts';
import { grant, KEY, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { UndoEntry } from '../contracts/items/protocol.ts';
import type { Nodegroup } from '../ports/eks.ts';
import { undoEntriesOf } from '../protocol/undo.ts';
import { UndoEntries } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { restoreNodes } from './restore-nodes.ts';

const left = { clusterKey: KEY, upgradeId: '1.36-1.37', recordedAt: NOON.toISOString() };
const settingsOf = (subject: string): UndoEntry => ({
  ...{ ...left, effect: 'updateConfig', subject, uid: `arn:${subject}` },
  former: { maxUnavailable: 1, updateStrategy: 'DEFAULT' },
  ours: { maxUnavailable: 3, updateStrategy: 'DEFAULT' },
});
const job: UndoEntry = { ...left, effect: 'job', subject: 'hook', uid: 'key', namespace: 'hooks' };
const group = (name: string, maxUnavailable: number, status = 'ACTIVE'): Partial<Nodegroup> => ({
  ...{ nodegroupArn: `arn:${name}`, status, updateConfig: { maxUnavailable } },
});

/** One look of the undo of a hop that has left the settings of the groups `a` and `b`, and a Job. */
async function takenBack(nodegroups: Record<string, Partial<Nodegroup>>) {
  const table = new MemoryTable();
  const own = upgrade({ id: 'undo-1.36-1.37', machine: 'restore-nodes', from: '1.37', to: '1.37' });
  const kept = { grant: grant({ upgradeId: own.id, machine: 'restore-nodes' }), upgrades: [own] };
  const ports = await oneStep(table, { eks: { cluster: { version: '1.37' }, nodegroups }, kept });
  await table.transact([settingsOf('a'), settingsOf('b'), job].map((one) => put(UndoEntries, one, 'absent')));
  const jobs = { open: () => ({ read: async () => undefined, close() {} }) } as unknown as typeof ports.jobs;
  const nodes = { open: () => Promise.reject() } as never;
  const input = stepInput({}, { step: 'restore-nodes' });
  const { status, reasons } = await restoreNodes({ ...ports, jobs, nodes }, input);
  const open = (await undoEntriesOf(table, KEY)).flatMap(({ data }) => (data.closed ? [] : [data.subject]));
  return { status, said: reasons.map(({ message }) => message), open, sent: ports.sent };
}

test('what EKS rolls still keeps its settings for so long, and all the rest is taken back meanwhile', async () => {
  const { status, said, open } = await takenBack({ a: group('a', 3, 'UPDATING'), b: group('b', 1) });
  expect([status, open]).toEqual(['parked', ['a']]);
  expect(said).toEqual(['The node group a is UPDATING; its own update settings are put back when that has ended.']);
});

test('a change that was sent is waited for before anything else is', async () => {
  const { status, open, sent } = await takenBack({ a: group('a', 3), b: group('b', 3) });
  expect([status, open.sort(), sent.length]).toEqual(['wait', ['a', 'b', 'hook'], 1]);
});

test('a change beside one that has to wait is waited for too', async () => {
  const { status, said, sent } = await takenBack({ a: group('a', 3, 'UPDATING'), b: group('b', 3) });
  expect([status, sent]).toMatchObject(['wait', [{ nodegroupName: 'b' }]]);
  expect(said[0]).toMatch(/^Own update settings of b: EKS works on update/);
});

test('where nothing is left to do it is done', async () => {
  const { status, open, sent } = await takenBack({ a: group('a', 1), b: group('b', 1) });
  expect([status, open, sent]).toEqual(['done', [], []]);
});
