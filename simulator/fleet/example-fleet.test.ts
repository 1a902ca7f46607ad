import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseConfig } from '../../core/config/parse-config.ts';
import { RBAC } from '../../core/queries/access-manifest.ts';
import { refusal } from '../../test/material/eks/world.ts';
import { FakeEks } from '../eks/fake-eks.ts';
import type { OperationName } from '../eks/operations/catalog.ts';
import { seededRandom } from '../eks/seeded-random.ts';
import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { FakeKubernetes } from '../kubernetes/fake-kubernetes.ts';
import { createInMemoryClusterAccess } from '../kubernetes/in-memory-cluster-readers.ts';
import { grantedRules, isAllowed } from '../kubernetes/permissions.ts';
import { loadFleet } from './load-fleet.ts';

const folder = join(import.meta.dirname, '../../examples/fleet');

async function exampleFleet() {
  const loaded = await loadFleet(folder);
  const fake = new FakeEks(loaded.state, { random: seededRandom(11) });
  let now = loaded.now.getTime();
  const cluster = (name: string): ClusterRecord => {
    const found = Object.values(loaded.state.clusters).find((each) => each.name === name);
    if (found === undefined) throw new Error(`the example has no cluster ${name}`);
    return found;
  };
  return {
    ...loaded,
    cluster,
    kubernetes: new FakeKubernetes(fake),
    now: () => new Date(now),
    pass(minutes: number) {
      now += minutes * 60_000;
      fake.advance(new Date(now));
    },
    call<N extends OperationName>(name: string, operation: N, input: object) {
      const { account, region } = cluster(name);
      const caller = { account, region, principal: `arn:aws:sts::${account}:assumed-role/LiftlockSpoke/test` };
      return fake.operation(operation as string, input, caller, new Date(now));
    },
  };
}

test('has 12 clusters in 3 accounts and 2 Regions, on 1.33 to 1.36', async () => {
  const { state, configPaths } = await exampleFleet();
  const clusters = Object.values(state.clusters);
  const distinct = (value: (cluster: ClusterRecord) => string) => [...new Set(clusters.map(value))].sort();
  expect(clusters).toHaveLength(12);
  expect(distinct((cluster) => cluster.account)).toEqual(['111111111111', '222222222222', '333333333333']);
  expect(distinct((cluster) => cluster.region)).toEqual(['eu-central-1', 'us-east-1']);
  expect(distinct((cluster) => cluster.version)).toEqual(['1.33', '1.34', '1.35', '1.36']);
  expect(distinct((cluster) => cluster.tags.environment ?? 'none')).toEqual(['dev', 'prod', 'staging']);
  expect(configPaths).toEqual(['fleet.yaml', 'policies.yaml']);
});

test('its configuration is valid, and every cluster has exactly one policy', async () => {
  const { state, configPaths } = await exampleFleet();
  const files = configPaths.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
  const { fleet, policies, errors, warnings } = parseConfig(files);
  expect([errors, warnings]).toEqual([[], []]);
  expect(fleet?.spec.accounts).toContain('444444444444');
  const isPrivate = Object.values(state.clusters).filter((cluster) => cluster.tags.network === 'private');
  expect(isPrivate.map((cluster) => cluster.name)).toEqual(['payments-staging']);
  expect(policies.map((policy) => [policy.metadata.name, policy.spec.verification])).toEqual([
    ['standard', 'full'],
    ['private', 'eks-api'],
  ]);
});

test('every add-on runs a version that EKS lists for its minor', async () => {
  const { statements } = await exampleFleet();
  expect(statements.filter((statement) => statement.includes('is not listed'))).toEqual([]);
});

test.each([
  ['checkout-staging', 'Deprecated APIs removed in Kubernetes v1.37'],
  ['checkout-dev', 'EKS add-on version compatibility'],
  ['search-staging', 'Kubelet version skew'],
])('%s says ERROR for "%s", before and after a refresh', async (name, check) => {
  const fleet = await exampleFleet();
  const status = () =>
    fleet.cluster(name).insights.items.find((item) => item.name === check)?.insightStatus?.status ?? 'none';
  expect(status()).toBe('ERROR');
  fleet.call(name, 'StartInsightsRefresh', { clusterName: name });
  fleet.pass(6);
  expect(status()).toBe('ERROR');
});

test('all other clusters are green', async () => {
  const { state } = await exampleFleet();
  const red = Object.values(state.clusters).filter((cluster) =>
    cluster.insights.items.some((item) => item.insightStatus?.status !== 'PASSING'),
  );
  expect(red.map((cluster) => cluster.name).sort()).toEqual(['checkout-dev', 'checkout-staging', 'search-staging']);
});

test('search-staging cannot go on: its AL2 group stays at 1.32', async () => {
  const fleet = await exampleFleet();
  const upgrade = { name: 'search-staging', version: '1.36' };
  expect(refusal(() => fleet.call('search-staging', 'UpdateClusterVersion', upgrade))).toBe('InvalidRequestException');
  const roll = { clusterName: 'search-staging', nodegroupName: 'legacy', version: '1.35' };
  expect(refusal(() => fleet.call('search-staging', 'UpdateNodegroupVersion', roll))).toBe('InvalidParameterException');
});

test('payments-prod’s nodes cannot be drained, search-prod’s can', async () => {
  const fleet = await exampleFleet();
  const groups = [
    ['payments-prod', 'workers', '1.36', 'Failed'],
    ['search-prod', 'indexers', '1.34', 'Successful'],
  ] as const;
  for (const [clusterName, nodegroupName, version] of groups) {
    fleet.call(clusterName, 'UpdateNodegroupVersion', { clusterName, nodegroupName, version });
  }
  fleet.pass(4 * 60);
  for (const [clusterName, nodegroupName, , status] of groups) {
    const update = fleet.cluster(clusterName).updates.find((each) => each.nodegroupName === nodegroupName);
    expect(update?.status).toBe(status);
  }
});

test('catalog-staging is being upgraded by somebody, orders-prod will be by AWS', async () => {
  const fleet = await exampleFleet();
  const upgrade = { name: 'catalog-staging', version: '1.37' };
  expect(refusal(() => fleet.call('catalog-staging', 'UpdateClusterVersion', upgrade))).toBe('ResourceInUseException');
  expect(fleet.cluster('orders-prod').version).toBe('1.33');
  fleet.pass(60);
  expect(fleet.cluster('catalog-staging').version).toBe('1.37');
  expect(fleet.cluster('orders-prod').version).toBe('1.34');
  expect(fleet.cluster('orders-prod').nodegroups[0]?.version).toBe('1.33');
  expect(fleet.state.mutations).toEqual([]);
});

test('payments-staging cannot be reached, ledger-prod lets only Liftlock’s role in', async () => {
  const fleet = await exampleFleet();
  const read = async (name: string, role: string) => {
    const { account, region } = fleet.cluster(name);
    const access = createInMemoryClusterAccess(fleet.kubernetes, {
      ...{ clock: { now: fleet.now }, sleep: async () => {} },
      principal: () => `arn:aws:sts::${account}:assumed-role/${role}/test`,
    });
    const server = { scope: { account, region }, name, endpoint: '', certificateAuthority: '' };
    return access.listNodes(server).then(
      (nodes) => `${nodes.length} nodes`,
      (error: Error) => error.name,
    );
  };
  expect(await read('payments-staging', 'LiftlockSpoke')).toBe('ClusterUnreachable');
  expect(await read('ledger-prod', 'Somebody')).toBe('ClusterUnauthorized');
  expect(await read('ledger-prod', 'LiftlockSpoke')).toMatch(/^[1-9]\d* nodes$/);
});

test('in ledger-prod Liftlock’s role for drains may do what its manifest says, and no other role may evict', async () => {
  const fleet = await exampleFleet();
  const cluster = fleet.cluster('ledger-prod');
  const userOf = (role: string) => ({ principal: `arn:aws:sts::${cluster.account}:assumed-role/${role}/test` });
  const [role] = parseAllDocuments(RBAC.operate()).map((document) => document.toJS());
  expect(grantedRules(cluster, userOf('LiftlockSpoke-operate')).at(-1)?.rules).toEqual(role.rules);
  const eviction = { verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace: 'shop' };
  expect(isAllowed(cluster, userOf('LiftlockSpoke-operate'), eviction)).toBe(true);
  expect(isAllowed(cluster, userOf('LiftlockSpoke'), eviction)).toBe(false);
});
