import { widget, widgetDefinition } from '../../../test/material/kubernetes/sample-objects.ts';
import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
  under.cluster.kubernetes.objects = [widgetDefinition, widget];
});
afterEach(() => under.close());

const get = (path: string, accept?: string) =>
  under.ask('GET', path, accept === undefined ? {} : { headers: { accept } });
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

test('a definition makes its served versions readable', async () => {
  const { json, headers } = await get('/apis/example.com/v1/widgets');
  const item = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'first' }, spec: { size: 3 } };
  expect(json).toMatchObject({ apiVersion: 'example.com/v1', kind: 'WidgetList', items: [item] });
  expect(headers.warning).toBeUndefined();
  const old = await get('/apis/example.com/v1beta1/namespaces/payments/widgets/first');
  expect(old).toMatchObject({ status: 200, json: { ...item, apiVersion: 'example.com/v1beta1' } });
  expect(old.headers.warning).toBe('299 - "example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget"');
  expect(await get('/apis/example.com/v1alpha1/widgets')).toMatchObject({ status: 404 });
});

test('discovery tells of them, the preferred version first', async () => {
  const preferred = { groupVersion: 'example.com/v1', version: 'v1' };
  expect((await get('/apis/example.com')).json).toMatchObject({ name: 'example.com', preferredVersion: preferred });
  const { items } = (await get('/apis', aggregated)).json as { items: { metadata: { name: string } }[] };
  expect(items.find(({ metadata }) => metadata.name === 'example.com')).toMatchObject({
    versions: [
      { version: 'v1', freshness: 'Current', resources: [{ resource: 'widgets', scope: 'Namespaced' }] },
      {
        version: 'v1beta1',
        resources: [{ responseKind: { group: 'example.com', version: 'v1beta1', kind: 'Widget' } }],
      },
    ],
  });
});

test('a definition’s own words are the warning', async () => {
  const words = structuredClone(widgetDefinition) as unknown as {
    spec: { versions: { deprecationWarning?: string }[] };
  };
  for (const version of words.spec.versions) version.deprecationWarning = 'widgets "of old"\ngo in June';
  under.cluster.kubernetes.objects = [{ ...widgetDefinition, spec: words.spec }];
  const { headers } = await get('/apis/example.com/v1beta1/widgets');
  expect(headers.warning).toBe('299 - "widgets \\"of old\\" go in June"');
});

test('a definition that is not Established serves nothing', async () => {
  const status = { conditions: [{ type: 'Established', status: 'False' }] };
  under.cluster.kubernetes.objects = [{ ...widgetDefinition, status }, widget];
  expect(await get('/apis/example.com/v1/widgets')).toMatchObject({ status: 404 });
  expect((await get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')).json).toMatchObject({
    items: [{ metadata: { name: 'widgets.example.com' }, status }],
  });
});
