import type { ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import {
  daysAgo,
  invalidParameter,
  invalidRequest,
  notFound,
  oneRule,
  onlyUpdate,
  type Refusal,
  rollbackOfCli,
  shop,
  type World,
} from './refusal.ts';

const operation = 'CancelUpdate' as const;
const refused = (reason: string) => ({ ...invalidRequest, message: new RegExp(`cannot be cancelled${reason}$`) });
const theUpdate = (world: World) => ({ name: 'shop', updateId: onlyUpdate(world) });
const cancelled = (world: World, clientRequestToken: string) =>
  world.call(operation, { ...theUpdate(world), clientRequestToken });

/** `shop` goes back to 1.34. */
const rollingBack = (specification: Partial<ClusterSpecification>, then: (world: World) => void = () => {}) =>
  shop({ upgradedAt: daysAgo(1), addons: {}, ...specification }, (world) => {
    world.call('UpdateClusterVersion', { name: 'shop', version: '1.34', force: true });
    world.pass(1);
    then(world);
  });

const refusals: readonly Refusal[] = [
  ...oneRule(
    {
      name: 'to cancel an upgrade',
      source: '§2.1',
      world: shop({}, (world) => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' })),
      operation,
      input: theUpdate,
      ...invalidRequest,
      message: /^Updates of type VersionUpdate cannot be cancelled$/,
      subject: { clusterName: 'shop' },
    },
    {
      name: 'to cancel a change of the upgrade policy',
      source: '§2.1',
      world: shop({}, (world) =>
        world.call('UpdateClusterConfig', { name: 'shop', upgradePolicy: { supportType: 'STANDARD' } }),
      ),
      operation,
      input: theUpdate,
      ...invalidRequest,
      message: /^Updates of type UpgradePolicyUpdate cannot be cancelled$/,
    },
    {
      name: 'to cancel the update of a node group',
      source: '§2.1, §5.4',
      world: shop({ nodegroups: [{ name: 'workers', version: '1.34' }] }, (world) =>
        world.call('UpdateNodegroupVersion', { clusterName: 'shop', nodegroupName: 'workers', version: '1.35' }),
      ),
      operation,
      input: theUpdate,
      ...invalidRequest,
      message: /^Updates of type VersionUpdate cannot be cancelled$/,
    },
  ),
  ...oneRule(
    {
      name: 'to cancel a rollback without Auto Mode',
      source: '§2.1',
      world: rollingBack({}),
      operation,
      input: theUpdate,
      ...refused(': its control plane phase has begun'),
    },
    {
      name: 'to cancel a rollback whose nodes are back',
      source: '§3.5',
      world: rollingBack({ autoModeNodes: 1 }, (world) => world.pass(14)),
      operation,
      input: theUpdate,
      ...refused(': its control plane phase has begun'),
    },
    {
      name: 'to cancel a rollback that is done',
      source: '§3.5',
      world: rollingBack({ autoModeNodes: 1 }, (world) => world.settle()),
      operation,
      input: theUpdate,
      ...refused(': it is Successful'),
    },
    {
      name: 'to cancel a rollback twice',
      source: '§3.5',
      world: rollingBack({ autoModeNodes: 2 }, (world) => cancelled(world, 'first')),
      operation,
      input: theUpdate,
      ...refused(': it is Cancelled'),
    },
    {
      name: 'a token of another cancellation',
      source: '§2.4',
      world: rollingBack({ autoModeNodes: 2 }, (world) => {
        cancelled(world, 'first');
        world.call('UpdateClusterVersion', { name: 'shop', version: '1.34', force: true });
      }),
      operation,
      input: ({ state }: World) => ({
        name: 'shop',
        updateId: Object.values(state.clusters)[0]?.updates.at(-1)?.id,
        clientRequestToken: 'first',
      }),
      ...invalidParameter,
      message: /^clientRequestToken first was already used with different parameters$/,
    },
    {
      name: 'to cancel an unknown update',
      source: '§3.5',
      world: shop(),
      operation,
      input: { name: 'shop', updateId: '7bd8ef9e-0000-4000-8000-000000000000' },
      ...notFound,
      message: /^No update found for ID: 7bd8ef9e-0000-4000-8000-000000000000$/,
      subject: { clusterName: 'shop' },
    },
  ),
];

export const cancelRefusals: readonly Refusal[] = refusals.map((refusal) => ({ ...refusal, cli: rollbackOfCli }));
