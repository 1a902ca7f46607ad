import { MemoryTable } from '../../adapters/memory/table.ts';
import { readAnchor } from '../../core/anchors/anchor.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import { link } from '../../core/store/audit.ts';
import { MemoryAnchorStore } from '../../test/contract/memory-anchor-store.ts';
import { definition } from './function.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/audit';
const detail = { writes: [{ revision: 1, active: false, data: { none: null, share: 0.5, list: [] } }] };
const item = link(undefined, { subject: 'fleet', event: 'Stopped', principal: 'p', detail }, new Date(0));

/** DynamoDB's JSON in the form of a stream. */
function image(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(image) };
  return { M: members(value as object) };
}
const members = (value: object) => Object.fromEntries(Object.entries(value).map(([name, each]) => [name, image(each)]));
const record = (eventName: string, before: object | undefined, after: object | undefined) => ({
  eventName,
  eventSourceARN: `${TABLE}/stream/2026-11-20T00:00:00.000`,
  dynamodb: {
    SequenceNumber: '1',
    ...(before === undefined ? {} : { OldImage: members(before) }),
    ...(after === undefined ? {} : { NewImage: members(after) }),
  },
});

const logged: object[] = [];
async function run(event: unknown) {
  const anchors = new MemoryAnchorStore();
  const ports = { anchors, table: new MemoryTable(), clock: { now: () => new Date(1000) } };
  logged.length = 0;
  const output = await definition.run(ports, definition.parse(event), (_, told) => void logged.push(told));
  const text = anchors.texts.get(1);
  return { output, counts: definition.counts?.(output), anchor: text === undefined ? undefined : readAnchor(text) };
}

test('what was put is anchored as it is, under the table that the stream is of', async () => {
  const { output, counts, anchor } = await run({ Records: [record('INSERT', undefined, item)] });
  expect(anchor?.lines).toEqual([{ entry: JSON.parse(JSON.stringify(item)) as AuditItem }]);
  expect(anchor?.header).toMatchObject({ of: TABLE, heads: { fleet: { sequence: 1, hash: item.hash } } });
  expect([output, counts]).toEqual([
    { anchored: 1, tampered: 0 },
    { AuditAnchored: 1, AuditTampered: 0 },
  ]);
});

test.each([
  ['changed', record('MODIFY', item, { ...item, hash: 'x' }), { event: 'MODIFY', before: item.hash, after: 'x' }],
  ['removed', record('REMOVE', item, undefined), { event: 'REMOVE', before: item.hash, after: '' }],
  ['edited before it came', record('INSERT', undefined, { ...item, principal: 'q' }), { after: item.hash }],
  ['no item of ours', record('INSERT', undefined, { subject: 'fleet', sequence: 1.5 }), { sequence: 1.5, after: '' }],
  ['more than an item', record('INSERT', undefined, { ...item, extra: 1 }), { event: 'INSERT' }],
])('what was %s is told, rings and stands in the way of nothing', async (_, tampered, changed) => {
  const { counts, anchor } = await run({ Records: [tampered, record('INSERT', undefined, item)] });
  expect(anchor?.lines).toMatchObject([{ changed: { subject: 'fleet', ...changed } }, { entry: { hash: item.hash } }]);
  expect(counts).toMatchObject({ AuditTampered: 1 });
  expect(logged).toEqual([expect.objectContaining({ item: expect.stringMatching(/^fleet#/) })]);
});

test('the sweep counts as a run', async () => {
  expect((await run({ sweep: TABLE })).counts).toEqual({
    AuditAnchored: 0,
    AuditAnchoredLate: 0,
    AuditTampered: 0,
    Runs: 1,
  });
});

test.each([[{ Records: [] }], [{}], [{ sweep: 'audit' }], [{ Records: [{ eventName: 'INSERT' }] }]])(
  '%j is refused',
  (event) => {
    expect(() => definition.parse(event)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
  },
);
