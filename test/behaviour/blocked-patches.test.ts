import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { hours, memberOf, mutationsOf, recordOf, rolloutsOf, run, smallFleet } from './small-fleet.ts';

// docs/policies.md, Newer images of the same minor: what stops the roll of a hop stops that of a patch, of the groups that it replaces.

const change = (edit: (cluster: FakeEksState['clusters'][string]) => void) => (state: FakeEksState) => {
  for (const cluster of Object.values(state.clusters)) edit(cluster);
};
const labels = { app: 'gateway' };
const stuck = {
  workloads: [
    { kind: 'Deployment' as const, namespace: 'shop', name: 'gateway', replicas: 2, labels, image: 'gateway:1' },
  ],
  podDisruptionBudgets: [{ namespace: 'shop', name: 'gateway', matchLabels: labels, minAvailable: 2 }],
};

test.each(['always', 'propose'] as const)(
  'a drain that cannot succeed stops a patch before anything is changed, as it stops a hop (finish: %s)',
  async (finish) => {
    const world = await smallFleet({
      clusters: [
        {
          name: 'web',
          version: '1.37',
          nodegroups: [{ name: 'workers', nodes: 2 }],
          ...stuck,
        },
      ],
      policy: { finish, patch: { nodes: {} } },
    });
    await run(world);
    expect(mutationsOf(world)).toEqual([]);
    const member = await memberOf(world, 'web');
    expect([member.status, member.reasons.map(({ code }) => code)]).toEqual(['Blocked', ['DrainStuck', 'AtTarget']]);
  },
);

test('a drain that cannot succeed stops no patch that leaves the group of its nodes as it is', async () => {
  const world = await smallFleet({
    clusters: [
      {
        name: 'web',
        version: '1.37',
        nodegroups: [{ name: 'patched' }, { name: 'workers' }],
        ...stuck,
      },
    ],
    policy: { finish: 'propose', patch: { nodes: {} } },
    prepare: change(({ nodegroups, kubernetes: { nodes, pods } }) => {
      for (const group of nodegroups) if (group.name === 'patched') group.releaseVersion = '1.37.1-20261112';
      const node = nodes.find(({ nodegroupName }) => nodegroupName === 'patched');
      for (const pod of pods) if (pod.owner === 'Deployment/shop/gateway') pod.nodeName = node?.name ?? '';
    }),
  });
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect(mutationsOf(world).map(({ request }) => 'nodegroupName' in request && request.nodegroupName)).toEqual([
    'workers',
  ]);
});

test('too few addresses for the new nodes stop a patch as they stop a hop, where the scan asks for them', async () => {
  const patched = async (policy: object) => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.37', nodegroups: [{ name: 'workers', nodes: 2 }] }],
      policy: { finish: 'propose', ...policy },
      prepare: change(({ nodegroups }) => {
        for (const { description } of nodegroups) description.subnets = ['subnet-full'];
      }),
    });
    world.eks.state.freeAddresses = { 'subnet-full': 0 };
    await run(world);
    const member = await memberOf(world, 'web');
    const said = member.reasons.map(({ message }) => message).join();
    const isShort = said.includes('have 0 free addresses');
    return [member.status, isShort, mutationsOf(world).map(({ operation }) => operation)];
  };
  expect(await patched({ patch: { nodes: {} } })).toEqual(['Blocked', true, []]);
  const unasked = await patched({ patch: { nodes: {} }, scan: { skip: ['capacity'] } });
  expect(unasked).toEqual(['Succeeded', false, ['UpdateNodegroupVersion']]);
});

test.each([
  ['1.37', true, 2],
  ['1.36', undefined, 1],
])(
  'what a rollout has tried of %s within the minor counts for 60 days, and a hop for ever',
  async (version, withinMinor, expected) => {
    const world = await smallFleet({
      clusters: ['web', 'free'].map((name) => ({
        name,
        version,
        nodegroups: [{ name: 'workers', nodes: 2 }],
        ...(name === 'web' ? stuck : {}),
      })),
      policy: { trigger: 'automatic', finish: 'always', patch: { nodes: {} } },
    });
    await run(world);
    const [first, ...others] = await rolloutsOf(world);
    expect([first?.withinMinor, first?.status, others]).toEqual([withinMinor, 'Completed', []]);
    const waits = async () => (await explainCluster(world.ports, await recordOf(world, 'web'))).when.condition;
    const before = await waits();
    await hours(world, 30 * 24, 1_440);
    await hours(world, 29 * 24, 1_440);
    expect([await waits(), (await rolloutsOf(world)).length]).toEqual([before, 1]);
    await hours(world, 2 * 24, 1_440);
    expect(await rolloutsOf(world)).toHaveLength(expected);
  },
);
