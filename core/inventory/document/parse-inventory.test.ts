import { stringify } from 'yaml';
import { clusterRecord } from '../../../test/material/policy/cluster-record.ts';
import { reason } from '../../contracts/step-result.ts';
import { writtenCluster } from '../../queries/list-clusters.ts';
import { inventoryClusterSchema } from './inventory-schema.ts';
import { parseInventory, recordedCluster } from './parse-inventory.ts';

const HEAD = 'apiVersion: liftlock/v1alpha1\nkind: Inventory\nclusters:\n';
const web = { name: 'web', accountId: '111111111111', region: 'eu-central-1', kubernetesVersion: '1.35', labels: {} };
const text = (...clusters: readonly object[]) =>
  `${HEAD}${clusters.map((cluster) => `  - ${JSON.stringify(cluster)}\n`).join('')}`;
const errorsOf = (given: string) => parseInventory({ path: 'fleet.yaml', text: given }).errors;

test('five fields are enough, in YAML and in JSON', () => {
  const document = { apiVersion: 'liftlock/v1alpha1', kind: 'Inventory', clusters: [web] };
  for (const given of [text(web), stringify(document), JSON.stringify(document)]) {
    const { inventory } = parseInventory({ path: 'fleet', text: given });
    expect(inventory?.clusters.map(({ arn, version, status }) => [arn, version, status])).toEqual([
      ['arn:aws:eks:eu-central-1:111111111111:cluster/web', '1.35', 'ACTIVE'],
    ]);
    expect(inventory?.complete).toBe(false);
  }
});

test.each([
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-west-1', 'aws'],
])('the ARN of a cluster in %s is in the partition %s', (region, partition) => {
  const { inventory } = parseInventory({ path: 'fleet', text: text({ ...web, region }) });
  expect(inventory?.clusters[0]?.arn).toBe(`arn:${partition}:eks:${region}:111111111111:cluster/web`);
});

test('everything that is wrong is told at once, each with its place', () => {
  const given = `${HEAD}  - { name: web, accountId: 111111111111, region: eu-central-1, kubernetesVersion: 1.30, labels: {} }
  - { name: shop, accountId: "1", region: Frankfurt, kubernetesVersion: "new", labels: {}, lables: {} }
  - { accountId: "111111111111", region: eu-central-1, kubernetesVersion: "1.35", labels: {} }
`;
  expect(errorsOf(given).map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    expect.stringMatching(/^4:29 clusters\[0\]\.accountId: .*quote it.*"111111111111"/),
    expect.stringMatching(
      /^4:84 clusters\[0\]\.kubernetesVersion: 1\.30 without quotes .*quote it: it is read as 1\.3\. Write "1\.30"/,
    ),
    expect.stringMatching(/^5:30 clusters\[1\]\.accountId: "1" is not an AWS account id/),
    expect.stringMatching(/^5:43 clusters\[1\]\.region: "Frankfurt" does not look like/),
    expect.stringMatching(/^5:73 clusters\[1\]\.kubernetesVersion: "new" is not a Kubernetes version/),
    expect.stringMatching(/^5:92 clusters\[1\]\.lables: .*Did you mean labels\?/),
    expect.stringMatching(/^6:\d+ clusters\[2\]\.name: is missing/),
  ]);
});

test.each([
  ['nothing at all', '', /no document/],
  ['another kind', 'apiVersion: liftlock/v1alpha1\nkind: Fleet\n', /Inventory/],
  ['two documents', `${text(web)}---\n${text(web)}`, /one document/],
  ['broken YAML', 'clusters: [', /not valid YAML/],
  [
    'more aliases than anybody needs',
    `a: &a [1]\nb: [${Array.from({ length: 200 }, () => '*a').join(', ')}]`,
    /aliases/,
  ],
])('%s is refused', (_, given, message) => {
  expect(
    errorsOf(given)
      .map((issue) => issue.message)
      .join('\n'),
  ).toMatch(message);
});

const arn = 'arn:aws:eks:eu-west-1:111111111112:cluster/shop';

test.each([
  [
    'a Region with a slip',
    { region: 'eu-centrall-1' },
    '4:55 clusters[0].region: "eu-centrall-1" is no Region that this release knows. Did you mean eu-central-1? Where it is right, give the arn as well.',
  ],
  [
    'a patch',
    { kubernetesVersion: '1.35.2' },
    '4:90 clusters[0].kubernetesVersion: "1.35.2" is not a minor alone: write "1.35", in quotes.',
  ],
  [
    'an ARN of another cluster',
    { arn },
    `4:115 clusters[0].arn: "${arn}" is another cluster: here region is "eu-central-1" and not "eu-west-1", accountId is "111111111111" and not "111111111112", name is "web" and not "shop". Correct one of the two, or leave arn out.`,
  ],
])('%s is an error at its place', (_, mistake, told) => {
  expect(
    errorsOf(text({ ...web, ...mistake })).map(({ line, column, message }) => `${line}:${column} ${message}`),
  ).toEqual([told]);
});

test('a Region that is newer than this release is known by the ARN that names it too', () => {
  const region = 'xx-new-1';
  const known = { ...web, region, arn: `arn:aws:eks:${region}:111111111111:cluster/web` };
  expect(errorsOf(text(known))).toEqual([]);
  expect(errorsOf(text({ ...web, region }))).toHaveLength(1);
});

test('what was learned must be possible', () => {
  const learned = (p90: number) => `${text(web)}learned: { count: 9, p50: 3000, p90: ${p90}, failureRate: 0 }\n`;
  expect(errorsOf(learned(3000))).toEqual([]);
  expect(errorsOf(learned(1000)).map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    expect.stringContaining('5:38 learned.p90: 1000 is less than p50 (3000)'),
  ]);
});

test.each([
  [
    'a list alone',
    `- ${JSON.stringify(web)}\n`,
    /^this is a list alone\. An inventory is a map: write "apiVersion: liftlock/,
  ],
  ['a word', 'hello', /"kind: Inventory" and "clusters:" with the list of clusters below it/],
])('to %s it is said what to write', (_, given, told) => {
  expect(errorsOf(given).map(({ message }) => message)).toEqual([expect.stringMatching(told)]);
});

test('the same cluster twice is told at its second place; one that was created again is another', () => {
  expect(
    errorsOf(text(web, { ...web, region: 'eu-west-1' }, web)).map(({ line, message }) => `${line} ${message}`),
  ).toEqual([expect.stringMatching(/^6 clusters\[2\]\.name: "web" .* at line 4\. Remove one/)]);
  const again = [
    { ...web, createdAt: '2026-01-01T00:00:00Z' },
    { ...web, createdAt: '2026-02-01T00:00:00Z' },
  ];
  expect(parseInventory({ path: 'fleet', text: text(...again) }).inventory?.complete).toBe(true);
});

test('a cluster comes back from a document as policies see it', () => {
  const record = clusterRecord({
    name: 'web',
    createdAt: '2025-01-01T00:00:00.000Z',
    clusterKey: 'arn:aws:eks:eu-central-1:111122223333:cluster/web@2025-01-01T00:00:00.000Z',
    platformVersion: 'eks.12',
    supportType: 'EXTENDED',
    authenticationMode: 'API',
    autoMode: true,
    nodegroups: [{ name: 'workers', version: '1.34', status: 'ACTIVE', amiType: 'CUSTOM', desiredSize: 3, issues: [] }],
    addons: [{ name: 'vpc-cni', version: 'v1.20.0', status: 'ACTIVE', issues: [] }],
    otherNodes: {
      seenAt: '2026-11-20T08:00:00.000Z',
      groups: [
        { kind: 'fargate', version: '1.33', count: 1 },
        { kind: 'karpenter', name: 'spot', version: '1.34', count: 2 },
      ],
    },
    fargateProfiles: ['batch'],
    insights: { passing: 1, warning: 2, error: 3, unknown: 4 },
    tags: { 'liftlock/paused': 'true' },
    labels: { env: 'prod' },
    managedBy: ['Terraform'],
  });
  const back = recordedCluster(
    inventoryClusterSchema.parse(JSON.parse(JSON.stringify(writtenCluster(record, undefined)))),
  );
  expect(back).toEqual(record);
});

test('what keeps Liftlock away comes back too: a hold, and that it cannot be read', () => {
  const unreachable = {
    type: 'Reachable',
    status: 'False' as const,
    reason: 'Denied',
    message: 'no',
    lastTransitionTime: '2026-01-01T00:00:00.000Z',
  };
  const record = clusterRecord({ name: 'web', conditions: [unreachable] });
  const held = { reason: reason('Failed', 'it failed'), since: '2026-11-01T00:00:00.000Z' };
  const written = writtenCluster(record, { clusterKey: record.clusterKey, held });
  const { inventory } = parseInventory({ path: 'fleet', text: text(written) });
  expect(inventory?.controls.map((control) => control.held)).toEqual([held]);
  expect(inventory?.clusters[0]?.conditions).toMatchObject([{ type: 'Reachable', status: 'False', message: 'no' }]);
});
