import { apiRow } from '../../core/scan/data/api-table.ts';
import { resourceTypes } from '../../simulator/kubernetes/served-types.ts';
import { type LiveCluster, startLiveCluster } from './live-cluster.ts';
import { references, widget } from './planted-references.ts';

let live: LiveCluster;
afterEach(() => live.close());

const oldest = 24;
const minors = Array.from({ length: 14 }, (_, index) => `1.${oldest + index}`);

test.each(minors)('%s: no deprecated version is asked for, unless nothing else is served', async (minor) => {
  live = await startLiveCluster(minor);
  live.put(...references, widget);
  await live.scan();
  const served = resourceTypes(live.under.cluster);
  const listed = live.requests.flatMap(({ path }) => {
    const [, group = '', version = '', resource = ''] =
      /\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/[^/]+\/)?([^/]+)$/.exec(path) ?? [];
    return served.filter((one) => one.group === group && one.version === version && one.resource === resource);
  });
  expect(listed.length).toBeGreaterThan(40);
  for (const one of listed) {
    const others = served.filter(({ storage, version }) => storage === one.storage && version !== one.version);
    const good = others.filter(({ group, version, kind }) => apiRow(group, version, kind) === undefined);
    if (apiRow(one.group, one.version, one.kind) !== undefined || one.deprecation !== undefined)
      expect([one.resource, one.version, good.map(({ version }) => version)]).toEqual([one.resource, one.version, []]);
  }
});

test('a scan of a present cluster is not counted as a use of anything deprecated', async () => {
  live = await startLiveCluster('1.35');
  live.put(...references, widget);
  await live.scan();
  const { text } = await live.under.ask('GET', '/metrics');
  expect(text).not.toContain('apiserver_requested_deprecated_apis');
});

test('one request is under way at a time, all of them reads, with a name that can be recognized', async () => {
  live = await startLiveCluster();
  live.put(...references, widget);
  await live.scan();
  expect(live.mostAtOnce()).toBe(1);
  expect(new Set(live.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  expect(new Set(live.requests.map(({ userAgent }) => userAgent))).toEqual(new Set(['liftlock-scan']));
});

test('several API servers behind one endpoint are asked for their metrics', async () => {
  live = await startLiveCluster();
  await live.scan();
  expect(live.requests.filter(({ path }) => path.endsWith('/metrics'))).toHaveLength(3);
});
