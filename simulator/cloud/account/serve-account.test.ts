import { createAccountReader } from '../../../adapters/aws/account-reader.ts';
import { testWorld } from '../../../test/material/eks/world.ts';
import { addCluster, addNodegroup } from '../../eks/add-cluster.ts';
import { createInMemoryAccount } from '../../eks/network.ts';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { vendedData } from '../../eks/vended-metrics.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import { startWireServer, type WireServer } from '../../wire/wire-server.ts';
import type { LocalCloud } from '../local-cloud.ts';
import { metricOperations } from '../metrics/metric-operations.ts';
import { Metrics } from '../metrics/metrics.ts';
import { serveAccount, usageOf } from './serve-account.ts';

const ACCOUNT = '111111111111';
const scope = { account: ACCOUNT, region: 'eu-central-1' };
const key = (id: string) => `arn:aws:kms:eu-central-1:${ACCOUNT}:key/${id}`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const { fake } = testWorld((state) => {
  const [shop] = ['shop', 'old', 'lost'].map((name) => {
    const cluster = addCluster(state, { ...scope, name, version: '1.36' });
    cluster.description.encryptionConfig = [{ provider: { keyArn: key(name) } }];
    return cluster;
  });
  Object.assign(shop ?? {}, { loadBalancers: [{ name: 'app/shop/5' }] });
  for (const capacityType of ['ON_DEMAND', 'SPOT'] as const)
    Object.assign(addNodegroup(state, shop as ClusterRecord, { name: capacityType }).description, {
      capacityType,
      instanceTypes: ['m5.large'],
    });
  addCluster(state, { account: '222222222222', region: scope.region, name: 'other', version: '1.36' });
  state.vcpuQuotas = { 'L-1216C47A': 5 };
  state.keyStates = { [key('old')]: 'PendingDeletion' };
  state.backupVaults = {
    [`arn:aws:backup:eu-central-1:${ACCOUNT}:backup-vault:nightly`]: [
      { resourceArn: 'arn:shop', status: 'COMPLETED', creationDate: '2026-11-20T01:00:00Z' },
      { resourceArn: 'arn:other', status: 'COMPLETED', creationDate: '2026-11-20T02:00:00Z' },
    ],
    [`arn:aws:backup:us-east-1:${ACCOUNT}:backup-vault:elsewhere`]: [],
  };
  state.goneResources = [key('lost'), role('lost-cluster')];
});

let server: WireServer;
let denied: readonly string[];
let notes: string[];

beforeEach(async () => {
  [denied, notes] = [[], []];
  const cloud = {
    options: { onNote: (note: string) => notes.push(note) },
    eks: fake,
    authority: {
      admit({ operation }: { operation: string }) {
        if (!denied.includes(operation)) return { account: ACCOUNT };
        throw new AwsFault('AccessDenied', 'not <yours>', { status: 403 });
      },
    },
  } as unknown as LocalCloud;
  server = await startWireServer({
    services: { monitoring: ['GetMetricStatistics', 'GetMetricData'] },
    serve: async ({ operation, input }) => {
      const operations = metricOperations(
        new Metrics(),
        (place, of) => usageOf(cloud, place, of),
        (place, asked, at) => vendedData(fake.state, place, asked, at.getTime()),
      );
      return operations[operation]?.(input as never, { ...scope, now: new Date(fake.state.now) } as never) ?? {};
    },
    passThrough: {
      backup: serveAccount(cloud, 'backup'),
      iam: serveAccount(cloud, 'iam'),
      kms: serveAccount(cloud, 'kms'),
      servicequotas: serveAccount(cloud, 'servicequotas'),
    },
    onUnmodelled: () => {},
    onFailure: (error) => notes.push(String(error)),
  });
});
afterEach(() => server.close());

const credentials = { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't', expiration: new Date(0) };
const overHttp = () =>
  createAccountReader({
    sessions: { forAccount: async () => credentials },
    clock: { now: () => new Date(0) },
    sleep: async () => {},
    endpointOf: () => server.origin,
  });

test.each([
  ['in this process', () => createInMemoryAccount(fake.state)],
  ['over HTTP', overHttp],
])('%s it has what clusters of the account name, but for what is gone', async (_, open) => {
  const account = open();
  const trusted = await account.getRole(scope, 'shop-cluster');
  expect([trusted?.arn, JSON.parse(trusted?.trustPolicy ?? '').Statement[0].Principal.Service]).toEqual([
    role('shop-cluster'),
    ['eks.amazonaws.com', 'ec2.amazonaws.com'],
  ]);
  for (const name of ['lost-cluster', 'other-cluster', 'nobody'])
    expect(await account.getRole(scope, name)).toBeUndefined();
  expect(await account.describeKey(scope, key('shop'))).toEqual({ keyId: key('shop'), keyState: 'Enabled' });
  expect(await account.describeKey(scope, key('old'))).toMatchObject({ keyState: 'PendingDeletion' });
  expect(await account.describeKey(scope, key('lost'))).toBeUndefined();
  // Two groups of two nodes with two vCPUs, one of them Spot.
  expect(await account.getServiceQuota(scope, 'L-1216C47A')).toMatchObject({ value: 5, used: 4 });
  expect(await account.getServiceQuota(scope, 'L-34B43A08')).toMatchObject({ value: 10_000, used: 4 });
  expect(await account.getServiceQuota(scope, 'L-0')).toBeUndefined();
  const ofShop = { status: 'COMPLETED', creationDate: new Date('2026-11-20T01:00:00Z') };
  expect(await account.listRecoveryPoints(scope, 'nightly', 'arn:shop')).toEqual([ofShop]);
  expect(await account.listRecoveryPoints(scope, 'nightly', 'arn:web')).toEqual([]);
  const refused = { name: 'AccessDeniedException', message: 'Insufficient privileges to perform this action.' };
  await expect(account.listRecoveryPoints(scope, 'elsewhere', 'arn:shop')).rejects.toMatchObject(refused);
  const hour = { from: new Date(fake.state.now - 3_600_000), to: new Date(fake.state.now) };
  const server = { namespace: 'AWS/EKS', dimensions: { ClusterName: 'shop' }, statistic: 'Sum' } as const;
  const balancer = { namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: 'app/shop/5' } };
  const metrics = [
    ...['apiserver_request_total', 'apiserver_request_total_5XX', 'apiserver_nothing'].map((metric) => ({
      ...server,
      metric,
    })),
    { ...balancer, metric: 'TargetResponseTime', statistic: 'Sum' },
    { ...balancer, metric: 'TargetResponseTime', statistic: 'SampleCount' },
    { ...balancer, dimensions: { LoadBalancer: 'app/other/5' }, metric: 'RequestCount', statistic: 'Sum' },
  ] as const;
  const data = await account.getMetricData(scope, { metrics, ...hour });
  expect(data).toEqual(vendedData(fake.state, scope, { metrics, ...hour }, fake.state.now));
  expect(data.map((one) => one instanceof Error || one.length)).toEqual([58, 58, 0, 58, 58, 0]);
  expect(notes).toEqual([]);
});

test('a refusal of IAM arrives by its name in each protocol', async () => {
  denied = ['GetRole', 'DescribeKey', 'ListRecoveryPointsByBackupVault'];
  const refused = { name: 'AccessDenied', message: expect.stringContaining('yours') };
  await expect(overHttp().getRole(scope, 'shop-cluster')).rejects.toMatchObject(refused);
  await expect(overHttp().describeKey(scope, key('shop'))).rejects.toMatchObject(refused);
  await expect(overHttp().listRecoveryPoints(scope, 'nightly', 'arn:shop')).rejects.toMatchObject(refused);
});

test('what is not modelled is refused by its name, and noted', async () => {
  const signature = {
    authorization: `AWS4-HMAC-SHA256 Credential=a/20261120/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`,
  };
  const form = { ...signature, 'x-amz-date': '20261120T120000Z', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(server.origin, { method: 'POST', headers: form, body: 'Action=DeleteRole&RoleName=a' });
  expect([answer.status, await answer.text()]).toEqual([
    501,
    expect.stringContaining('iam DeleteRole is not modelled'),
  ]);
  expect(notes).toEqual([expect.stringContaining('iam:DeleteRole')]);
  const headers = {
    'x-amz-date': '20261120T120000Z',
    authorization: signature.authorization.replace('us-east-1/iam', 'eu-central-1/backup'),
  };
  const list = `${server.origin}/backup-vaults/nightly/recovery-points/?resourceArn=arn%3Ashop`;
  const asked = await Promise.all(['', '&createdAfter=0'].map((more) => fetch(`${list}${more}`, { headers })));
  expect(asked.map(({ status }) => status)).toEqual([200, 501]);
});
