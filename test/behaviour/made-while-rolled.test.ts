import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { onStep } from './on-step.ts';
import { hours, PERSON, run, smallFleet, upgradesOf } from './small-fleet.ts';

const GOLDEN = 'ami-0123456789abcdef0';
const RULE = { nodes: { images: [{ nodegroups: ['late'], table: { '1.37': { 'eu-central-1': GOLDEN } } }] } };

/**
 * Somebody makes a group with an image of their own ten seconds after the call that rolls the other one. EKS takes no version for such a group, and no older one than
 * the control plane's for any other: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html.
 */
const madeWhileRolled: Fault = {
  ...{ when: 'after', operation: 'call', function: 'roll-node-group', skip: 0 },
  effect: {
    kind: 'act',
    act: async ({ eks, clock }) => {
      const [{ account, region, name } = { account: '', region: '', name: '' }] = Object.values(eks.state.clusters);
      const input = {
        ...{
          clusterName: name,
          nodegroupName: 'late',
          amiType: 'CUSTOM',
          launchTemplate: { id: 'lt-1', version: '1' },
        },
        ...{ nodeRole: 'arn:aws:iam::111111111111:role/node', subnets: ['subnet-1'] },
      };
      const at = clock.now().getTime() + 10_000;
      eks.addActor({ at, account, region, do: 'operation', principal: PERSON, operation: 'CreateNodegroup', input });
    },
  },
};

function prepare(state: FakeEksState): void {
  const image = { account: '111111111111', region: 'eu-central-1', kubelet: '1.37', architecture: 'x86_64' };
  state.images = { [GOLDEN]: { ...image, creationDate: '2026-11-01T00:00:00.000Z', tags: {} } };
  state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
}

test.each([
  ['is rolled too, where the policy names its image', RULE, 'Rolled', 'v1.37'],
  ['is told, where nobody lets Liftlock roll it', {}, 'CustomAmi', 'v1.36'],
])(
  'a group of an older image that somebody makes while another one is rolled %s',
  async (_, policy, decided, kubelet) => {
    const armed = new Faults([madeWhileRolled]);
    const world = await smallFleet({
      ...{ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }], policy, prepare, armed },
    });
    const late = () =>
      Object.values(world.eks.state.clusters)
        .flatMap(({ kubernetes }) => kubernetes.nodes)
        .filter(({ nodegroupName }) => nodegroupName === 'late');
    onStep(world, 'roll-node-group/workers', 'done', 'web', () => {
      for (const node of late()) node.kubeletVersion = 'v1.36.2-eks-c39b1d0';
    });
    await run(world);
    const [hop] = await upgradesOf(world);
    const code = hop?.steps['roll-node-group/late']?.reasons[0]?.code;
    expect([armed.hits.length, hop?.status, code]).toEqual([1, 'Succeeded', decided]);
    expect(late().map(({ kubeletVersion }) => kubeletVersion.slice(0, 5))).toEqual([kubelet, kubelet]);
  },
);

test('a node of a group that EKS does not have is waited for once, and fails the hop then', async () => {
  const world = await smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }] });
  onStep(world, 'roll-node-group/workers', 'done', 'web', () => {
    const nodes = Object.values(world.eks.state.clusters)[0]?.kubernetes.nodes;
    const labels = { ...nodes?.[0]?.labels, 'eks.amazonaws.com/nodegroup': 'gone' };
    if (nodes?.[0])
      nodes.push({ ...nodes[0], name: 'left-1', nodegroupName: 'gone', labels, kubeletVersion: 'v1.36.2' });
  });
  await hours(world, 3);
  const [hop] = await upgradesOf(world);
  expect([hop?.status, hop?.reasons[0]?.message]).toEqual([
    'Failed',
    'Node group gone: The node left-1 is at kubelet v1.36.2, not 1.37.',
  ]);
});
