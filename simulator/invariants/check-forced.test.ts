import { testWorld } from '../../test/material/eks/world.ts';
import { inForce, KEY, tagged } from '../../test/material/invariants/fabricate.ts';
import { shop } from '../../test/material/kubernetes/server-under-test.ts';
import { addCluster } from '../eks/add-cluster.ts';
import type { UpdateRecord } from '../eks/state/fake-eks-state.ts';
import { checkForced } from './check-window.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const STUCK = [{ errorCode: 'PodEvictionFailure' as const, errorMessage: 'pods stay', resourceIds: [] }];
interface Roll {
  readonly minute: number;
  readonly ends: 'stuck' | 'well';
  readonly force?: true;
  readonly group?: string;
}
const stuck: Roll = { minute: 10, ends: 'stuck' };
const byForce = (minute: number): Roll => ({ minute, ends: 'well', force: true });

/** The violations after these rolls of a cluster of the stage, whose policy has those of the stage dev rolled by force after an hour. */
function told(rolls: readonly Roll[], stage = 'dev', hasForce = true): string[] {
  const world = testWorld((state) => addCluster(state, shop));
  const [cluster] = Object.values(world.state.clusters);
  if (cluster === undefined) throw new Error('the world has no cluster');
  const force = { after: '1h', selector: { matchLabels: { stage: 'dev' } } };
  const podEvictionFailure = { retries: 3, ...(hasForce ? { force } : {}) };
  const history = inForce({
    fleet: { labels: { fromTags: { stage: 'stage' } } },
    spec: { nodes: { podEvictionFailure } },
  }).add(KEY, 'ClusterDiscovered', {}, tagged({ stage }));
  let passed = 0;
  for (const [index, { minute, ends, group = 'workers', force: isForced }] of rolls.entries()) {
    const clientRequestToken = `token-${index}`;
    const input = {
      clusterName: 'web',
      nodegroupName: group,
      clientRequestToken,
      ...(isForced && { force: isForced }),
    };
    history
      .wait(minute - passed)
      .commit('roll-node-group', { subject: group, call: { name: 'UpdateNodegroupVersion', input } });
    passed = minute;
    const createdAt = NOON + minute * 60_000;
    cluster.updates.push({
      ...{
        id: `u-${index}`,
        type: 'VersionUpdate',
        params: [],
        createdAt,
        endedAt: createdAt + 60_000,
        principal: 'liftlock',
      },
      ...{ nodegroupName: group, request: { operation: 'UpdateNodegroupVersion', input } },
      ...(ends === 'stuck' ? { status: 'Failed', errors: STUCK } : { status: 'Successful', errors: [] }),
    } satisfies UpdateRecord);
  }
  return history.violations(checkForced, cluster).map(({ message }) => message);
}

test('a roll by force is right where the policy names the cluster, after its time', () => {
  expect(told([stuck, byForce(70)])).toEqual([]);
  expect(told([stuck, { minute: 40, ends: 'stuck' }, byForce(70)])).toEqual([]);
});

test.each<[string, Parameters<typeof told>, RegExp]>([
  ['before its time', [[stuck, byForce(60)]], /it waits 1h$/],
  ['in a cluster that the policy does not name', [[stuck, byForce(70)], 'prod'], /no policy names the cluster$/],
  ['where no policy has any', [[stuck, byForce(70)], 'dev', false], /no policy names the cluster$/],
  ['where no pod has stayed', [[byForce(70)]], /no pod had stayed$/],
  ['for what stayed in another group', [[{ ...stuck, group: 'other' }, byForce(70)]], /no pod had stayed$/],
  [
    'for what stayed before one that succeeded',
    [[stuck, { minute: 30, ends: 'well' }, byForce(90)]],
    /no pod had stayed$/,
  ],
  ['a second time', [[stuck, { ...byForce(70), ends: 'stuck' }, byForce(80)]], /for the second time$/],
])('a roll by force %s is noticed', (_, given, said) => {
  expect(told(...given)).toEqual([expect.stringMatching(said)]);
});
