import fc from 'fast-check';
import { noFacts } from '../reference/cluster-facts.ts';
import { inspectLiveObject, isMadeFromTemplate, saysItsTemplate } from './inspect-object.ts';
import { liveObject } from './live-object.ts';

const ownedBy = (apiVersion: string, kind: string, more: object = { controller: true }) => {
  return { metadata: { ownerReferences: [{ apiVersion, kind, name: 'a', uid: 'u', ...more }] } };
};

test.each<[string, string, object, boolean]>([
  ['a pod of a ReplicaSet', 'Pod', ownedBy('apps/v1', 'ReplicaSet'), true],
  ['a pod of a Job', 'Pod', ownedBy('batch/v1', 'Job'), true],
  ['a Job of a CronJob', 'Job', ownedBy('batch/v1', 'CronJob'), true],
  ['a ReplicaSet of a Deployment', 'ReplicaSet', ownedBy('apps/v1', 'Deployment'), true],
  ['a ReplicaSet of a Rollout', 'ReplicaSet', ownedBy('argoproj.io/v1alpha1', 'Rollout'), false],
  [
    'an older one of a Rollout',
    'ReplicaSet',
    { ...ownedBy('argoproj.io/v1alpha1', 'Rollout'), spec: { replicas: 0 } },
    true,
  ],
  ['a ReplicaSet of nobody, without replicas', 'ReplicaSet', { metadata: {}, spec: { replicas: 0 } }, false],
  ['a pod of a StatefulSet of others', 'Pod', ownedBy('apps.kruise.io/v1beta1', 'StatefulSet'), false],
  ['a static pod', 'Pod', ownedBy('v1', 'Node'), false],
  ['a pod that a ReplicaSet owns and does not control', 'Pod', ownedBy('apps/v1', 'ReplicaSet', {}), false],
  ['a Deployment of a ReplicaSet', 'Deployment', ownedBy('apps/v1', 'ReplicaSet'), false],
  ['a bare pod', 'Pod', { metadata: {} }, false],
])('%s', (_name, kind, value, expected) => {
  expect(isMadeFromTemplate(kind, value as Record<string, unknown>)).toBe(expected);
});

const owner = fc.record(
  {
    apiVersion: fc.constantFrom('apps/v1', 'batch/v1', 'v1', 'apps.kruise.io/v1', 'extensions/v1beta1'),
    kind: fc.constantFrom('ReplicaSet', 'Job', 'CronJob', 'Node', 'Rollout', 'Deployment'),
    name: fc.constantFrom('a', '"controller":true', ']', '"kind":"Job"'),
    uid: fc.constantFrom('u', '"uid"'),
    controller: fc.boolean(),
  },
  { requiredKeys: ['apiVersion', 'kind', 'name', 'uid'] },
);
const metadata = fc.record(
  {
    name: fc.string(),
    annotations: fc.dictionary(fc.constantFrom('a', 'ownerReferences'), fc.constantFrom('"ownerReferences":[', 'x')),
    ownerReferences: fc.array(owner, { maxLength: 3 }),
  },
  { requiredKeys: ['name'] },
);
const object = fc.record(
  { metadata, spec: fc.record({ template: fc.record({ metadata }) }) },
  { requiredKeys: ['metadata'] },
);

test('what the text says is so, and in doubt it says nothing', () => {
  fc.assert(
    fc.property(
      object,
      fc.constantFrom('Pod', 'Job', 'ReplicaSet', 'Deployment'),
      fc.boolean(),
      (value, kind, pretty) => {
        const text = JSON.stringify(value, null, pretty ? 1 : undefined);
        if (saysItsTemplate(text, kind)) expect(isMadeFromTemplate(kind, value)).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
  expect(saysItsTemplate(JSON.stringify(ownedBy('apps/v1', 'ReplicaSet')), 'Pod')).toBe(true);
});

test('static pods of one file share their cause', () => {
  const resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true, verbs: [] };
  const spec = { nodeName: 'ip-1', volumes: [{ gitRepo: {} }], containers: [{ image: 'a' }] };
  const { ownerReferences } = ownedBy('v1', 'Node').metadata;
  const value = { metadata: { name: 'proxy-ip-1', namespace: 'a', ownerReferences }, spec };
  const found = inspectLiveObject(liveObject(value, resource), noFacts());
  expect(found.map(({ cause }) => cause)).toEqual(['static-pod:proxy']);
});
