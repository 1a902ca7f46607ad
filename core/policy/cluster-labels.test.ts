import { fleet } from '../protocol/testing/situation.ts';
import { asKnown, hasLabelsOf, isForgotten, labelsOf, NEVER } from './cluster-labels.ts';
import { clusterRecord } from './testing/cluster-record.ts';

const byTag = { ...fleet, labels: { fromTags: { stage: 'env', team: 'owner' } } };
const tags = { env: 'prod', cost: '7' };
const seenAt = '2026-11-20T12:00:00.000Z';
const labelled = (labels: Record<string, string>) => clusterRecord({ tags, labels, lastSeenAt: seenAt });

test('a label is what its tag says, and a cluster without the tag has no such label', () => {
  expect(labelsOf(tags, byTag)).toEqual({ stage: 'prod' });
});

test.each<[string, Record<string, string>, boolean]>([
  ['are those that the Fleet gives', { stage: 'prod' }, true],
  ['have another value', { stage: 'dev' }, false],
  ['lack one', {}, false],
  ['have one more', { stage: 'prod', team: 'shop' }, false],
  ['have another one instead', { team: 'prod' }, false],
])('where its labels %s: a cluster is known as it was seen, and else as if it had never been', (_, labels, same) => {
  const cluster = labelled(labels);
  expect(hasLabelsOf(byTag, cluster)).toBe(same);
  expect(asKnown(cluster, byTag)).toEqual({ ...cluster, lastSeenAt: same ? seenAt : NEVER });
});

test('what the labels would be, nobody knows without a Fleet: a cluster is known as it was seen', () => {
  expect(asKnown(labelled({ stage: 'dev' }), undefined)).toEqual(labelled({ stage: 'dev' }));
});

test('who was never looked at is forgotten, but one that cannot be read: no look would tell more', () => {
  const denied = {
    type: 'Reachable',
    status: 'False' as const,
    reason: 'Denied',
    message: '',
    lastTransitionTime: seenAt,
  };
  expect(isForgotten(clusterRecord({ lastSeenAt: NEVER }))).toBe(true);
  expect(isForgotten(clusterRecord({ lastSeenAt: NEVER, conditions: [denied] }))).toBe(false);
  expect(isForgotten(labelled({}))).toBe(false);
  expect(isForgotten(undefined)).toBe(false);
});
