import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleet } from '../../test/material/protocol/situation.ts';
import { isForgotten, labeled, labelsOf, NEVER } from './cluster-labels.ts';

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
])('where its stored labels %s, it has those that the Fleet gives', (_, labels, same) => {
  const cluster = labelled(labels);
  expect(labeled(cluster, byTag)).toEqual({ ...cluster, labels: { stage: 'prod' } });
  expect(labeled(cluster, byTag) === cluster).toBe(same);
});

test('a tag is not what every object has', () => {
  expect(labelsOf({}, { ...fleet, labels: { fromTags: { made: 'constructor' } } })).toEqual({});
});

test('what the labels would be, nobody knows without a Fleet: a cluster keeps those that it has', () => {
  expect(labeled(labelled({ stage: 'dev' }), undefined)).toEqual(labelled({ stage: 'dev' }));
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
