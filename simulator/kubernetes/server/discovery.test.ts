import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';
import { addCluster } from '../../eks/add-cluster.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

const get = async (path: string, accept?: string) =>
  under.ask('GET', path, accept === undefined ? {} : { headers: { accept } });

describe('discovery', () => {
  test.each([
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    ['/apis/policy', { kind: 'APIGroup', name: 'policy', preferredVersion: { groupVersion: 'policy/v1' } }],
    ['/apis/apps/v1', { kind: 'APIResourceList', groupVersion: 'apps/v1' }],
  ])('%s', async (path, expected) => {
    expect((await get(path)).json).toMatchObject(expected);
  });

  test('drain finds the eviction subresource and its version', async () => {
    const { resources } = (await get('/api/v1')).json as { resources: { name: string }[] };
    expect(resources.find(({ name }) => name === 'pods/eviction')).toEqual({
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    });
    const { groups } = (await get('/apis')).json as { groups: { name: string }[] };
    const names = groups.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['apps', 'authentication.k8s.io', 'batch', 'policy']));
    expect(names).toEqual([...names].sort());
  });

  test.each(['v2', 'v2beta1'])('all groups in one answer, as %s', async (version) => {
    const accept = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList,application/json`;
    const { headers, json } = await get('/apis', accept);
    expect(headers['content-type']).toBe(
      `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    );
    expect(json).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}` });
    const { items } = (await get('/api', accept)).json as {
      items: { versions: { resources: { resource: string }[] }[] }[];
    };
    expect(items[0]?.versions[0]?.resources.find(({ resource }) => resource === 'pods')).toMatchObject({
      scope: 'Namespaced',
      shortNames: ['po'],
      responseKind: { group: '', version: 'v1', kind: 'Pod' },
      subresources: [{ subresource: 'eviction', responseKind: { group: 'policy', kind: 'Eviction' } }],
    });
  });

  test('OpenAPI says which requests take a dry run', async () => {
    const { paths } = (await get('/openapi/v3')).json as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/policy/v1']));
    const document = await get(paths['api/v1']?.serverRelativeURL ?? '');
    expect(JSON.stringify(document.json)).toContain('dryRun');
    expect(await get('/openapi/v2')).toMatchObject({ status: 404 });
  });
});

describe('health', () => {
  test('readyz fails with a line for every check, livez does not', async () => {
    expect(await get('/readyz?verbose')).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^\[\+\]ping ok\n[\s\S]*readyz check passed\n$/),
    });
    under.cluster.kubernetes.failedReadyChecks.push('etcd');
    const { status, text } = await get('/readyz');
    expect(status).toBe(500);
    expect(text).toContain('[-]etcd failed: reason withheld\n');
    expect(text).toMatch(/readyz check failed\n$/);
    expect(await get('/livez')).toMatchObject({ status: 200, text: 'ok' });
    expect(await get('/readyz?exclude=etcd')).toMatchObject({ status: 200, text: 'ok' });
    expect(await get('/readyz/etcd')).toMatchObject({ status: 500 });
    expect(await get('/readyz/ping')).toMatchObject({ status: 200 });
    expect(await get('/readyz/nope')).toMatchObject({ status: 404 });
  });
});

describe('version and metrics', () => {
  test('the version is that of the control plane', async () => {
    expect((await get('/version')).json).toMatchObject({
      major: '1',
      minor: '35+',
      gitVersion: expect.stringMatching(/^v1\.35\.\d+-eks-/),
    });
  });

  test('deprecated APIs that are still served and were asked for since the last start are counted', async () => {
    const client = { userAgent: 'old/1', requestsPerDay: 1, lastRequestTime: 0 };
    const usage = (path: string, stopServingVersion: string, active: boolean) => ({
      usage: path,
      replacedWith: '',
      stopServingVersion,
      startServingReplacementVersion: '1.34',
      clients: [{ ...client, active }],
    });
    under.cluster.insights.apiUsage = [
      usage('/apis/storage.k8s.io/v1beta1/volumeattributesclasses', '1.37', true),
      usage('/apis/resource.k8s.io/v1beta1/resourceclaims', '1.37', false),
      usage('/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas', '1.32', true),
    ];
    const { headers, text } = await get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const samples = text.split('\n').filter((line) => line.startsWith('apiserver_requested_deprecated_apis'));
    expect(samples).toEqual([
      'apiserver_requested_deprecated_apis{group="storage.k8s.io",removed_release="1.37",resource="volumeattributesclasses",subresource="",version="v1beta1"} 1',
    ]);
    expect(text).toContain('kubernetes_build_info{');
  });
});

test('a cluster that was made anew under its name is another one', async () => {
  const uid = async () =>
    ((await get('/api/v1/namespaces/default')).json as { metadata: { uid: string } }).metadata.uid;
  const before = await uid();
  under.cluster.createdAt += 1;
  expect(await uid()).not.toBe(before);
  addCluster(under.world.state, { name: 'shop', version: '1.36' });
  expect((await get('/version')).json).toMatchObject({ minor: '36+' });
});
