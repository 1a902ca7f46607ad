import { ask, type Reply } from '../material/kubernetes/ask.ts';
import { hugeCluster, plantedInCluster } from './huge-cluster.ts';
import { type HugeServer, startHugeServer } from './start-huge-server.ts';

const cluster = hugeCluster(2_000);
let server: HugeServer;
beforeAll(async () => {
  server = await startHugeServer(cluster, { token: 'good', tls: true });
});
afterAll(() => server.close());

const partial = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

const get = (path: string, accept = 'application/json', token = 'good'): Promise<Reply> => {
  const authority = Buffer.from(server.certificateAuthority ?? '', 'base64').toString();
  return ask('GET', `${server.url}${path}`, authority, { token, headers: { accept } });
};

interface Item {
  readonly kind?: string;
  readonly spec?: object;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { apiVersion: string; time: string; subresource?: string }[];
  };
}
interface List {
  readonly kind: string;
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly Item[];
}

async function listAll(path: string, accept: string): Promise<Item[]> {
  const found: Item[] = [];
  let next = '';
  do {
    const { json } = await get(`${path}?limit=300${next === '' ? '' : `&continue=${next}`}`, accept);
    const { items, metadata } = json as List;
    found.push(...items);
    next = metadata.continue ?? '';
  } while (next !== '');
  return found;
}

/** At what version an object was written last, by somebody who is no controller. */
function writtenAt({ metadata: { managedFields = [] } }: Item): string {
  const entries = managedFields.filter(({ subresource }) => subresource === undefined);
  return entries.reduce((newest, each) => (each.time > newest.time ? each : newest), { apiVersion: '', time: '' })
    .apiVersion;
}

interface Discovered {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    version: string;
    resources: readonly { resource: string; verbs: readonly string[] }[];
  }[];
}

test('discovery leads to every object, and the planted ones are as many as was said', async () => {
  const answers = await Promise.all(['/api', '/apis'].map(async (path) => (await get(path, aggregated)).json));
  const groups = answers.flatMap((answer) => (answer as { items: Discovered[] }).items);
  let total = 0;
  const old: Record<string, number> = {};
  for (const { metadata, versions } of groups) {
    const seen = new Set<string>();
    for (const { version, resources } of metadata.name === 'events.k8s.io' ? [] : versions)
      for (const { resource, verbs } of resources) {
        if (!verbs.includes('list') || seen.has(resource)) continue;
        seen.add(resource);
        const root = metadata.name === undefined ? '/api' : `/apis/${metadata.name}`;
        const items = await listAll(`${root}/${version}/${resource}`, partial);
        total += items.length;
        const count = items.filter((item) => /(alpha|beta)/.test(writtenAt(item))).length;
        if (count > 0) old[`${resource}.${metadata.name}`] = count;
      }
  }
  const { planted, plantedByResource, stale } = plantedInCluster(cluster);
  expect(total).toBe(2_000);
  expect(old).toEqual(plantedByResource);
  expect(Object.values(old).reduce((sum, count) => sum + count, 0)).toBe(planted);
  expect([planted, stale].every((count) => count > 0)).toBe(true);
});

test('metadata is that of the whole object', async () => {
  const path = '/api/v1/configmaps?limit=3';
  const [whole, alone] = [(await get(path)).json as List, (await get(path, partial)).json as List];
  expect([whole.kind, alone.kind]).toEqual(['ConfigMapList', 'PartialObjectMetadataList']);
  expect(alone.items.map(({ metadata }) => metadata)).toEqual(whole.items.map(({ metadata }) => metadata));
  expect(alone.items[0]).not.toHaveProperty('data');
  expect(whole.metadata).toEqual(alone.metadata);
});

test('objects have the size that they have in clusters', async () => {
  const { items } = (await get('/api/v1/pods?limit=200', partial)).json as List;
  const sizes = items.map(({ metadata }) => JSON.stringify(metadata.managedFields).length);
  expect(Math.min(...sizes)).toBeGreaterThan(1_400);
  expect(Math.max(...sizes)).toBeLessThan(3_200);
  const applied = items[0]?.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
  expect(applied.length).toBeGreaterThan(800);
  expect(JSON.parse(applied)).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
});

test('a namespace has its own objects, and one object is found by its name', async () => {
  const items = await listAll('/api/v1/namespaces/team-7/configmaps', 'application/json');
  expect(new Set(items.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['team-7']));
  const all = await listAll('/api/v1/configmaps', 'application/json');
  expect(all.filter(({ metadata }) => metadata.namespace === 'team-7')).toEqual(items);
  const [first] = items;
  const { json } = await get(`/api/v1/namespaces/team-7/configmaps/${first?.metadata.name}`);
  expect(json).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', ...first });
  expect(await get('/api/v1/namespaces/team-7/configmaps/configmap-9999999')).toMatchObject({ status: 404 });
  expect(((await get('/api/v1/namespaces/nowhere/configmaps')).json as List).items).toEqual([]);
});

test('the custom resource is served at both versions, and warned of at the old one', async () => {
  const old = await get('/apis/example.com/v1beta1/widgets?limit=1');
  expect(old.headers.warning).toContain('example.com/v1beta1 Widget is deprecated');
  expect(old.json).toMatchObject({
    apiVersion: 'example.com/v1beta1',
    items: [{ apiVersion: 'example.com/v1beta1', kind: 'Widget' }],
  });
  expect((await get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')).json).toMatchObject({
    items: [{ metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com' } }],
  });
});

test('nodes tell of their system', async () => {
  const { items } = (await get('/api/v1/nodes?limit=1')).json as List;
  expect(items[0]).toMatchObject({ status: { nodeInfo: { kubeletVersion: expect.stringMatching(/^v1\.33/) } } });
});

test('version, metrics and health', async () => {
  expect((await get('/version')).json).toMatchObject({ major: '1', minor: '33+', gitVersion: 'v1.33.5-eks-113cf36' });
  const { text } = await get('/metrics');
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(text).toContain('apiserver_requested_deprecated_apis{');
  expect(await get('/readyz')).toMatchObject({ status: 200, text: 'ok' });
});

test.each([
  ['/api/v1/configmaps', 401, 'bad'],
  ['/api/v1/configmaps?watch=true', 405, 'good'],
  ['/api/v1/configmaps?continue=nonsense', 400, 'good'],
  ['/apis/policy/v1beta1/poddisruptionbudgets', 404, 'good'],
])('%s is a %d for a %s token', async (path, status, token) => {
  expect((await get(path, 'application/json', token)).status).toBe(status);
});

test('a thousand objects is the least', () => {
  expect(() => hugeCluster(10)).toThrow('At least 1000 objects');
});
