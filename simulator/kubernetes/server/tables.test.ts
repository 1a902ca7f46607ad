import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

interface Table {
  readonly kind: string;
  readonly columnDefinitions: readonly { name: string; priority: number; type: string }[];
  readonly rows: readonly { cells: readonly (string | number)[]; object: { kind: string } | null }[];
}

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const table = async (path: string): Promise<Table> =>
  (await under.ask('GET', path, { headers: { accept } })).json as Table;
const headings = ({ columnDefinitions }: Table) =>
  columnDefinitions.map(({ name, priority }) => (priority === 0 ? name : `${name}*`)).join(' | ');

test.each([
  [
    '/api/v1/nodes',
    'Name | Status | Roles | Age | Version | Internal-IP* | External-IP* | OS-Image* | Kernel-Version* | Container-Runtime*',
  ],
  ['/api/v1/pods', 'Name | Ready | Status | Restarts | Age | IP* | Node* | Nominated Node* | Readiness Gates*'],
  ['/api/v1/namespaces', 'Name | Status | Age'],
  ['/apis/apps/v1/deployments', 'Name | Ready | Up-to-date | Available | Age | Containers* | Images* | Selector*'],
  [
    '/apis/apps/v1/daemonsets',
    'Name | Desired | Current | Ready | Up-to-date | Available | Node Selector | Age | Containers* | Images* | Selector*',
  ],
  ['/apis/apps/v1/statefulsets', 'Name | Ready | Age | Containers* | Images*'],
  ['/apis/apps/v1/replicasets', 'Name | Desired | Current | Ready | Age | Containers* | Images* | Selector*'],
  ['/apis/policy/v1/poddisruptionbudgets', 'Name | Min Available | Max Unavailable | Allowed Disruptions | Age'],
])('%s has the columns of kubectl', async (path, expected) => {
  const found = await table(path);
  expect(found.kind).toBe('Table');
  expect(headings(found)).toBe(expected);
  expect(found.rows.every(({ cells }) => cells.length === found.columnDefinitions.length)).toBe(true);
});

test('a node that is cordoned and not ready yet', async () => {
  const [node] = under.cluster.kubernetes.nodes;
  if (node !== undefined) Object.assign(node, { unschedulable: true, readyAt: under.world.now().getTime() + 20_000 });
  expect((await table('/api/v1/nodes')).rows[0]?.cells).toEqual([
    node?.name,
    'NotReady,SchedulingDisabled',
    '<none>',
    '10s',
    expect.stringMatching(/^v1\.35\./),
    '10.0.0.1',
    '<none>',
    expect.stringContaining('Amazon Linux 2023'),
    expect.stringContaining('amzn2023'),
    expect.stringContaining('containerd://'),
  ]);
});

test('a pod that crashes, and what that means for those above it', async () => {
  const pod = under.cluster.kubernetes.pods.find(({ name }) => name === 'db-0');
  const readyAt = under.world.now().getTime() - 120_000;
  if (pod !== undefined) Object.assign(pod, { waitingReason: 'CrashLoopBackOff', readyAt });
  const first = async (path: string) => (await table(path)).rows[0]?.cells;
  expect((await first('/api/v1/namespaces/shop/pods/db-0'))?.slice(0, 5)).toEqual([
    ...['db-0', '0/1', 'CrashLoopBackOff', '3 (69s ago)', '2m20s'],
  ]);
  expect(await first('/apis/policy/v1/namespaces/shop/poddisruptionbudgets')).toEqual(['db', '2', 'N/A', 0, '200d']);
  expect(await first('/apis/apps/v1/namespaces/shop/statefulsets')).toEqual(['db', '1/2', '200d', 'db', 'postgres:17']);
});

test.each([
  ['', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: expect.any(String) } }],
  ['?includeObject=Object', { kind: 'Node', apiVersion: 'v1', status: {} }],
  ['?includeObject=None', null],
])('with their objects as asked: %p', async (query, expected) => {
  const [row] = (await table(`/api/v1/nodes${query}`)).rows;
  if (expected === null) expect(row?.object).toBeNull();
  else expect(row?.object).toMatchObject(expected);
});

test('one object is a table of one row', async () => {
  expect((await table('/api/v1/namespaces/shop/pods/db-0')).rows).toHaveLength(1);
});

test('metadata alone can be had of lists and objects', async () => {
  const ask = async (path: string, as: string) =>
    (await under.ask('GET', path, { headers: { accept: `application/json;as=${as};v=v1;g=meta.k8s.io` } })).json;
  const list = await ask('/api/v1/pods?limit=1', 'PartialObjectMetadataList');
  expect(list).toEqual({
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: expect.objectContaining({ continue: expect.any(String) }),
    items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: expect.any(Object) }],
  });
  const one = await ask('/api/v1/namespaces/shop/pods/db-0', 'PartialObjectMetadata');
  expect(Object.keys(one as object)).toEqual(['kind', 'apiVersion', 'metadata']);
});
