import { requestDrain } from '../../core/operations/request-drain.ts';
import { FakeKubernetes } from '../../simulator/kubernetes/fake-kubernetes.ts';
import { createInMemoryClusterReader } from '../../simulator/kubernetes/in-memory-cluster-readers.ts';
import type { World } from '../../simulator/process/world.ts';
import { discover, PERSON, recordOf, type SmallFleet, smallFleet, upgradesOf } from './small-fleet.ts';

const api = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'api', replicas: 6, labels: { app: 'api' } },
  image: 'registry.example/api:1',
};

/** A budget that lets none of the six pods go. */
export const strict = { namespace: 'shop', name: 'strict', matchLabels: { app: 'api' }, minAvailable: 6 };

interface Given extends Pick<SmallFleet, 'policy' | 'calendars' | 'armed'> {
  readonly tags?: Record<string, string>;
}

/** One cluster with the groups `legacy` and `new`, of three nodes each, whose policy lets Liftlock drain. */
export async function drainedShop(
  budgets: readonly (typeof strict)[] = [],
  { tags = {}, policy = {}, calendars = {}, ...given }: Given = {},
): Promise<World> {
  const nodegroups = ['legacy', 'new'].map((name) => ({ name, nodes: 3 }));
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.36', workloads: [api], nodegroups, podDisruptionBudgets: [...budgets], tags },
    ],
    policy: { trigger: 'manual', drain: { pause: '0s' }, ...policy },
    calendars,
    ...given,
  });
  await discover(world);
  return world;
}

export const drain = async (world: World) =>
  requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, { approve: true });
export const drainsOf = async (world: World) =>
  (await upgradesOf(world)).filter(({ machine }) => machine === 'drain-nodes');

export const stateOf = (world: World) =>
  Object.values(world.eks.state.clusters)[0]?.kubernetes ?? { nodes: [], pods: [] };
export const cordoned = (world: World) =>
  stateOf(world).nodes.flatMap((node) => (node.unschedulable ? [node.nodegroupName] : []));
export function podsOnLegacy(world: World): number {
  const legacy = stateOf(world).nodes.flatMap((node) => (node.nodegroupName === 'legacy' ? [node.name] : []));
  return stateOf(world).pods.filter((pod) => legacy.includes(pod.nodeName ?? '')).length;
}

/** As `kubectl patch pdb` does. */
export const loosen = (world: World, minAvailable: number): Promise<void> =>
  patch(world, '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/strict', { spec: { minAvailable } });

/** As `kubectl cordon` and `kubectl uncordon` do, for which the API server notes `kubectl` as the one who has written the field. */
export const setCordon = (world: World, node: string, isOn: boolean): Promise<void> =>
  patch(world, `/api/v1/nodes/${node}?fieldManager=kubectl`, { spec: { unschedulable: isOn || null } });

async function patch(world: World, path: string, body: object): Promise<void> {
  const fake = new FakeKubernetes(world.eks);
  const [{ arn } = { arn: '' }] = Object.values(world.eks.state.clusters);
  const calls = createInMemoryClusterReader({ fake, clusterArn: arn, principal: PERSON, clock: world.clock });
  const contentType = 'application/merge-patch+json';
  const { status } = await calls.change({ method: 'PATCH', path, contentType, body });
  expect(status).toBe(200);
}

export function setAccess(world: World, authentication: 'any-principal' | 'access-entries'): void {
  for (const { kubernetes } of Object.values(world.eks.state.clusters))
    kubernetes.access.authentication = authentication;
}
