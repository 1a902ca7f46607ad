import { MemoryTable } from '../../adapters/memory/table.ts';
import { intent, KEY, type Kept, NOON } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import type { Update } from '../ports/eks.ts';
import { SettledUpdates } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { findUpdatesInFlight, foreignReason, stopBeside, withSettled } from './foreign-updates.ts';

interface Given {
  readonly updates?: readonly Partial<Update>[];
  readonly settled?: readonly string[];
  readonly kept?: Kept;
  readonly subject?: { readonly nodegroupName?: string; readonly addonName?: string };
  /** It is opened as a reading step, which knows what has ended. */
  readonly looks?: boolean;
}

async function inFlight({ updates = [], settled, kept = {}, subject = {}, looks = false }: Given) {
  const table = new MemoryTable();
  const { nodegroupName, addonName } = subject;
  const name = nodegroupName ? `nodegroup/${nodegroupName}` : addonName ? `addon/${addonName}` : 'cluster';
  const ports = await oneStep(table, { eks: { updates: { [name]: updates } }, kept });
  if (settled !== undefined)
    await table.transact([put(SettledUpdates, { clusterKey: KEY, subject: name, ids: [...settled] }, 'absent')]);
  const context = await contextOf(ports, stepInput(), looks ? 'read' : 'grant');
  ports.asked.length = 0;
  const { ids, foreign, isDoubtful } = await findUpdatesInFlight(ports, context, { name: 'web', ...subject });
  const known = (await load(table, SettledUpdates, KEY, name))?.data.ids;
  return {
    ids,
    foreign: foreign.map(({ id }) => id),
    asked: ports.asked,
    known,
    ...(isDoubtful ? { isDoubtful } : {}),
  };
}
const ended = { id: 'a', status: 'Successful' };
const runs = { id: 'b' };

test.each<[string, Given['subject']]>([
  ['the control plane', {}],
  ['a node group', { nodegroupName: 'a' }],
  ['an add-on', { addonName: 'a' }],
])('what has ended is asked about once, and kept: of %s', async (_, subject) => {
  const given = { updates: [ended, { id: 'c', status: 'Failed' }, runs], ...(subject && { subject }) };
  expect(await inFlight(given)).toEqual({
    ids: ['a', 'c', 'b'],
    foreign: ['b'],
    asked: ['a', 'c', 'b'],
    known: ['a', 'c'],
  });
  for (const looks of [true, false]) {
    const again = await inFlight({ ...given, settled: ['a', 'c', 'old'], looks });
    expect(again).toMatchObject({ foreign: ['b'], asked: ['b'], known: ['a', 'c', 'old'] });
  }
});

test('what EKS does not list any more is forgotten when something is learned', async () => {
  expect((await inFlight({ updates: [ended], settled: ['old'] })).known).toEqual(['a']);
});

test('nothing is asked or kept where all is known', async () => {
  expect(await inFlight({ updates: [ended], settled: ['a'] })).toEqual({
    ids: ['a'],
    foreign: [],
    asked: [],
    known: ['a'],
  });
  expect(await inFlight({})).toEqual({ ids: [], foreign: [], asked: [], known: undefined });
});

test('what Liftlock itself has seen the end of is not asked about again, and kept', async () => {
  const at = '2026-11-20T12:00:00.000Z';
  const observed = { status: 'Successful' as const, at, errors: [] };
  const mine = intent({ outcome: { type: 'accepted', updateId: 'a', at, observed } });
  const found = await inFlight({ updates: [ended, runs], kept: { intents: [mine] } });
  expect(found).toEqual({ ids: ['a', 'b'], foreign: ['b'], asked: ['b'], known: ['a'] });
});

test('what Liftlock itself has begun is nobody else’s', async () => {
  const at = '2026-11-20T12:00:00.000Z';
  const mine = intent({ outcome: { type: 'accepted', updateId: 'b', at } });
  expect((await inFlight({ updates: [runs], kept: { intents: [mine] } })).foreign).toStrictEqual([]);
  const refused = intent({ outcome: { type: 'refused', error: 'x', message: 'x', at } });
  expect((await inFlight({ updates: [runs], kept: { intents: [refused] } })).foreign).toEqual(['b']);
});

const doubt = { error: 'ServerException', message: 'x', at: '2026-11-20T12:00:01.000Z' };
test.each([
  ['is not known yet', intent()],
  ['is doubtful', intent({ doubt })],
])('what a call of ours may have begun whose outcome %s is nobody else’s', async (_, open) => {
  const found = await inFlight({ updates: [runs], kept: { intents: [open] } });
  expect(found).toMatchObject({ foreign: [], isDoubtful: true });
});

test.each<[string, Partial<Update>, Partial<Intent>]>([
  ['was there before the call', {}, { knownUpdateIds: ['b'] }],
  ['began long after the call', { createdAt: new Date('2026-11-20T12:02:00Z') }, {}],
  ['is of another kind', { type: 'LoggingUpdate' }, {}],
  [
    'is of another subject',
    {},
    { subject: 'a', call: { name: 'UpdateAddon', input: { clusterName: 'web', addonName: 'a' } } },
  ],
])('what %s is somebody else’s, whatever of ours is open', async (_, update, open) => {
  const found = await inFlight({ updates: [{ ...runs, ...update }], kept: { intents: [intent(open)] } });
  expect(found).toMatchObject({ foreign: ['b'] });
});

test('nothing is begun beside a call of ours whose outcome is not known, and nobody is said to have made it', async () => {
  const table = new MemoryTable();
  const ports = await oneStep(table);
  const stop = (foreign: readonly Update[], isDoubtful: boolean) =>
    contextOf(ports).then((context) => stopBeside(ports, context, 'web', { ids: [], foreign, isDoubtful, unread: 0 }));
  expect(await stop([], false)).toBeUndefined();
  expect(await stop([], true)).toMatchObject({
    status: 'wait',
    waitSeconds: 30,
    reasons: [{ code: 'OutcomeUnknown' }],
  });
  const other = { id: 'u', type: 'VersionUpdate', createdAt: NOON } as Update;
  expect(await stop([other], true)).toMatchObject({ status: 'parked', reasons: [{ code: 'ForeignUpdate' }] });
});

test.each([
  ['an hour ago in a hop of eight days', 8, [1 / 24], 'parked'],
  ['six days ago in a hop of eight days', 8, [6], 'parked'],
  ['seven days ago in a hop of eight days', 8, [7], 'blocked'],
  ['seven days ago, with a newer one beside it', 8, [1 / 24, 7], 'blocked'],
  ['eight days ago in a hop of six days', 6, [8], 'parked'],
])('somebody else is waited for, for seven days, who began %s', async (_, hop, begun, status) => {
  const ports = await oneStep(new MemoryTable());
  const context = await contextOf(ports);
  const ago = (days: number): Date => new Date(ports.clock.now().getTime() - days * 86_400_000);
  const upgrade = context.upgrade && { ...context.upgrade, startedAt: ago(hop).toISOString() };
  const foreign = begun.map((days) => ({ id: 'u', type: 'VersionUpdate', createdAt: ago(days) }) as unknown as Update);
  const updates = { ids: [], foreign, isDoubtful: false, unread: 0 };
  expect(stopBeside(ports, { ...context, upgrade }, 'web', updates)?.status).toBe(status);
});

test('what has ended of the control plane and of all add-ons is read at once', async () => {
  const table = new MemoryTable();
  const ports = await oneStep(table);
  const kept = [
    { clusterKey: KEY, subject: 'cluster', ids: ['a'] },
    { clusterKey: KEY, subject: 'addon/x', ids: ['b'] },
  ];
  await table.transact(kept.map((one) => put(SettledUpdates, one, 'absent')));
  const context = await contextOf(ports);
  const reads = table.reads.get;
  const known = await withSettled(ports, { ...context, settled: new Map([['nodegroup/n', ['c']]]) }, ['x', 'y']);
  expect([...known.settled]).toEqual([
    ['nodegroup/n', ['c']],
    ['cluster', ['a']],
    ['addon/x', ['b']],
    ['addon/y', []],
  ]);
  expect(table.reads.get).toBe(reads + 1);
});

test('somebody else’s update is told by its type and its id, as far as they are known', () => {
  const update = { id: 'u', type: 'VersionRollback' } as Update;
  const { code, message } = foreignReason('web', [update, update]);
  expect(code).toBe('ForeignUpdate');
  expect(message).toBe("Somebody else's VersionRollback (u) runs on web; nothing is started while it does.");
  expect(foreignReason('web', []).message).toContain("Somebody else's update (unknown id) runs on web");
});
