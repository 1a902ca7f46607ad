import { MemoryTable } from '../../adapters/memory/table.ts';
import { cluster, grant, HOLDER, KEY, keep, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, failing, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { Grants, SettledUpdates } from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
import { grantOf, isResult, openStep } from './context.ts';

const gone = failing('ResourceNotFoundException');
const opened = async (given: GivenStep, input: StepInput = stepInput(), needs: 'grant' | 'read' = 'grant') =>
  openStep(await oneStep(new MemoryTable(), given), input, needs);
const stranger = stepInput({}, { execution: { arn: 'other', name: 'other', startTime: NOON.toISOString() } });

test('a step acts for the cluster, the upgrade and the grant of its execution', async () => {
  const context = await contextOf(await oneStep(new MemoryTable()));
  expect(context).toMatchObject({
    asker: { arn: HOLDER, name: 'upgrade-name' },
    scope: { account: cluster.account, region: cluster.region },
    name: 'web',
    clusterKey: KEY,
    cluster: { version: '1.36', status: 'ACTIVE' },
    grant: grant(),
    upgrade: upgrade(),
    upgradeRead: { data: upgrade(), revision: 1 },
    startedAt: NOON,
  });
  expect(String(context.target)).toBe('1.37');
  expect(await context.record()).toEqual(cluster);
  expect(context.settled.size).toBe(0);
});

test('the record of a cluster is read when it is asked for, and once', async () => {
  const table = new MemoryTable();
  const context = await contextOf(await oneStep(table));
  const before = table.reads.get;
  await context.record();
  await context.record();
  expect(table.reads.get).toBe(before + 1);
});

test('a step that only looks knows which updates have ended', async () => {
  const table = new MemoryTable();
  const ports = await oneStep(table);
  expect((await contextOf(ports, stepInput(), 'read')).settled).toEqual(new Map([['cluster', []]]));
  await table.transact([put(SettledUpdates, { clusterKey: KEY, subject: 'cluster', ids: ['u-0'] }, 'absent')]);
  expect((await contextOf(ports, stepInput(), 'read')).settled).toEqual(new Map([['cluster', ['u-0']]]));
  const byHand = await contextOf(ports, stranger, 'read');
  expect(byHand.settled).toEqual(new Map([['cluster', ['u-0']]]));
});

test('the upgrade of a step is that of its grant, whatever hop its input names', async () => {
  const kept = { grant: grant({ upgradeId: 'roll' }), upgrades: [upgrade(), upgrade({ id: 'roll' })] };
  expect((await contextOf(await oneStep(new MemoryTable(), { kept }))).upgrade?.id).toBe('roll');
});

test('a step that only looks needs no grant, only a cluster that is known', async () => {
  const context = await contextOf(
    await oneStep(new MemoryTable(), { kept: { grant: undefined } }),
    stepInput(),
    'read',
  );
  expect([context.grant, context.upgrade, context.clusterKey]).toEqual([undefined, undefined, KEY]);
  expect(await context.record()).toEqual(cluster);
  const unknown = await opened({ kept: { grant: undefined, cluster: undefined } }, stepInput(), 'read');
  expect(unknown).toEqual({
    status: 'blocked',
    reasons: [
      {
        code: 'UnknownCluster',
        message:
          'The cluster web is not in the inventory yet. Add its account and Region to the Fleet and wait for discovery.',
      },
    ],
  });
});

test.each([[undefined], [1], [2]])('an execution that speaks contract %s goes on', async (contract) => {
  expect(isResult(await opened({}, stepInput(contract === undefined ? {} : { contract })))).toBe(false);
});

const another = 'The cluster web was deleted and another one was created under its name.';
test.each<[string, GivenStep, StepInput, string, string, string]>([
  [
    'that speaks another contract parks',
    {},
    stepInput({ contract: 3 }),
    'parked',
    'UnknownContract',
    'The execution speaks contract 3; this version takes 2 and 1.',
  ],
  [
    'that speaks another contract, with members that this version does not know, parks',
    {},
    stepInput({ contract: 3, phase: 'between', spread: { over: '2h' } }),
    'parked',
    'UnknownContract',
    'The execution speaks contract 3; this version takes 2 and 1.',
  ],
  [
    'without a grant parks',
    { kept: { grant: undefined } },
    stepInput(),
    'parked',
    'Superseded',
    'This execution does not hold the grant of its cluster: another one does, or nobody.',
  ],
  ['of somebody else parks', {}, stranger, 'parked', 'Superseded', expect.stringContaining('does not hold')],
  [
    'whose grant is closing parks',
    { kept: { grant: grant({ status: 'closing' }) } },
    stepInput(),
    'parked',
    'Superseded',
    expect.stringContaining('does not hold'),
  ],
  [
    'whose cluster is gone ends',
    { eks: { cluster: gone } },
    stepInput(),
    'blocked',
    'Gone',
    'The cluster web was deleted.',
  ],
  [
    'whose cluster is another one ends',
    { eks: { cluster: { createdAt: NOON } } },
    stepInput(),
    'blocked',
    'Gone',
    another,
  ],
])('an execution %s', async (_, given, input, status, code, message) => {
  expect(await opened(given, input)).toEqual({ status, reasons: [{ code, message }] });
});

test('a denial parks what was begun for ten minutes, and is told by whoever has begun nothing', async () => {
  const denied = failing('AccessDeniedException', 'no');
  const kept = { upgrades: [upgrade({ mutated: true })] };
  expect(await opened({ eks: { cluster: denied }, kept })).toEqual({
    status: 'parked',
    resumeAt: '2026-11-20T12:10:00.000Z',
    reasons: [{ code: 'Denied', message: 'web cannot be read: no. Run: liftlock access check' }],
  });
  await expect(opened({ eks: { cluster: denied } })).rejects.toBe(denied);
  const throttled = failing('ThrottlingException');
  await expect(opened({ eks: { cluster: throttled }, kept })).rejects.toBe(throttled);
});

test('a grant is found for its holder and for who is nested in it, by the name of the cluster', async () => {
  const table = new MemoryTable();
  await oneStep(table);
  const number = async (name: string, arn = cluster.arn, of = 'other') =>
    (await grantOf(table, arn, { arn: of, name }))?.data.number;
  expect(await number('x', cluster.arn, HOLDER)).toBe(1);
  expect(await number('upgrade-name--scan-cluster-cluster-0')).toBe(1);
  expect(await number('x')).toBeUndefined();
  expect(await number('x', 'no ARN', HOLDER)).toBeUndefined();
  const empty = new MemoryTable();
  await keep(empty, { grant: grant() });
  expect(await grantOf(empty, cluster.arn, { arn: HOLDER, name: 'x' })).toBeUndefined();
});

test('a cluster that was found is not looked for by its name again, as long as its grant is of who asks', async () => {
  const table = new MemoryTable();
  await oneStep(table);
  const ask = async (arn: string) => (await grantOf(table, cluster.arn, { arn, name: 'x' }))?.data.number;
  expect(await ask(HOLDER)).toBe(1);
  const { partition } = table.reads;
  expect(await ask(HOLDER)).toBe(1);
  expect(table.reads.partition).toBe(partition);
  expect(await ask('other')).toBeUndefined();
  expect(table.reads.partition).toBe(partition + 1);
  const read = await load(table, Grants, KEY);
  await table.transact([replace(Grants, read, grant({ holder: 'other', number: 2 }))]);
  expect(await ask('other')).toBe(2);
  expect(await ask(HOLDER)).toBeUndefined();
});
