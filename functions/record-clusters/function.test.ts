import { MemoryTable } from '../../adapters/memory/table.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { RecordPorts } from '../../core/inventory/record-cluster.ts';
import type { Cluster, EksReader } from '../../core/ports/eks.ts';
import { definition } from './function.ts';

const now = new Date('2026-11-20T08:00:00.000Z');
const region = 'eu-central-1';
const account = '111111111111';

/** An EKS that knows some clusters and throttles calls for those named "busy". */
function eksWith(...known: string[]): EksReader {
  const none = async () => [];
  const never = () => Promise.reject(new Error('not asked for'));
  return {
    describeCluster: async (_, { name }): Promise<Cluster> => {
      if (name === 'busy') throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      if (!known.includes(name)) throw Object.assign(new Error(name), { name: 'ResourceNotFoundException' });
      const arn = `arn:aws:eks:${region}:${account}:cluster/${name}`;
      return { name, arn, createdAt: new Date('2026-01-01T00:00:00Z'), version: '1.35', status: 'ACTIVE' };
    },
    listClusters: none,
    listNodegroups: none,
    listFargateProfiles: none,
    listAddons: none,
    listUpdates: none,
    listInsights: none,
    describeAddonVersions: none,
    describeClusterVersions: none,
    describeNodegroup: never,
    describeAddon: never,
    describeUpdate: never,
    describeInsight: never,
    startInsightsRefresh: never,
    describeInsightsRefresh: never,
  };
}

const message = (messageId: string, body: unknown) => ({
  messageId,
  eventSource: 'aws:sqs',
  receiptHandle: 'handle',
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const item = (name: string) => ({ account, region, name, depth: 'shallow' });

async function record(messages: object[], eks: EksReader, table = new MemoryTable()) {
  const ports: RecordPorts = { table, eks, clock: { now: () => now }, events: { publish: async () => {} } };
  const logged: object[] = [];
  const input = definition.parse({ Records: messages });
  const response = await definition.run(ports, input, (_, detail) => void logged.push(detail));
  const names = (await table.queryKind('Cluster')).map((found) => (found.data as ClusterRecord).name);
  return { response, logged, names };
}

test('each message is a cluster in the inventory', async () => {
  const { response, names } = await record(
    [message('1', item('web')), message('2', item('shop'))],
    eksWith('web', 'shop'),
  );
  expect(response).toEqual({ batchItemFailures: [] });
  expect([...names].sort()).toEqual(['shop', 'web']);
});

test('only what failed goes back to the queue, and is logged by its id', async () => {
  const messages = [message('1', 'not JSON'), message('2', item('web')), message('3', item('busy'))];
  const { response, logged, names } = await record(messages, eksWith('web'));
  expect(response.batchItemFailures.map((failure) => failure.itemIdentifier).sort()).toEqual(['1', '3']);
  expect(names).toEqual(['web']);
  expect(logged).toEqual(
    expect.arrayContaining([
      { messageId: '1', errorName: 'InvalidInput', errorMessage: 'The message is not JSON.' },
      {
        messageId: '3',
        account,
        region,
        name: 'busy',
        errorName: 'ThrottlingException',
        errorMessage: 'Rate exceeded',
      },
    ]),
  );
  expect(definition.counts?.(response)).toEqual({ MessagesFailed: 2 });
});

test('a batch of which all failed is answered the same way', async () => {
  const { response } = await record([message('1', '')], eksWith());
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
});

test('a cluster that does not exist is no failure', async () => {
  const { response, names } = await record([message('1', item('gone'))], eksWith());
  expect(response).toEqual({ batchItemFailures: [] });
  expect(names).toEqual([]);
});

/** An event of AWS Health about clusters with these names. */
const healthEvent = (...names: string[]) => ({
  ...{ source: 'aws.health', 'detail-type': 'AWS Health Event', account, region },
  detail: {
    ...{ service: 'EKS', eventTypeCode: 'AWS_EKS_PLANNED_LIFECYCLE_EVENT', eventScopeCode: 'ACCOUNT_SPECIFIC' },
    ...{ eventArn: 'arn:x', startTime: 'Tue, 1 Dec 2026 00:00:00 GMT', eventTypeCategory: 'scheduledChange' },
    affectedEntities: names.map((name) => ({ entityValue: `arn:aws:eks:${region}:${account}:cluster/${name}` })),
  },
});

test('one cluster of an event that cannot be recorded keeps nothing from the others', async () => {
  const { response, names } = await record([message('1', healthEvent('busy', 'web'))], eksWith('web'));
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  expect(names).toEqual(['web']);
});

test('the clusters of an event are looked at five at once, since the function has two minutes for all of them', async () => {
  const all = Array.from({ length: 12 }, (_, at) => `web-${at}`);
  const eks = eksWith(...all);
  let [looking, most] = [0, 0];
  const describeCluster: EksReader['describeCluster'] = async (scope, input) => {
    looking += 1;
    most = Math.max(most, looking);
    await new Promise(setImmediate);
    looking -= 1;
    return eks.describeCluster(scope, input);
  };
  const { names } = await record([message('1', healthEvent(...all))], { ...eks, describeCluster });
  expect([names.length, most]).toEqual([12, 5]);
});

test('a cluster that was created again since EKS knew none of its name is not gone', async () => {
  const table = new MemoryTable();
  const eks = eksWith();
  const created = new Date(now.getTime() + 1_000);
  const arn = `arn:aws:eks:${region}:${account}:cluster/web`;
  const web: Cluster = { name: 'web', arn, createdAt: created, version: '1.35', status: 'ACTIVE' };
  const asked = async (): Promise<Cluster> => {
    await record([message('2', item('web'))], { ...eks, describeCluster: async () => web }, table);
    return eks.describeCluster({ account, region }, { name: 'web' });
  };
  await record([message('1', item('web'))], { ...eks, describeCluster: asked }, table);
  expect((await table.queryKind('Cluster')).map(({ data }) => (data as ClusterRecord).deletedAt)).toEqual([undefined]);
});
