import type { Source } from '../api-objects.ts';
import { Histories } from './histories.ts';
import { ObjectHistory } from './object-history.ts';

const object = (name: string, uid: string, spec: object = {}): Source => {
  const metadata = { namespace: 'shop', name, uid, creationTimestamp: '2026-11-20T08:00:00Z' };
  return { key: `shop/${name}`, make: () => ({ metadata, spec }) };
};
const told = (history: ObjectHistory, since: number) =>
  history
    .changesSince('pods', since)
    ?.map(({ before, after }) => [before?.metadata.uid ?? null, after?.metadata.uid ?? null]);

test('objects keep their version until they change', () => {
  const history = new ObjectHistory({ last: 0 });
  const first = history.observe('pods', [object('a', '1'), object('b', '2')]);
  expect(first.objects.map(({ metadata }) => metadata.resourceVersion)).toEqual(['1', '2']);
  expect(history.observe('pods', [object('a', '1'), object('b', '2')])).toEqual(first);
  const second = history.observe('pods', [object('a', '1', { changed: true }), object('b', '2')]);
  expect(second.objects.map(({ metadata }) => metadata.resourceVersion)).toEqual(['3', '2']);
  expect(second.revision).toBe(3);
});

test('what changed since is told in order; the first look is no news', () => {
  const history = new ObjectHistory({ last: 0 });
  const { revision } = history.observe('pods', [object('a', '1'), object('b', '2')]);
  expect(told(history, revision)).toEqual([]);
  history.observe('pods', [object('a', '1', { changed: true }), object('b', '3'), object('c', '4')]);
  history.observe('pods', [object('b', '3'), object('c', '4')]);
  expect(told(history, revision)).toEqual([
    ['1', '1'],
    ['2', null],
    [null, '3'],
    [null, '4'],
    ['1', null],
  ]);
  expect(told(history, revision - 1)).toBeUndefined();
});

test('changes are forgotten when there are too many', () => {
  const history = new ObjectHistory({ last: 0 });
  const { revision } = history.observe('pods', [object('a', '1')]);
  for (let count = 0; count < 2_001; count++) history.observe('pods', [object('a', '1', { count })]);
  expect(told(history, revision)).toBeUndefined();
  expect(told(history, revision + 1)).toHaveLength(2_000);
});

test('a cluster that was forgotten goes on with versions that nobody has seen', () => {
  const histories = new Histories();
  const cluster = (number: number) => ({ arn: `arn:${number}`, createdAt: 0 });
  const { history } = histories.of(cluster(0));
  const { revision } = history.observe('pods', [object('a', '1')]);
  expect(histories.of(cluster(0)).history).toBe(history);
  for (let number = 1; number <= 50; number++)
    histories.of(cluster(number)).history.observe('pods', [object('a', '1')]);
  const again = histories.of(cluster(0)).history;
  expect(again).not.toBe(history);
  expect(again.observe('pods', []).revision).toBeGreaterThan(revision);
  expect(again.changesSince('pods', revision)).toBeUndefined();
});
