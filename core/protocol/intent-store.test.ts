import { MemoryTable } from '../../adapters/memory/table.ts';
import { clock, intent, KEY, keep, NOON } from '../../test/material/protocol/one-upgrade.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import type { Update } from '../ports/eks.ts';
import type { Read } from '../store/entity.ts';
import { intentsOf, loadNewestIntent, notBegun, recordDoubt, recordObserved, recordOutcome } from './intent-store.ts';

type Outcome = NonNullable<Intent['outcome']>;
const AT = NOON.toISOString();
const STEP = 'upgrade-control-plane';
const accepted: Outcome = { type: 'accepted', updateId: 'u', at: AT };
const observed: Outcome = { ...accepted, observed: { status: 'Successful', at: AT, errors: [] } };
const neverSent: Outcome = { type: 'never-sent', at: AT };
const refused: Outcome = { type: 'refused', error: 'InvalidParameterException', message: 'no', at: AT };
const lost: Outcome = { type: 'lost', at: AT };

const filled = async (...intents: Intent[]): Promise<MemoryTable> => {
  const table = new MemoryTable();
  await keep(table, { intents });
  return table;
};
const newest = async (table: MemoryTable): Promise<Read<Intent>> => {
  const read = await loadNewestIntent(table, KEY, STEP, 'cluster');
  if (read === undefined) throw new Error('no intent is there');
  return read;
};

test('the newest intent is the one with the highest attempt, of one step on one subject', async () => {
  const others = [intent({ subject: 'coredns', attempt: 90 }), intent({ step: 'roll-node-group', attempt: 91 })];
  const table = await filled(intent({ attempt: 9 }), intent({ attempt: 10 }), ...others);
  expect((await newest(table)).data.attempt).toBe(10);
  expect(await loadNewestIntent(table, KEY, 'update-addons', 'coredns')).toBeUndefined();
  expect((await intentsOf(table, KEY, 'roll-node-group')).map(({ data }) => data.attempt)).toEqual([91]);
  expect(await intentsOf(table, KEY)).toHaveLength(4);
});

test.each<[string, Outcome | undefined, Outcome, boolean, string]>([
  ['taken', undefined, accepted, true, 'MutationAccepted'],
  ['refused', undefined, refused, true, 'MutationRefused'],
  ['not sent', undefined, neverSent, true, 'MutationNotSent'],
  ['lost', undefined, lost, true, 'MutationLost'],
  ['ended', accepted, observed, true, 'UpdateEnded'],
  ['found after all', neverSent, accepted, true, 'MutationAccepted'],
  ['taken twice', accepted, accepted, false, ''],
  ['ended twice', observed, { ...observed, updateId: 'other' }, false, ''],
  ['ended, then taken', observed, accepted, false, ''],
  ['refused, then taken', refused, accepted, false, ''],
  ['taken, then refused', accepted, refused, false, ''],
  ['lost, then taken', lost, accepted, false, ''],
  ['not sent, then refused', neverSent, refused, false, ''],
])('an outcome is recorded once: %s', async (_, before, outcome, isNews, event) => {
  const table = await filled(intent(before === undefined ? {} : { outcome: before }));
  for (const seen of [undefined, await newest(table)].slice(isNews ? 1 : 0)) {
    const after = await recordOutcome({ table, clock }, intent(), outcome, seen);
    expect(after.outcome).toEqual(isNews ? outcome : before);
    expect((await newest(table)).data.outcome).toEqual(isNews ? outcome : before);
    expect(await table.auditOf(KEY)).toMatchObject(
      isNews
        ? [
            {
              event,
              principal: 'liftlock',
              detail: {
                step: STEP,
                subject: 'cluster',
                attempt: 1,
                call: 'UpdateClusterVersion',
                upgradeId: '1.36-1.37',
                outcome,
              },
            },
          ]
        : [],
    );
  }
});

test('what was seen and has moved is read anew', async () => {
  const table = await filled(intent());
  const seen = await newest(table);
  await recordOutcome({ table, clock }, intent(), accepted);
  const after = await recordOutcome({ table, clock }, intent(), observed, seen);
  expect(after.outcome).toEqual(observed);
  expect((await table.auditOf(KEY)).map(({ event }) => event)).toEqual(['MutationAccepted', 'UpdateEnded']);
});

test('a refusal of one commit says nothing of another that was made since, but an update is an update', async () => {
  const table = await filled(intent({ commits: 2 }));
  for (const outcome of [refused, neverSent, lost])
    expect((await recordOutcome({ table, clock }, intent({ commits: 1 }), outcome)).outcome).toBeUndefined();
  expect(await table.auditOf(KEY)).toEqual([]);
  expect((await recordOutcome({ table, clock }, intent({ commits: 1 }), accepted)).outcome).toEqual(accepted);
});

test('an attempt that is not the newest, or is not there, is left alone', async () => {
  const table = await filled(intent({ attempt: 2 }));
  expect(await recordOutcome({ table, clock }, intent({ attempt: 1 }), accepted)).toEqual(intent({ attempt: 1 }));
  expect((await newest(table)).data.outcome).toBeUndefined();
  const empty = await filled();
  expect(await recordOutcome({ table: empty, clock }, intent(), accepted)).toEqual(intent());
});

const busy = Object.assign(new Error('It is busy.'), { name: 'ResourceInUseException' });

test('a doubtful no is put down beside what was committed', async () => {
  const table = await filled(intent());
  await recordDoubt({ table, clock }, await newest(table), busy);
  const doubt = { error: 'ResourceInUseException', message: 'It is busy.', at: AT };
  expect((await newest(table)).data).toEqual(intent({ doubt }));
  expect(await table.auditOf(KEY)).toMatchObject([
    {
      event: 'MutationDoubtful',
      principal: 'liftlock',
      detail: {
        step: STEP,
        subject: 'cluster',
        attempt: 1,
        call: 'UpdateClusterVersion',
        upgradeId: '1.36-1.37',
        doubt,
      },
    },
  ]);
});

test.each<[string, Intent[]]>([
  ['another attempt came', [intent({ attempt: 2 })]],
  ['it was committed again', [intent({ commits: 2 })]],
  ['its outcome is known', [intent({ outcome: accepted })]],
  ['it is gone', []],
])('no doubt is put down where %s', async (_, intents) => {
  const table = await filled(...intents);
  const seen = { key: { pk: 'p', sk: 's' }, data: intent(), revision: 1 };
  await recordDoubt({ table, clock }, seen, busy);
  expect((await intentsOf(table, KEY)).map(({ data }) => data.doubt)).toEqual(intents.map(() => undefined));
  expect(await table.auditOf(KEY)).toEqual([]);
});

test('what was looked up for the last time was refused when EKS had said no, and never sent when it had said nothing', () => {
  expect(notBegun(intent(), AT)).toEqual(neverSent);
  const doubt = { error: 'x', message: 'y', at: '2026-11-20T11:00:00.000Z' };
  expect(notBegun(intent({ doubt }), AT)).toEqual({ type: 'refused', error: 'x', message: 'y', at: AT });
});

test('the end of an update keeps when it was taken, and what EKS says was wrong', async () => {
  const update = {
    id: 'u',
    status: 'Failed',
    errors: [{ errorCode: 'NodeCreationFailure', errorMessage: 'no room' }, {}],
  } as unknown as Update;
  const taken = { ...accepted, at: '2026-11-20T11:00:00.000Z', requestId: 'r-1' };
  const table = await filled(intent({ outcome: taken }));
  const after = await recordObserved({ table, clock }, intent({ outcome: taken }), update, await newest(table));
  expect(after.outcome).toMatchObject({
    type: 'accepted',
    updateId: 'u',
    at: taken.at,
    requestId: 'r-1',
    observed: { status: 'Failed', at: AT, errors: [{ message: 'no room' }, { message: '' }] },
  });
  const open = await filled(intent());
  const plain = { id: 'u', status: 'Successful' } as unknown as Update;
  const found = await recordObserved({ table: open, clock }, intent(), plain);
  expect(found.outcome).toEqual({ ...accepted, observed: { status: 'Successful', at: AT, errors: [] } });
  const wasRefused = await recordObserved(
    { table: await filled(intent()), clock },
    intent({ outcome: refused }),
    plain,
  );
  expect(wasRefused.outcome).toMatchObject({ at: AT });
});
