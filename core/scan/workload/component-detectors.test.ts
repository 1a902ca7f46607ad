import { deployment, rulesHit } from '../../../test/material/scan/rules-hit.ts';

const nodeConfig = (...flags: string[]) =>
  rulesHit('node.eks.aws/v1alpha1', 'NodeConfig', { spec: { kubelet: { flags } } });

test.each<[string, string[]]>([
  ['--cgroup-driver=systemd', ['kubelet-cgroup-driver-flag']],
  ['--cgroup-driver systemd', ['kubelet-cgroup-driver-flag']],
  ['--cgroup-driver-x=systemd', []],
  ['--my-cgroup-driver=systemd', []],
  ['--container-runtime=remote', ['kubelet-container-runtime-flag']],
  ['--container-runtime-endpoint=unix:///run/containerd.sock', []],
  ['--pod-infra-container-image=pause', ['kubelet-pod-infra-container-image-flag']],
  ['--containerd=/run/containerd.sock', ['kubelet-cadvisor-flags']],
  ['--containerd-x=1', []],
  ['--network-plugin=cni', ['kubelet-dockershim-flags']],
])('the flag %s of a kubelet', (flag, expected) => {
  expect(nodeConfig('--v=2', flag)).toEqual(expected);
});

test('flags in user data of Karpenter', () => {
  const spec = {
    userData: "#!/bin/bash\n/etc/eks/bootstrap.sh web --kubelet-extra-args '--container-runtime=docker'\n",
  };
  expect(rulesHit('karpenter.k8s.aws/v1', 'EC2NodeClass', { spec })).toEqual(['kubelet-container-runtime-flag']);
  expect(rulesHit('example.com/v1', 'Widget', { spec })).toEqual([]);
});

const config = (kind: string, featureGates: object) => rulesHit('x.config.k8s.io/v1', kind, { featureGates });

test.each<[string, object, string[]]>([
  ['KubeletConfiguration', { KMSv2: true }, ['feature-gates-gone-1-32']],
  ['KubeletConfiguration', { KMSv2X: true, kmsv2: true }, []],
  ['KubeletConfiguration', { HostnameOverride: false }, ['feature-gates-locked-1-37']],
  ['KubeletConfiguration', { HostnameOverride: true }, []],
  ['KubeletConfiguration', { LogarithmicScaleDown: true }, []],
  ['Widget', { KMSv2: true }, []],
])('a %s with %j', (kind, gates, expected) => {
  expect(config(kind, gates)).toEqual(expected);
});

const container = (image: string, words: Partial<Record<'command' | 'args', string[]>>) =>
  rulesHit('apps/v1', 'DaemonSet', deployment({ containers: [{ name: 'a', image, ...words }] }));
const kubeProxy = 'registry.example/eks/kube-proxy:v1.36.0';

test.each<[string, string[], number]>([
  ['one word', ['--feature-gates=A=true,HostnameOverride=false'], 1],
  ['two words', ['--feature-gates', 'HostnameOverride=false'], 1],
  ['a shell', ['kube-proxy --v=2 --feature-gates="HostnameOverride=false" --x'], 1],
  ['capitals', ['--feature-gates=HostnameOverride=False'], 1],
  ['the other value', ['--feature-gates=HostnameOverride=true'], 0],
  ['another flag', ['--feature-gates-x=HostnameOverride=false'], 0],
  ['nothing', ['--feature-gates'], 0],
])('feature gates in the command line: %s', (_name, args, count) => {
  expect(container(kubeProxy, { args })).toHaveLength(count);
  expect(container(kubeProxy, { command: args })).toHaveLength(count);
});

test('feature gates of other programs are their own', () => {
  expect(container('team/kube-proxy-exporter:1', { args: ['--feature-gates=KMSv2=true'] })).toEqual([]);
});

test('feature gates in NodeConfig, as a flag and in the configuration', () => {
  expect(nodeConfig('--feature-gates=KMSv2=true')).toEqual(['feature-gates-gone-1-32']);
  const spec = { kubelet: { config: { featureGates: { KMSv2: true } } } };
  expect(rulesHit('node.eks.aws/v1alpha1', 'NodeConfig', { spec })).toEqual(['feature-gates-gone-1-32']);
});

test.each([
  ['kubescheduler.config.k8s.io/v1beta3', 'KubeSchedulerConfiguration', 1],
  ['kubescheduler.config.k8s.io/v1', 'KubeSchedulerConfiguration', 0],
  ['kubescheduler.config.k8s.io/v1beta3', 'Widget', 0],
  ['client.authentication.k8s.io/v1alpha1', 'ExecCredential', 1],
])('%s %s', (apiVersion, kind, count) => {
  expect(rulesHit(apiVersion, kind, {})).toHaveLength(count);
});
