import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  ListNodegroupsCommand,
} from '@aws-sdk/client-eks';
import type { UpgradePolicy } from '../../core/config/types.ts';
import type { RolloutSummary } from '../../core/queries/rollout-views.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import { type CloudFleet, startCloudFleet } from '../../simulator/cloud/start-cloud-fleet.ts';
import { prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { untilRest } from '../../simulator/process/until-rest.ts';
import { personWithTools } from './person-with-tools.ts';

jest.setTimeout(180_000);

const day = 86_400_000;
const kept = ['checkout-staging', 'search-staging', 'payments-prod', 'platform-dev'];
const keys: Readonly<Record<string, string>> = {
  'checkout-staging': '222222222222.eu-central-1.checkout-staging',
  'search-staging': '222222222222.us-east-1.search-staging',
  'payments-prod': '333333333333.eu-central-1.payments-prod',
  'platform-dev': '111111111111.eu-central-1.platform-dev',
};

const ELSEWHERE = 'arn:aws:cloudwatch:us-east-1:333333333333:alarm:shop: errors';

/** Windows, soaks and agreement take a day of the fleet, and say nothing about repairs. */
function atOnce(policy: UpgradePolicy): UpgradePolicy {
  const waves = policy.spec.waves.map(({ calendar: _, approval: __, soak: ___, ...wave }) => wave);
  const scan = { ...policy.spec.scan, alarms: ['{cluster}-errors', ELSEWHERE] };
  return { ...policy, spec: { ...policy.spec, scan, waves } };
}

let fleet: CloudFleet;
beforeAll(async () => {
  const prepared = await prepareFleet('examples/fleet');
  const { state } = prepared.loaded;
  for (const [arn, { name }] of Object.entries(state.clusters)) if (!kept.includes(name)) delete state.clusters[arn];
  state.actors = [];
  // Somebody has moved the control plane in the console, and left the nodes where they were.
  for (const cluster of Object.values(state.clusters)) if (cluster.name === 'platform-dev') cluster.version = '1.37';
  fleet = await startCloudFleet(
    { ...prepared, policies: prepared.policies.map(atOnce) },
    { seed: 1, functionsHere: true, onNote: () => {} },
  );
  await toRest();
});
afterAll(() => fleet.close());

/** Lets the fleet go on until nothing moves. */
async function toRest(): Promise<void> {
  const { cloud } = fleet;
  await untilRest(cloud, cloud.clock, { until: new Date(cloud.clock.now().getTime() + 2 * day), quietHours: 0.5 });
}

const stateOf = (name: string) => {
  const cluster = Object.values(fleet.cloud.eks.state.clusters).find((each) => each.name === name);
  const nodes = cluster?.kubernetes.nodes.map(({ kubeletVersion }) => kubeletVersion.slice(0, 5));
  return { version: cluster?.version, nodes: [...new Set(nodes)] };
};
const retry = (name: string, as = 'liftlock-operator') =>
  apiRequest(fleet.cloud, 'POST', `/v1/clusters/${keys[name]}/retry`, {}, as);

test.each(['..%5Cfleet%5Cresume%23', '..%5cfleet%5cresume%3F', '%2e%2e%5Cfleet%5Cresume%23'])(
  'an operator who may not resume the fleet cannot do so by the name of a cluster: %s',
  async (name) => {
    await apiRequest(fleet.cloud, 'POST', '/v1/fleet/stop', { reason: 'tried' }, 'liftlock-operator');
    const resume = (path: string) => apiRequest(fleet.cloud, 'POST', path, { reason: 'now' }, 'liftlock-operator');
    await expect(resume('/v1/fleet/resume')).rejects.toThrow(/answered 403/);
    await expect(resume(`/v1/clusters/${name}/skip`)).rejects.toThrow(/answered 400/);
    expect(await apiRequest(fleet.cloud, 'GET', '/v1/fleet')).toMatchObject({ stopped: true });
    await apiRequest(fleet.cloud, 'POST', '/v1/fleet/resume', {});
  },
);

test('alarms that policies name are there from the beginning, each in its place, and OK', () => {
  const { alarms, hub, clock } = fleet.cloud;
  const okIn = (account: string, region: string) =>
    alarms.of(account, region).flatMap((one) => (alarms.stateOf(one, clock.now()).value === 'OK' ? one.name : []));
  expect(okIn(hub.account, hub.region)).toEqual(expect.arrayContaining(kept.map((name) => `${name}-errors`)));
  expect(okIn('333333333333', 'us-east-1')).toContain('shop: errors');
});

test('a client of an API that goes is given another image; until then a retry ends where it ended before', async () => {
  await retry('checkout-staging');
  await toRest();
  expect(stateOf('checkout-staging').version).toBe('1.36');
  const { kubernetes } = personWithTools(fleet.cloud, '222222222222', 'eu-central-1');
  const containers = [{ name: 'storage-tuner', image: 'registry.example.com/platform/storage-tuner:0.10.0' }];
  const path = '/apis/apps/v1/namespaces/storage/deployments/storage-tuner?fieldManager=kubectl-set';
  const { status } = await kubernetes('checkout-staging', 'PATCH', path, {
    body: { spec: { template: { spec: { containers } } } },
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
  });
  expect(status).toBe(200);
  await retry('checkout-staging');
  await toRest();
  expect(stateOf('checkout-staging')).toEqual({ version: '1.37', nodes: ['v1.37'] });
});

test('nodes whose images have ended are replaced by a node group of another kind', async () => {
  expect(stateOf('search-staging').version).toBe('1.35');
  const { eks } = personWithTools(fleet.cloud, '222222222222', 'us-east-1');
  const { clock } = fleet.cloud;
  const legacy = { clusterName: 'search-staging', nodegroupName: 'legacy' };
  const { nodegroup } = await eks.send(new DescribeNodegroupCommand(legacy));
  const { nodeRole, subnets } = nodegroup ?? {};
  await eks.send(
    new CreateNodegroupCommand({ clusterName: 'search-staging', nodegroupName: 'workers-al2023', nodeRole, subnets }),
  );
  await clock.runUntil(new Date(clock.now().getTime() + 15 * 60_000));
  await eks.send(new DeleteNodegroupCommand(legacy));
  await clock.runUntil(new Date(clock.now().getTime() + 15 * 60_000));
  const { nodegroups } = await eks.send(new ListNodegroupsCommand({ clusterName: 'search-staging' }));
  expect(nodegroups).toEqual(['workers', 'workers-al2023']);
  await retry('search-staging');
  await toRest();
  expect(stateOf('search-staging')).toEqual({ version: '1.37', nodes: ['v1.37'] });
});

const rollouts = async () =>
  ((await apiRequest(fleet.cloud, 'GET', '/v1/rollouts')) as { items: RolloutSummary[] }).items;

test('a budget that allows nothing is given room, and no viewer lets its cluster go on', async () => {
  // Before anything was repaired the wave before its own proves too little to pass by itself.
  for (const { id, waitsForPromotion } of await rollouts())
    if (waitsForPromotion !== null)
      await apiRequest(fleet.cloud, 'POST', `/v1/rollouts/${id}/promote`, { reason: 'tried' }, 'liftlock-approver');
  await toRest();
  expect(stateOf('payments-prod')).toEqual({ version: '1.36', nodes: ['v1.36'] });
  await expect(retry('payments-prod', 'liftlock-viewer')).rejects.toThrow(/answered 403/);
  const { kubernetes } = personWithTools(fleet.cloud, '333333333333', 'eu-central-1');
  const path = '/apis/policy/v1/namespaces/payments/poddisruptionbudgets/gateway?fieldManager=kubectl-patch';
  const { status, json } = await kubernetes('payments-prod', 'PATCH', path, {
    body: { spec: { minAvailable: 1 } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  expect([status, json]).toMatchObject([200, { spec: { minAvailable: 1 } }]);
  await retry('payments-prod');
  await toRest();
  expect(stateOf('payments-prod')).toEqual({ version: '1.37', nodes: ['v1.37'] });
});

test('nodes that somebody left behind are proposed, and brought up with nothing else when somebody who may asks for it', async () => {
  expect(stateOf('platform-dev')).toEqual({ version: '1.37', nodes: ['v1.36'] });
  const explained = (path = '') => apiRequest(fleet.cloud, 'GET', `/v1/clusters/${keys['platform-dev']}${path}`);
  const explain = async () => ((await explained('/explain')) as { readonly state: string }).state;
  expect(await explain()).toBe('NodesBehind');
  const create = (as: string) =>
    apiRequest(fleet.cloud, 'POST', '/v1/rollouts', { policy: 'standard', finish: true }, as);
  await expect(create('liftlock-viewer')).rejects.toThrow(/answered 403/);
  // A rollout that waits for the repairs above is given up, where they were not made.
  for (const { id, status } of await rollouts())
    if (status === 'Running') await apiRequest(fleet.cloud, 'POST', `/v1/rollouts/${id}/abort`, { reason: 'tried' });
  expect(await create('liftlock-approver')).toMatchObject({ createdBy: expect.stringContaining('liftlock-approver') });
  await toRest();
  expect(stateOf('platform-dev')).toEqual({ version: '1.37', nodes: ['v1.37'] });
  expect(await explain()).toBe('UpToDate');
  const calls = fleet.cloud.eks.state.mutations.filter(({ clusterArn }) => clusterArn.endsWith('/platform-dev'));
  expect([...new Set(calls.map(({ operation }) => operation))].sort()).toEqual([
    'UpdateAddon',
    'UpdateNodegroupVersion',
  ]);
});
