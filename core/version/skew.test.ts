import { KubeVersion } from './kube-version.ts';
import { checkHop, checkSkew } from './skew.ts';

const v = KubeVersion.parse;
const kubelet = (version: string) => ({ kind: 'kubelet', name: 'node group workers', version }) as const;
const kubeProxy = (version: string) => ({ kind: 'kube-proxy', name: 'kube-system', version }) as const;

test.each([
  ['1.36', 'v1.36.1-eks-abc', true],
  ['1.36', 'v1.33.9-eks-abc', true],
  ['1.36', 'v1.32.9-eks-abc', false],
  ['1.36', 'v1.37.0-eks-abc', false],
  ['1.26', 'v1.24.17', true],
  ['1.27', 'v1.24.17', false],
  ['1.28', 'v1.25.0', true],
])('API server %s with a kubelet or kube-proxy %s: allowed is %s', (apiServer, component, ok) => {
  expect(checkSkew(v(apiServer), [kubelet(component)]).ok).toBe(ok);
  expect(checkSkew(v(apiServer), [kubeProxy(component)]).ok).toBe(ok);
});

test.each([
  ['1.35', ['v1.35.0', 'v1.33.0'], true],
  ['1.35', ['v1.35.0', 'v1.32.0'], false],
  ['1.35', ['v1.36.0'], false],
  ['1.35', [], true],
])('the hop from %s with kubelets at %j: allowed is %s', (from, versions, ok) => {
  expect(checkHop(v(from), versions.map(kubelet)).ok).toBe(ok);
});

test('the reason names the component, the numbers and what to do', () => {
  expect(checkHop(v('1.35'), [kubelet('v1.32.3-eks-abc')]).reasons).toEqual([
    'kubelet on node group workers is 1.32, 4 minors older than an API server at 1.36; at most 3 are allowed. Update it first.',
  ]);
});

test('a version that cannot be read forbids, once', () => {
  expect(checkHop(v('1.35'), [kubeProxy('latest')])).toEqual({
    ok: false,
    reasons: ['kube-proxy on kube-system reports "latest", which is not a Kubernetes version, so its skew is unknown.'],
  });
});

test('a rollback under nodes that were already rolled is forbidden', () => {
  expect(checkSkew(v('1.35'), [kubelet('v1.36.0')]).reasons).toEqual([
    'kubelet on node group workers is 1.36, newer than the API server at 1.35, which Kubernetes does not support. Take it back to 1.35, or the control plane up to 1.36.',
  ]);
});
