import { addCluster } from '../../eks/add-cluster.ts';
import { emptyState } from '../../eks/empty-state.ts';
import { World } from '../../process/world.ts';
import { watchSettings } from './watch-settings.ts';

const start = new Date('2026-11-20T08:00:00Z');

function watched() {
  const state = emptyState(start);
  const { nodegroups } = addCluster(state, {
    name: 'web',
    version: '1.36',
    nodegroups: [{ name: 'a' }, { name: 'b' }],
  });
  const left = watchSettings(new World({ state, start, seed: 1 }));
  const [group] = nodegroups;
  if (group === undefined) throw new Error('the cluster has no group');
  return { group, nodegroups, left };
}

test('a group that is left with other update settings than it had is told, with both', () => {
  const { group, left } = watched();
  group.updateConfig = { maxUnavailable: 3 };
  expect(left()).toEqual([
    { invariant: 'settings', message: expect.stringMatching(/^a@.*"maxUnavailable":1.*"maxUnavailable":3/) },
  ]);
  group.updateConfig = { maxUnavailable: 1, updateStrategy: 'MINIMAL' };
  expect(left()).toHaveLength(1);
});

test('a group whose settings were put back is not, nor is one that is gone or was created anew', () => {
  const { group, nodegroups, left } = watched();
  group.updateConfig = { updateStrategy: 'DEFAULT', maxUnavailable: 1 };
  expect(left()).toEqual([]);
  Object.assign(group, { updateConfig: { maxUnavailable: 2 }, createdAt: group.createdAt + 1 });
  nodegroups.splice(1);
  expect(left()).toEqual([]);
});
