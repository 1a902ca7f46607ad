import { requestRollback } from '../../core/operations/request-rollback.ts';
import { at, groupsOf, spec } from './changed-policy.ts';
import { hours, memberOf, PERSON, recordOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test.each([
  ['bake', { bake: '6h' }],
  ['watch', { watch: '6h' }],
])(
  'what a later wave has half done goes on after its %s while a cluster of an earlier one goes back',
  async (_, more) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
      policy: spec(at('dev'), at('prod', more)),
    });
    await hours(world, 4);
    expect((await memberOf(world, 'p')).status).toBe('Parked');
    const failure = {
      clusterName: 'd',
      nodegroupName: 'workers',
      type: 'VersionUpdate',
      errorCode: 'NodeCreationFailure',
    };
    world.eks.state.plannedFailures.push({ ...failure, errorMessage: 'no' } as never);
    await requestRollback(world.ports, await recordOf(world, 'd'), PERSON, { approve: true });
    await hours(world, 48);
    expect([(await memberOf(world, 'p')).status, groupsOf(world, 'p')]).toEqual(['Succeeded', ['1.37']]);
  },
);
