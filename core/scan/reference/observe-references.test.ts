import type { Mapping } from '../manifest/manifest-object.ts';
import { noFacts } from './cluster-facts.ts';
import { observeOwnerReferences, observeReferences } from './observe-references.ts';

const context = { cause: 'test', evidence: [] };
const objectOf = (kind: string, value: Mapping) => ({ apiVersion: 'x/v1', kind, name: 'o', value, path: [] });

/** The observations of one object, and the facts for later. */
function seen(kind: string, value: Mapping) {
  const facts = noFacts();
  const found = observeReferences(objectOf(kind, value), context, facts);
  const told = found.map((one) => {
    if (one.type === 'reference') return Object.values(one.named).join(' ');
    return one.type === 'problem' ? `${one.severity} ${one.reason}` : one.type;
  });
  return { told, facts };
}

const rule = (apiGroups: string[], apiVersions: string[], resources: string[]) => ({
  apiGroups,
  apiVersions,
  resources,
});
const old = rule(['extensions'], ['v1beta1'], ['ingresses']);
const webhook = (more: object) => ({ webhooks: [{ admissionReviewVersions: ['v1'], rules: [old], ...more }] });

test.each<[string, Mapping, string[]]>([
  ['an old version alone', webhook({}), ['extensions v1beta1 ingresses']],
  [
    'two versions',
    webhook({ rules: [rule(['policy'], ['v1', 'v1beta1'], ['poddisruptionbudgets'])] }),
    ['policy poddisruptionbudgets'],
  ],
  ['all versions', webhook({ rules: [rule(['extensions'], ['*'], ['ingresses'])] }), ['extensions ingresses']],
  ['all resources', webhook({ rules: [rule(['extensions'], ['v1beta1'], ['*', 'pods/*'])] }), []],
  ['all groups', webhook({ rules: [rule(['*'], ['v1beta1'], ['ingresses'])] }), []],
  ['present versions', webhook({ rules: [rule(['apps'], ['v1'], ['deployments'])] }), []],
  ['an old review', webhook({ rules: [], admissionReviewVersions: ['v1beta1'] }), ['warning deprecated']],
  ['both reviews', webhook({ rules: [], admissionReviewVersions: ['v1beta1', 'v1'] }), []],
  ['no rules', { webhooks: 'none' }, []],
])('a webhook with %s', (_name, value, expected) => {
  expect(seen('MutatingWebhookConfiguration', value).told).toEqual(expected);
});

test.each([
  [{ failurePolicy: 'Fail' }, true],
  [{}, true],
  [{ failurePolicy: 'Ignore' }, false],
  [{ rules: [] }, false],
])('a webhook with %j fails closed: %s', (more, failsClosed) => {
  const clientConfig = { service: { namespace: 'a', name: 'b' } };
  const { services } = seen('ValidatingWebhookConfiguration', webhook({ clientConfig, ...more })).facts;
  expect(services).toMatchObject([{ namespace: 'a', name: 'b', failsClosed }]);
});

test('a webhook behind a URL has no Service', () => {
  expect(
    seen('ValidatingWebhookConfiguration', webhook({ clientConfig: { url: 'https://x' } })).facts.services,
  ).toEqual([]);
});

const definition = (versions: object[], storedVersions: string[], more: object = {}) => ({
  spec: { group: 'g', names: { kind: 'K' }, versions, ...more },
  status: { storedVersions },
});
const v1 = { name: 'v1', served: true, storage: true };

test.each<[string, Mapping, string[]]>([
  ['only what is stored now', definition([v1], ['v1']), []],
  ['one that is not served', definition([v1, { name: 'v0', served: false }], ['v0', 'v1']), ['warning stored-version']],
  [
    'one that is deprecated',
    definition([v1, { name: 'v0', served: true, deprecated: true }], ['v0']),
    ['warning stored-version'],
  ],
  ['one that is gone', definition([v1], ['v0', 'v1']), ['warning stored-version']],
  ['one that is served well', definition([v1, { name: 'v0', served: true }], ['v0', 'v1']), []],
  ['a deprecated one that is stored now', definition([{ ...v1, deprecated: true }], ['v1']), []],
])('stored versions: %s', (_name, value, expected) => {
  const { told, facts } = seen('CustomResourceDefinition', value);
  expect(told).toEqual(expected);
  expect(facts.crds['g/K']?.versions[0]).toMatchObject({ name: 'v1', served: true });
});

test('the name of a definition is one word of the command that is to be pasted, whatever it is', () => {
  const value = definition([v1], ['v0', 'v1']);
  const object = { ...objectOf('CustomResourceDefinition', value), name: 'ks.g; touch x #' };
  const [found] = observeReferences(object, context, noFacts());
  expect(found).toMatchObject({ fix: expect.stringContaining("(kubectl get 'ks.g; touch x #' -A -o json | kubectl") });
});

test('a conversion webhook is needed where somebody asks for another version than the stored one', () => {
  const conversion = { strategy: 'Webhook', webhook: { clientConfig: { service: { namespace: 'a', name: 'b' } } } };
  expect(seen('CustomResourceDefinition', definition([v1], ['v1'], { conversion })).facts.services).toMatchObject([
    { name: 'b', failsClosed: false },
  ]);
  const none = { ...conversion, strategy: 'None' };
  expect(seen('CustomResourceDefinition', definition([v1], ['v1'], { conversion: none })).facts.services).toEqual([]);
});

const available = (status: string) => ({ spec: {}, status: { conditions: [{ type: 'Available', status }] } });

test.each<[string, Mapping, string[]]>([
  ['APIService', available('True'), []],
  ['APIService', available('False'), ['warning unavailable']],
  ['APIService', available('Unknown'), ['warning unavailable']],
  ['APIService', {}, []],
  [
    'HorizontalPodAutoscaler',
    { spec: { scaleTargetRef: { apiVersion: 'extensions/v1beta1', kind: 'Deployment' } } },
    ['extensions Deployment'],
  ],
  // Its controller looks for the kind in the group at any version.
  ['HorizontalPodAutoscaler', { spec: { scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Widget' } } }, []],
  ['HorizontalPodAutoscaler', { spec: {} }, []],
  [
    'ValidatingAdmissionPolicy',
    { spec: { matchConstraints: { resourceRules: [old] } } },
    ['extensions v1beta1 ingresses'],
  ],
  [
    'MutatingAdmissionPolicy',
    { spec: { matchConstraints: { resourceRules: [old] } } },
    ['extensions v1beta1 ingresses'],
  ],
  ['Role', { rules: [{ apiGroups: ['', 'extensions'], resources: ['pods', 'ingresses'] }] }, ['extensions ingresses']],
  ['ClusterRole', { rules: [{ apiGroups: ['*'], resources: ['ingresses'] }, { nonResourceURLs: ['/metrics'] }] }, []],
  [
    'ClusterRole',
    {
      metadata: { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
      rules: [{ apiGroups: ['extensions'], resources: ['ingresses'] }],
    },
    [],
  ],
  ['Widget', { rules: [{ apiGroups: ['extensions'], resources: ['ingresses'] }] }, []],
])('%s %j', (kind, value, expected) => {
  expect(seen(kind, value).told).toEqual(expected);
});

test.each([
  ['extensions/v1beta1', 'Deployment', 1],
  ['apps/v1', 'Deployment', 0],
  ['example.com/v1beta1', 'Deployment', 0],
  [undefined, 'Deployment', 0],
])('an owner of %s %s', (apiVersion, kind, count) => {
  const value = { metadata: { ownerReferences: [{ apiVersion, kind }, 'nonsense'] } };
  expect(observeOwnerReferences(objectOf('Pod', value), context)).toHaveLength(count);
});

test.each([
  ['storageclass.kubernetes.io/is-default-class', 'true', true],
  ['storageclass.beta.kubernetes.io/is-default-class', 'true', true],
  ['storageclass.beta.kubernetes.io/is-default-class', 'false', false],
  ['else', 'true', false],
])('a StorageClass with the annotation %s: %s is the default one: %s', (annotation, value, isDefault) => {
  const { storageClasses } = seen('StorageClass', { metadata: { annotations: { [annotation]: value } } }).facts;
  expect(storageClasses).toEqual({ o: isDefault });
});
