import { clientRequestToken } from './commit.ts';

const parts = {
  epoch: 1,
  clusterKey: 'arn:aws:eks:eu-central-1:111111111111:cluster/web@2026-01-01T00:00:00.000Z',
  step: 'roll-node-group',
  subject: 'workers',
  attempt: 1,
};

test('the same step attempt has the same token, always', () => {
  expect(clientRequestToken({ ...parts })).toBe(clientRequestToken({ ...parts }));
  // The token is pinned: if a release changed it, a repetition would be a second call.
  expect(clientRequestToken(parts)).toBe('495283938c2b531cf1a3e69b933326318308473955679764db606ba970d4cc51');
});

test.each([
  ['epoch', { epoch: 2 }],
  ['cluster', { clusterKey: `${parts.clusterKey}x` }],
  ['step', { step: 'update-addons' }],
  ['subject', { subject: 'others' }],
  ['attempt', { attempt: 2 }],
])('another %s has another token', (_, other) => {
  expect(clientRequestToken({ ...parts, ...other })).not.toBe(clientRequestToken(parts));
});
