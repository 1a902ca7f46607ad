import type { Observation } from '../judge/observation.ts';
import type { Mapping } from '../manifest/manifest-object.ts';
import { liveObject } from '../observe/live-object.ts';
import type { CrdVersion } from '../reference/cluster-facts.ts';
import { noFacts } from '../reference/cluster-facts.ts';
import { mayMatter, observeLiveObject } from './observe-live-object.ts';

const resource = (group: string, version: string, name: string, kind: string) => {
  return { group, version, resource: name, kind, namespaced: true, verbs: ['list'] };
};
const budgets = resource('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget');
const widgets = resource('example.com', 'v1', 'widgets', 'Widget');
const slices = resource('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice');

const around = (of: typeof budgets, versions: readonly CrdVersion[] = [], served: readonly string[] = []) => {
  const facts = noFacts();
  if (versions.length > 0) facts.crds[`${of.group}/${of.kind}`] = { versions };
  return { resource: of, facts, served: new Set(served) };
};
type Around = ReturnType<typeof around>;
const observed = (value: Mapping, { resource, ...known }: Around) =>
  observeLiveObject(liveObject(value, resource), known);
const matters = (text: string, { resource, ...known }: Around) => mayMatter(text, resource, known);
const written = (apiVersion: string, more: object = {}, operation = 'Apply') => ({
  metadata: {
    name: 'a',
    namespace: 'b',
    ...more,
    managedFields: [{ manager: 'm', operation, apiVersion, time: '2026-01-01T00:00:00Z' }],
  },
});
const told = (found: readonly Observation[]) =>
  found.map(
    (one) =>
      `${one.type === 'problem' ? one.reason : one.type} ${one.subject.apiVersion} ${one.owner} ${one.cause} ${one.confidence}`,
  );

test('the version that an object comes in says nothing, its writer’s does', () => {
  const object = { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', ...written('policy/v1') };
  expect(observed(object, around(budgets))).toEqual([]);
  expect(told(observed(written('policy/v1beta1'), around(budgets)))).toEqual([
    'api policy/v1beta1 manager m manager:m high',
  ]);
  expect(told(observed(written('policy/v1beta1', {}, 'Update'), around(budgets)))).toEqual([
    'api policy/v1beta1 manager m manager:m medium',
  ]);
});

test('who owns it is asked first, then who wrote it', () => {
  const more = {
    labels: { team: 'payments' },
    annotations: { 'meta.helm.sh/release-name': 'api', 'meta.helm.sh/release-namespace': 'b' },
  };
  expect(told(observed(written('policy/v1beta1', more), around(budgets)))).toEqual([
    'api policy/v1beta1 payments helm:b/api high',
  ]);
});

test('whether the cluster serves it is noted', () => {
  const served = ['policy/v1beta1/poddisruptionbudgets'];
  expect(observed(written('policy/v1beta1'), around(budgets, [], served))).toMatchObject([{ served: true }]);
  expect(observed(written('policy/v1beta1'), around(budgets))).toMatchObject([{ served: false }]);
});

const versions: readonly CrdVersion[] = [
  { name: 'v1', served: true, deprecated: false },
  { name: 'v1beta1', served: true, deprecated: true, warning: 'use v1' },
  { name: 'v1alpha1', served: false, deprecated: false },
];

test.each([
  ['v1', []],
  ['v1beta1', ['deprecated example.com/v1beta1 manager m manager:m high']],
  ['v1alpha1', ['unserved-version example.com/v1alpha1 manager m manager:m high']],
  ['v0', ['unserved-version example.com/v0 manager m manager:m high']],
])('a custom resource that was written at %s', (version, expected) => {
  expect(told(observed(written(`example.com/${version}`), around(widgets, versions)))).toEqual(expected);
  expect(observed(written(`example.com/${version}`), around(widgets))).toEqual([]);
});

const mirrored = (manager: string, namespace = 'b', service = 'x') => ({
  metadata: {
    name: 'x-1',
    namespace,
    labels: { 'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': manager },
  },
});

test('Endpoints that somebody writes by hand are told from their mirror', () => {
  const object = mirrored('endpointslicemirroring-controller.k8s.io');
  expect(observed(object, around(slices))).toMatchObject([
    { subject: { apiVersion: 'v1', kind: 'Endpoints', namespace: 'b', name: 'x' }, cause: 'endpoints:b/x' },
  ]);
  expect(matters(JSON.stringify(object), around(slices))).toBe(true);
  expect(observed(mirrored('endpointslice-controller.k8s.io'), around(slices))).toEqual([]);
  const ofEks = ['kube-system', 'eks-extension-metrics-api'] as const;
  expect(observed(mirrored('endpointslicemirroring-controller.k8s.io', ...ofEks), around(slices))).toEqual([]);
});

test('what does not matter is not even parsed', () => {
  const text = JSON.stringify(written('policy/v1'));
  expect(matters(text, around(resource('', 'v1', 'configmaps', 'ConfigMap')))).toBe(false);
  // Writers of budgets at a good version matter too.
  expect(matters(text, around(budgets))).toBe(true);
  expect(matters(JSON.stringify(written('policy/v1beta1')), around(budgets))).toBe(true);
  expect(matters(text, around(widgets, versions))).toBe(true);
  expect(matters(text, around(resource('', 'v1', 'endpoints', 'Endpoints')))).toBe(true);
});
