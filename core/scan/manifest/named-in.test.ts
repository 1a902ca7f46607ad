import { KubeVersion } from '../../version/kube-version.ts';
import { judgeAll } from '../judge/judge.ts';
import { scanText } from './scan-text.ts';

/** `error removed 5:3 message` for every finding at 1.36. */
function found(text: string): string[] {
  const { observations } = scanText('f.yaml', text);
  return judgeAll(observations, { target: KubeVersion.parse('1.36') }).map(
    ({ source, severity, reason, location, message }) =>
      `${source} ${severity} ${reason} ${location?.line}:${location?.column} ${message}`,
  );
}
const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n';
const rule = (group: string, resource: string) =>
  `${RBAC}rules:\n- apiGroups: ["${group}"]\n  resources: [${resource}]\n  verbs: [get]\n`;

test.each<[string, string, string]>([
  [
    'a rule of a role',
    rule('extensions', 'ingresses'),
    'warning unserved-version 5:3 The role names extensions/ingresses, which Kubernetes 1.36 does not serve: it gives no right any more.',
  ],
  [
    'a rule of a webhook at one version',
    'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: w}\nwebhooks:\n- name: a.example.com\n  admissionReviewVersions: [v1]\n  rules:\n  - apiGroups: [policy]\n    apiVersions: [v1beta1]\n    resources: [poddisruptionbudgets]\n',
    'warning unserved-version 8:5 A rule of the webhook names policy/v1beta1 poddisruptionbudgets, which Kubernetes 1.36 does not serve: requests for the versions that are served may pass without it.',
  ],
  [
    'what an autoscaler scales',
    'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: web\n    apiVersion: extensions/v1beta1\n',
    'error removed 8:5 Its scaleTargetRef names extensions/Deployment, which Kubernetes 1.36 does not serve: the autoscaler finds nothing to scale.',
  ],
  [
    'an owner',
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  ownerReferences:\n  - apiVersion: extensions/v1beta1\n    kind: Deployment\n    name: web\n    uid: u\n',
    'warning unserved-version 6:5 Its ownerReferences name extensions/v1beta1 Deployment, which Kubernetes 1.36 does not serve: the garbage collector cannot look its owner up.',
  ],
])('%s in a file is judged, where it stands', (_, text, expected) => {
  expect(found(text)).toEqual([`manifest ${expected}`]);
});

test('names within a List, and within a ConfigMap, are found at the place in the file', () => {
  const object = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' } };
  const rules = [{ apiGroups: ['extensions'], resources: ['ingresses'], verbs: ['get'] }];
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${JSON.stringify({ ...object, rules })}\n`;
  expect(found(list)).toEqual([expect.stringContaining('warning unserved-version 4:')]);
  const packed = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a.json: '${JSON.stringify({ ...object, rules })}'\n`;
  expect(found(packed)).toEqual([expect.stringContaining('warning unserved-version 5:3')]);
});

test.each([
  ['what is served', rule('networking.k8s.io', 'ingresses')],
  ['a group of others', rule('extensions.istio.io', 'wasmplugins')],
  ['everything', rule('*', '"*"')],
  [
    'what the API server made',
    rule('extensions', 'ingresses').replace(
      '{name: r}',
      '{name: r, labels: {kubernetes.io/bootstrapping: rbac-defaults}}',
    ),
  ],
])('a role about %s is silent', (_, text) => {
  expect(found(text)).toEqual([]);
});

test('nothing is said of a cluster that no file can know: status, endpoints, default storage classes', () => {
  const files = [
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.example.com}\nspec:\n  group: example.com\n  names: {kind: A}\n  versions: [{name: v1, served: true, storage: true}]\nstatus:\n  storedVersions: [v1alpha1, v1]\n',
    'apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.example.com}\nstatus:\n  conditions: [{type: Available, status: "False", reason: Gone}]\n',
    'apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: w}\nwebhooks: [{admissionReviewVersions: [v1], clientConfig: {service: {namespace: a, name: b}}}]\n',
    'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s}\n',
  ];
  expect(files.flatMap(found)).toEqual([]);
});

test('a webhook that knows the old review alone is found in a file, too', () => {
  const text =
    'apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: w}\nwebhooks:\n- admissionReviewVersions: [v1beta1]\n';
  expect(found(text)).toEqual([expect.stringContaining('warning deprecated 5:3')]);
});

test('what was last applied names nothing that is applied again', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': role() };
  const object = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r', annotations } };
  expect(found(JSON.stringify(object))).toEqual([]);
});

const role = (): string =>
  JSON.stringify({
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' } },
    rules: [{ apiGroups: ['extensions'], resources: ['ingresses'] }],
  });

test('all that the rules of one role name is one finding, PodSecurityPolicies among it, at the first of them', () => {
  const several = [
    rule('networking.k8s.io', 'ingresses'),
    '- {apiGroups: [extensions], resources: [deployments, ingresses], verbs: [get]}\n',
    '- {apiGroups: [policy, extensions], resources: [podsecuritypolicies], verbs: [use]}\n',
    '- {apiGroups: [extensions], resources: [deployments], verbs: [list]}\n',
  ].join('');
  const { observations } = scanText('f.yaml', several);
  const findings = judgeAll(observations, { target: KubeVersion.parse('1.36') });
  expect(findings.map(({ message, location }) => `${location?.line} ${message}`)).toEqual([
    '8 The role names extensions/deployments, extensions/ingresses and policy/podsecuritypolicies, which Kubernetes 1.36 does not serve: it gives no right any more.',
  ]);
  expect(findings[0]).toMatchObject({
    replacement: null,
    fix: 'Name apps/v1 Deployment and networking.k8s.io/v1 Ingress instead. Remove policy/podsecuritypolicies: nothing takes its place.',
    evidence: expect.arrayContaining(['A rule names deployments of the group "extensions".']),
  });
  expect(findings[0]?.evidence).toHaveLength(3);
  // At an older target only its own removals count.
  const [older] = judgeAll(observations, { target: KubeVersion.parse('1.21') });
  expect(older).toMatchObject({
    message: expect.stringContaining('names extensions/deployments, which'),
    replacement: 'apps/v1 Deployment',
  });
});
