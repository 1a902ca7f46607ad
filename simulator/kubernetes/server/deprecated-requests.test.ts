import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

const path = '/apis/storage.k8s.io/v1beta1/volumeattributesclasses';
const sample = (resource: string, group: string, version: string, removed: string) =>
  `apiserver_requested_deprecated_apis{group="${group}",removed_release="${removed}",resource="${resource}",subresource="",version="${version}"} 1`;
const volumes = sample('volumeattributesclasses', 'storage.k8s.io', 'v1beta1', '1.37');

async function samples(): Promise<string[]> {
  const { text } = await under.ask('GET', '/metrics');
  return text.split('\n').filter((line) => line.startsWith('apiserver_requested_deprecated_apis'));
}

test('a request for a deprecated version is warned of, and counted', async () => {
  const { status, headers } = await under.ask('GET', path);
  expect([status, headers.warning]).toEqual([
    200,
    '299 - "storage.k8s.io/v1beta1 VolumeAttributesClass is deprecated in v1.34+, unavailable in v1.37+; use storage.k8s.io/v1 VolumeAttributesClass"',
  ]);
  expect((await under.ask('GET', '/api/v1/endpoints')).headers.warning).toContain(
    'v1 Endpoints is deprecated in v1.33+',
  );
  expect(await samples()).toEqual([volumes, sample('endpoints', '', 'v1', '')]);
});

test('what insights know too is one sample; what is refused, or not deprecated, is none', async () => {
  expect((await under.ask('GET', '/apis/storage.k8s.io/v1/volumeattributesclasses')).headers.warning).toBeUndefined();
  under.cluster.kubernetes.access.forbiddenResources.push('endpoints');
  expect(await under.ask('GET', '/api/v1/endpoints')).toMatchObject({ status: 403 });
  expect(await samples()).toEqual([]);
  const client = { userAgent: 'old/1', requestsPerDay: 1, lastRequestTime: 0, active: true };
  const removal = { replacedWith: '', stopServingVersion: '1.37', startServingReplacementVersion: '1.34' };
  under.cluster.insights.apiUsage = [{ usage: path, ...removal, clients: [client] }];
  await under.ask('GET', path);
  expect(await samples()).toEqual([volumes]);
});

test('an API server that starts anew has forgotten', async () => {
  await under.ask('GET', path);
  under.cluster.versions.push({ version: '1.36', since: under.world.now().getTime(), how: 'upgrade' });
  expect(await samples()).toEqual([]);
});
