import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  clusterArn,
  controlsOf,
  hours,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  smallFleet,
  startByHand,
  upgradesOf,
  wavesOf,
} from './small-fleet.ts';

// docs/rollbacks.md, What it does: what stands against a rollback that has changed nothing ends it Blocked, and the cluster is free, whatever one before it had changed.

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] };
const goBack = async (world: World) =>
  requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
const byHand = async (world: World) =>
  startByHand(world, 'rollback-cluster', { cluster: clusterArn('web'), targetVersion: '1.36' });
const retry = async (world: World) => retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
const rollbackFails = (world: World) =>
  void world.eks.state.plannedFailures.push({
    ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
    ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
  });

test.each<[string, (world: World) => void, string]>([
  ['that failed half-way', rollbackFails, 'Failed'],
  ['that took it back', () => undefined, 'Succeeded'],
])(
  'a rollback that changes nothing is Blocked and holds nobody, also after one %s and a retry that has brought it up again',
  async (_, before, ends) => {
    for (const ask of [goBack, byHand]) {
      const world = await smallFleet({ clusters: [web], policy: { waves: [{ name: 'all', watch: '80h' }] } });
      await hours(world, 3);
      before(world);
      await goBack(world);
      await hours(world, 3);
      expect((await upgradesOf(world))[1]?.status).toBe(ends);
      await retry(world);
      await hours(world, 3);
      const standing = async () => [
        (await upgradesOf(world))[0]?.reasons[0]?.code,
        (await memberOf(world, 'web')).status,
        (await wavesOf(world)).map(({ status, failed, inFlight }) => [status, failed, inFlight]),
        (await controlsOf(world)).map(({ held }) => held),
      ];
      const stood = await standing();
      expect(stood.slice(0, 2)).toEqual(['Watching', 'Parked']);
      // EKS knows no version of it for the minor before.
      for (const { addons } of Object.values(world.eks.state.clusters))
        for (const one of addons.slice(0, 1)) addons.push({ ...one, name: 'weird', version: 'v9.9.9-eksbuild.1' });
      const calls = mutationsOf(world).length;
      await ask(world);
      await hours(world, 3);
      expect(mutationsOf(world)).toHaveLength(calls);
      const back = (await upgradesOf(world))[1];
      expect([back?.status, back?.reasons[0]?.code]).toEqual(['Blocked', 'AddonUnknown']);
      expect(await standing()).toEqual(stood);
    }
  },
);
