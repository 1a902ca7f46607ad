import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { groupsOf, keyOf } from './changed-policy.ts';
import { hours, PERSON, recordOf, smallFleet, versionOf } from './small-fleet.ts';

const ARN = 'arn:aws:iam::111111111111:role/terraform';

test.each([
  [
    'never',
    'Somebody starts the state machine liftlock-roll-node-group for it, or applies policy-0 with finish: propose',
  ],
  ['propose', 'Somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run)'],
  ['always', 'The next rollout of policy-0 takes it in'],
])(
  'a cluster that failed half-way, and that somebody moves further, is released, and then finished as finish: %s has it',
  async (finish, says) => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] }],
      policy: { trigger: 'manual', finish },
      prepare: (state) =>
        void state.plannedFailures.push({
          ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
          ...{ errorCode: 'NodeCreationFailure', errorMessage: 'no nodes' },
        }),
    });
    await hours(world, 0.25);
    await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.36', PERSON, { approve: true });
    await hours(world, 3);
    expect([versionOf(world, 'web'), groupsOf(world, 'web')]).toEqual(['1.36', ['1.35']]);
    world.eks.addActor({
      ...{ account: '111111111111', region: 'eu-central-1', at: world.clock.now().getTime() + 1 },
      ...{ do: 'operation', principal: ARN, operation: 'UpdateClusterVersion' },
      input: { name: 'web', version: '1.37' },
    });
    await hours(world, 3);
    expect(versionOf(world, 'web')).toBe('1.37');
    const explained = async () => (await explainCluster(world.ports, await recordOf(world, 'web'))).when.condition;
    expect(await explained()).toBe(
      'Somebody runs: liftlock release cluster web. Who goes on with it then says: liftlock explain cluster web',
    );
    await releaseCluster(world.ports, await keyOf(world, 'web'), PERSON);
    await hours(world, 0.5);
    expect(await explained()).toContain(says);
  },
);
