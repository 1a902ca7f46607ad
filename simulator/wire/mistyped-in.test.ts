import type { ServiceName } from './aws-call.ts';
import { mistypedIn } from './mistyped-in.ts';
import { loadService } from './service-model.ts';

test.each<[ServiceName, string, object, string | undefined]>([
  ['eks', 'DescribeCluster', {}, undefined],
  ['eks', 'DescribeCluster', { cluster: { name: 'shop', createdAt: new Date(0), tags: null }, unknown: 1 }, undefined],
  ['eks', 'DescribeCluster', { cluster: { name: 7 } }, 'cluster.name'],
  ['eks', 'DescribeCluster', { cluster: 'shop' }, 'cluster'],
  ['eks', 'DescribeCluster', { cluster: { createdAt: new Date('never') } }, 'cluster.createdAt'],
  ['eks', 'DescribeCluster', { cluster: { createdAt: 0 } }, 'cluster.createdAt'],
  ['eks', 'DescribeCluster', { cluster: { tags: ['a'] } }, 'cluster.tags'],
  ['eks', 'DescribeCluster', { cluster: { tags: { a: 1 } } }, 'cluster.tags.a'],
  ['eks', 'DescribeCluster', { cluster: { tags: { a: null } } }, 'cluster.tags.a'],
  ['eks', 'DescribeCluster', { cluster: { deletionProtection: 'yes' } }, 'cluster.deletionProtection'],
  ['eks', 'DescribeNodegroup', { nodegroup: { scalingConfig: { minSize: '1' } } }, 'nodegroup.scalingConfig.minSize'],
  ['eks', 'ListClusters', { clusters: {} }, 'clusters'],
  ['eks', 'ListClusters', { clusters: ['a', undefined] }, 'clusters.1'],
  [
    'sqs',
    'ReceiveMessage',
    { Messages: [{ MessageAttributes: { a: { BinaryValue: 'text' } } }] },
    'Messages.0.MessageAttributes.a.BinaryValue',
  ],
  ['sqs', 'DeleteMessage', { anything: 1 }, undefined],
])('an output of %s %s: %j', async (service, operation, output, path) => {
  const schema = (await loadService(service)).operations.get(operation)?.output;
  expect(schema && mistypedIn(schema, output)).toBe(path && `the output.${path}`);
});
