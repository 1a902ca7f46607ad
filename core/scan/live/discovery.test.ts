import type { Source } from '../../contracts/scan-words.ts';
import { leftOutOf, readAggregated, readGroups, readResources, resourcesToList } from './unit-discovery.ts';

const aggregated = (items: readonly object[]) => ({ kind: 'APIGroupDiscoveryList', items });
const version = (name: string, ...resources: [resource: string, kind: string][]) => ({
  version: name,
  freshness: 'Current',
  resources: resources.map(([resource, kind]) => {
    return { resource, responseKind: { kind }, scope: 'Namespaced', verbs: ['get', 'list'] };
  }),
});

test('one answer for all groups', () => {
  const body = aggregated([
    { metadata: {}, versions: [version('v1', ['pods', 'Pod'])] },
    { metadata: { name: 'far.example' }, versions: [{ version: 'v1', freshness: 'Stale' }] },
  ]);
  expect(readAggregated(body)).toEqual({
    resources: [{ group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true, verbs: ['get', 'list'] }],
    failed: [{ what: 'far.example/v1', why: 'the server behind it does not answer' }],
  });
});

test.each([undefined, null, 'text', {}, { kind: 'APIGroupDiscoveryList' }, { kind: 'Status', code: 200 }])(
  'what is no discovery is not an empty one: %j',
  (body) => {
    expect([readAggregated(body), readGroups(body)]).toEqual([undefined, undefined]);
    expect(readResources({ group: '', version: 'v1' }, body)).toBeUndefined();
  },
);

test('the lists of older servers', () => {
  expect(readGroups({ kind: 'APIVersions', versions: ['v1'] })).toEqual(['v1']);
  const versions = ['v1beta1', 'v1'].map((each) => ({ groupVersion: `policy/${each}`, version: each }));
  const groups = [{ name: 'policy', versions, preferredVersion: versions[1] }];
  expect(readGroups({ kind: 'APIGroupList', groups })).toEqual(['policy/v1', 'policy/v1beta1']);
  const resources = [
    { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['list'] },
    { name: 'pods/log', kind: 'Pod' },
  ];
  expect(readResources({ group: '', version: 'v1' }, { kind: 'APIResourceList', resources })).toHaveLength(1);
});

const served = (path: string, kind: string, verbs = ['list']) => {
  const [group = '', name = '', resource = ''] = path.split('/');
  return { group, version: name, resource, kind, namespaced: true, verbs };
};
const listed = (resources: readonly string[][], ...skip: Source[]) =>
  resourcesToList(
    resources.map(([path = '', kind = '']) => served(path, kind)),
    skip,
  ).map((unit) => (unit.type === 'list' ? `${unit.group}/${unit.version}/${unit.resource} ${unit.full}` : unit.type));

test.each([
  [
    'the preferred version',
    [
      ['autoscaling/v2/horizontalpodautoscalers', 'HorizontalPodAutoscaler'],
      ['autoscaling/v1/horizontalpodautoscalers', 'HorizontalPodAutoscaler'],
    ],
    ['autoscaling/v2/horizontalpodautoscalers true'],
  ],
  [
    'another one where that is given up',
    [
      ['policy/v1beta1/poddisruptionbudgets', 'PodDisruptionBudget'],
      ['policy/v1/poddisruptionbudgets', 'PodDisruptionBudget'],
    ],
    ['policy/v1/poddisruptionbudgets true'],
  ],
  [
    'one that is given up where there is no other',
    [['policy/v1beta1/podsecuritypolicies', 'PodSecurityPolicy']],
    ['policy/v1beta1/podsecuritypolicies false'],
  ],
  ['no Endpoints', [['/v1/endpoints', 'Endpoints']], []],
  ['no Secrets', [['/v1/secrets', 'Secret']], []],
  ['nothing that is computed', [['metrics.k8s.io/v1beta1/pods', 'PodMetrics']], []],
  [
    'no events and leases',
    [
      ['/v1/events', 'Event'],
      ['coordination.k8s.io/v1/leases', 'Lease'],
    ],
    [],
  ],
  [
    'definitions first',
    [
      ['/v1/pods', 'Pod'],
      ['apiextensions.k8s.io/v1/customresourcedefinitions', 'CustomResourceDefinition'],
    ],
    ['apiextensions.k8s.io/v1/customresourcedefinitions true', '/v1/pods true'],
  ],
])('lists %s', (_name, resources, expected) => {
  expect(listed(resources)).toEqual(expected);
});

test('what is skipped is not listed, or only as far as another source needs it', () => {
  const all = [
    ['/v1/nodes', 'Node'],
    ['/v1/configmaps', 'ConfigMap'],
    ['apiextensions.k8s.io/v1/customresourcedefinitions', 'CustomResourceDefinition'],
  ];
  expect(listed(all, 'object')).toEqual(['apiextensions.k8s.io/v1/customresourcedefinitions true', '/v1/nodes true']);
  expect(listed(all, 'node', 'reference', 'drain')).toEqual([
    'apiextensions.k8s.io/v1/customresourcedefinitions true',
    '/v1/nodes false',
    '/v1/configmaps false',
  ]);
  expect(listed(all, 'node', 'reference', 'object', 'drain')).toEqual([]);
});

test('what is left out is named', () => {
  expect(leftOutOf([served('/v1/endpoints', 'Endpoints'), served('/v1/pods', 'Pod')])).toEqual(['endpoints']);
  expect(leftOutOf([served('/v1/componentstatuses', 'ComponentStatus')])).toEqual([]);
});

test('what cannot be listed is not', () => {
  expect(resourcesToList([served('authentication.k8s.io/v1/tokenreviews', 'TokenReview', ['create'])], [])).toEqual([]);
});
