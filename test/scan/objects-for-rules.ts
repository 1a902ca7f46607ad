import type { BreakRule, DetectorName } from '../../core/scan/data/break-rule.ts';
import { parameterOf } from '../../core/scan/data/break-rules.ts';
import { withValueAt } from './with-value-at.ts';

type Make = (rule: BreakRule) => readonly object[];

const metadata = { name: 'thing' };
const pod = (spec: object, annotations: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: { template: { metadata: { annotations }, spec: { containers: [{ name: 'main', image: 'app:1' }], ...spec } } },
});
const running = (image: string, args: readonly string[] = []) => pod({ containers: [{ name: 'main', image, args }] });
const node = (nodeInfo: object) => ({ apiVersion: 'v1', kind: 'Node', metadata, status: { nodeInfo } });
const apiVersionOf = (group: string, version: string) => (group === '' ? version : `${group}/${version}`);
/** A key that a prefix (`…/`, `…*`) stands for. */
const keyOf = (key: string) => (key.endsWith('/') ? `${key}main` : key.replace(/\*$/, 'kernel'));
const RBAC = 'rbac.authorization.k8s.io';

/** For each value of a rule's parameters an object that has it and nothing else. `node scope` detectors have their objects too. */
export const objectsFor: Readonly<Record<DetectorName, Make>> = {
  'pod-field': (rule) => parameterOf(rule, 'path').map((path) => withValueAt(pod({}), `spec.template.spec.${path}`)),
  'pod-annotation': (rule) => parameterOf(rule, 'key').map((key) => pod({}, { [keyOf(key)]: 'x' })),
  'node-label-reference': (rule) => parameterOf(rule, 'keys').map((key) => pod({ nodeSelector: { [key]: 'x' } })),
  'host-path': (rule) =>
    parameterOf(rule, 'paths').map((path) => pod({ volumes: [{ name: 'node', hostPath: { path } }] })),
  'container-image': (rule) => [
    ...parameterOf(rule, 'images').map((image) => running(`registry.example/${image}:v1.0.0`)),
    ...parameterOf(rule, 'registries').map((registry) => running(`${registry}/app:1`)),
  ],
  'object-field': (rule) => {
    const [kind, group = ''] = [parameterOf(rule, 'kind')[0], parameterOf(rule, 'group')[0]];
    const empty = { apiVersion: apiVersionOf(group, 'v1'), kind, metadata };
    const [value] = parameterOf(rule, 'values');
    return parameterOf(rule, 'path').map((path) =>
      value === undefined ? withValueAt(empty, path) : withValueAt(empty, path, value),
    );
  },
  'object-annotation': (rule) => {
    const [kind = 'ConfigMap'] = parameterOf(rule, 'kind');
    const apiVersion = kind === 'Ingress' ? 'networking.k8s.io/v1' : 'v1';
    return parameterOf(rule, 'key').map((key) => ({
      apiVersion,
      kind,
      metadata: { ...metadata, annotations: { [keyOf(key)]: 'x' } },
    }));
  },
  'ip-address-format': () => [{ apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: '10.0.0.010' } }],
  'component-config': (rule) =>
    parameterOf(rule, 'kinds').map((kind) => ({
      apiVersion: apiVersionOf(parameterOf(rule, 'group')[0] ?? '', parameterOf(rule, 'version')[0] ?? ''),
      kind,
    })),
  'feature-gate': (rule) =>
    parameterOf(rule, 'gates').map((gate) =>
      running('registry.k8s.io/kube-proxy:edge', [`--feature-gates=${gate.includes('=') ? gate : `${gate}=true`}`]),
    ),
  'kubelet-flag': (rule) =>
    parameterOf(rule, 'flags').map((flag) => ({
      apiVersion: 'node.eks.aws/v1alpha1',
      kind: 'NodeConfig',
      metadata,
      spec: { kubelet: { flags: [`${flag}=x`] } },
    })),
  'node-runtime': (rule) =>
    parameterOf(rule, 'runtime').map((runtime) => node({ containerRuntimeVersion: `${runtime}://1.5.0` })),
  'node-os': (rule) => parameterOf(rule, 'prefix').map((osImage) => node({ osImage })),
  'kube-proxy-mode': (rule) =>
    parameterOf(rule, 'mode').map((mode) => ({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode,
    })),
  'binding-subject': (rule) =>
    parameterOf(rule, 'subjects').map((name) => ({
      ...{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata },
      subjects: [{ kind: 'Group', name }],
      roleRef: { kind: 'ClusterRole', name: 'view' },
    })),
  // Only all StorageClasses of a cluster together tell: files never say it.
  'no-default-storage-class': () => [],
};
