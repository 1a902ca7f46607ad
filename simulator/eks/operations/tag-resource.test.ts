import { refusal } from '../../../test/material/eks/world.ts';
import { shop } from '../../../test/refusals/refusal.ts';

test('tags that are taken off are gone, one that was not there is no error, and others stay', () => {
  const world = shop({ tags: { team: 'retail', 'liftlock/paused': 'true' } })();
  const resourceArn = 'arn:aws:eks:eu-central-1:111111111111:cluster/shop';
  expect(world.call('UntagResource', { resourceArn, tagKeys: ['liftlock/paused', 'none'] })).toEqual({});
  expect(world.call('DescribeCluster', { name: 'shop' }).cluster?.tags).toEqual({ team: 'retail' });
  expect(refusal(() => world.call('UntagResource', { resourceArn, tagKeys: [] }))).toBe('BadRequestException');
});
