import { requestRollback } from '../../core/operations/request-rollback.ts';
import {
  clusterArn,
  onlyCluster,
  PERSON,
  recordOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

const [OLDER, NEWER] = ['ami-0123456789abcdef1', 'ami-0123456789abcdef0'];
const image = (minor: string) => ({
  ...{ account: '111111111111', region: 'eu-central-1', kubelet: minor, architecture: 'x86_64', tags: { minor } },
  creationDate: '2026-11-01T00:00:00.000Z',
});

test.each<[string, boolean, string, RegExp]>([
  ['goes back like others', true, OLDER, /^Every node of ml was replaced with the AMI ami-0123456789abcdef1\.$/],
  [
    'stays where its older image is gone, and it is told who takes it back',
    false,
    NEWER,
    /^No node of ml, .* stays as it is\. Before it has nodes, whoever owns the launch template takes it to the version before\.$/,
  ],
])('a group that a hop has taken along and that has no nodes now %s', async (_, isThere, launched, said) => {
  const world = await smallFleet({
    clusters: [
      {
        ...{ name: 'web', version: '1.36' },
        nodegroups: [
          { name: 'ml', nodes: 2, amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } },
          { name: 'workers', nodes: 2 },
        ],
      },
    ],
    policy: { nodes: { images: [{ tags: { minor: '{version}' } }] } },
    prepare(state) {
      state.images = { [NEWER]: image('1.37'), [OLDER]: image('1.36') };
      state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
    },
  });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  const empty = {
    clusterName: 'web',
    nodegroupName: 'ml',
    scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 5 },
  };
  const caller = { account: '111111111111', region: 'eu-central-1', principal: PERSON };
  world.eks.operation('UpdateNodegroupConfig', empty, caller, world.clock.now());
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  if (!isThere) delete world.eks.state.images?.[OLDER];
  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.36');
  const ml = onlyCluster(world).nodegroups.find(({ name }) => name === 'ml');
  const { imageId } = world.eks.state.templateVersions?.[`lt-1:${ml?.launchTemplate?.version}`] ?? {};
  expect(imageId).toBe(launched);
  const back = (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
  expect(back?.steps['roll-node-group/ml']?.reasons[0]?.message).toMatch(said);
});
