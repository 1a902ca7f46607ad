import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterKey } from '../model/cluster-key.ts';
import { clusterNames, memberChanged } from './changes.ts';

const arn = 'arn:aws:eks:eu-central-1:111111111111:cluster/web';
const key = clusterKey(arn, new Date('2026-05-04T10:00:00Z'));

test('events name a cluster by key and ARN, with the account and Region that the ARN has', () => {
  expect(clusterNames(key)).toEqual({
    clusterKey: key,
    cluster: arn,
    account: '111111111111',
    region: 'eu-central-1',
  });
});

test('a member that moved is told with its wave, and the change that moved it', () => {
  const member = memberItem({ clusterKey: key, status: 'Failed' });
  expect(memberChanged(member, waveItem({ name: 'canary' }), 'k#3')).toEqual({
    type: 'MemberChanged',
    detail: {
      version: 1,
      change: 'k#3',
      ...clusterNames(key),
      rolloutId: 'r',
      wave: 'canary',
      status: 'Failed',
      reasons: [],
    },
  });
});
