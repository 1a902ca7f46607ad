import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { MachineName } from '../../core/contracts/names.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { requestDrain } from '../../core/operations/request-drain.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { clusterPolicy } from '../../core/queries/cluster-policy.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import type { World } from '../../simulator/process/world.ts';
import { fleetOf } from './changed-policy.ts';
import {
  clustersOf,
  discover,
  hours,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
} from './small-fleet.ts';

const [LOWER, UPPER] = ['222222222222', '333333333333'];
const arn = (account: string) => `arn:aws:eks:eu-central-1:${account}:cluster/twin`;

const nodegroups = [{ name: 'workers' }];

/** The cluster `twin` of two accounts, of which a canary names one. */
const twins = (clusters: readonly string[], prod: object = { approval: { approvals: 1 } }, policy: object = {}) =>
  smallFleet({
    clusters: [LOWER, UPPER].map((account) => ({ name: 'twin', account, version: '1.36', nodegroups })),
    policy: {
      waves: [
        { name: 'canary', clusters },
        { name: 'prod', ...prod },
      ],
      ...policy,
    },
  });

async function versions(world: World): Promise<(string | undefined)[]> {
  await run(world);
  return [LOWER, UPPER].map((account) => world.eks.state.clusters[arn(account)]?.versions.at(-1)?.version);
}

test('a wave takes none of two clusters of the name that it says, and says how to write which one is meant', async () => {
  const world = await twins(['twin']);
  expect(await versions(world)).toEqual(['1.36', '1.36']);
  expect(await upgradesOf(world)).toEqual([]);
  const said = `The wave canary names twin, and the policy selects 2 clusters of that name: ${LOWER}.eu-central-1.twin, ${UPPER}.eu-central-1.twin. Write each that is meant like that into spec.waves[0].clusters.`;
  const explained = await explainCluster(world.ports, await recordOf(world, 'twin'));
  expect(JSON.stringify(explained)).toContain(said);
});

test.each([
  ['by ARN', arn(LOWER)],
  ['by account, Region and name', `${LOWER}.eu-central-1.twin`],
])('a wave takes the one cluster that it says %s, and the other one waits for its own', async (_, named) => {
  const world = await twins([named]);
  expect(await versions(world)).toEqual(['1.37', '1.36']);
});

test('a name means the one cluster that is left where the Fleet names the account of the other one no more', async () => {
  const world = await twins(['twin']);
  await hours(world, 1);
  await applyConfig(world.ports, [fleetOf({ accounts: [LOWER] })], PERSON);
  expect(await versions(world)).toEqual(['1.37', '1.36']);
});

test('a name means the one cluster of its name that no wave before takes', async () => {
  const world = await twins([arn(LOWER)], { clusters: ['twin'] });
  expect(await versions(world)).toEqual(['1.37', '1.37']);
});

test('with the ARN of one beside the name, the name means the other one', async () => {
  const world = await twins([arn(LOWER), 'twin']);
  expect(await versions(world)).toEqual(['1.37', '1.37']);
  const snapshot = await loadSnapshot(world.table, await world.table.queryActive(), 'fleet');
  const waves = [...snapshot.clusters.values()].map(
    (one) => clusterPolicy(snapshot, one, world.clock.now()).wave?.name,
  );
  expect(waves).toEqual(['canary', 'canary']);
});

test('by hand no cluster is upgraded of which nobody knows whose rules it would go by', async () => {
  const world = await twins(['twin']);
  await hours(world, 0.5);
  const [twin] = (await clustersOf(world)).filter(({ account }) => account === UPPER);
  const asked = requestUpgrade(world.ports, twin as ClusterRecord, '1.37', PERSON, { approve: true });
  await expect(asked).rejects.toMatchObject({ details: { plan: { refusals: [{ code: 'NoWave' }] } } });
  expect(await upgradesOf(world)).toEqual([]);
});

const byPeople = { trigger: 'manual', drain: { pause: '0s' } };
const SAID = /The wave canary names twin, and the policy selects 2 clusters of that name/;

/** Whether an execution that somebody starts for the upper twin is refused since nobody knows which one is meant. */
async function isUnclear(world: World, machine: MachineName): Promise<boolean> {
  const targetVersion = machine.startsWith('upgrade') ? '1.37' : '1.36';
  const nodegroup = machine === 'drain-nodes' ? { nodegroup: 'workers' } : {};
  const { cause = '' } = await startByHand(world, machine, { cluster: arn(UPPER), targetVersion, ...nodegroup });
  const isSaid = SAID.test(cause);
  if (isSaid) expect(mutationsOf(world)).toEqual([]);
  return isSaid;
}

test.each(['upgrade-cluster', 'upgrade-control-plane', 'roll-node-group', 'update-addons', 'drain-nodes'] as const)(
  '%s, started in Step Functions, goes by no wave either until it says which one is meant',
  async (machine) => {
    for (const [clusters, unclear] of [
      [['twin'], true],
      [[arn(LOWER)], false],
    ] as const) {
      const world = await twins(clusters, undefined, byPeople);
      await discover(world);
      expect(await isUnclear(world, machine)).toBe(unclear);
    }
  },
);

test('what is started in Step Functions heeds a cluster of its name in an account that is denied by now, and none that the Fleet has given up', async () => {
  const world = await twins(['twin'], undefined, byPeople);
  await discover(world);
  world.eks.state.deniedAccounts.push(LOWER);
  await discover(world);
  expect(await isUnclear(world, 'roll-node-group')).toBe(true);
  await applyConfig(world.ports, [fleetOf({ accounts: [UPPER] })], PERSON);
  const input = { cluster: arn(UPPER), targetVersion: '1.36' };
  expect(await startByHand(world, 'roll-node-group', input, 'again')).toMatchObject({ status: 'SUCCEEDED' });
});

test('nor is a node group of it drained', async () => {
  const world = await twins(['twin'], undefined, byPeople);
  await discover(world);
  const [twin] = (await clustersOf(world)).filter(({ account }) => account === UPPER);
  const asked = requestDrain(world.ports, twin as ClusterRecord, 'workers', PERSON, { approve: true });
  await expect(asked).rejects.toMatchObject({ details: { plan: { refusals: [{ code: 'NoWave' }] } } });
});
