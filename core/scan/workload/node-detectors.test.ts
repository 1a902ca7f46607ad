import { rulesHit } from '../../../test/material/scan/rules-hit.ts';

const node = (nodeInfo: object) => rulesHit('v1', 'Node', { status: { nodeInfo } });
const al2 = ['al2-ami', 'cgroup-v1-amazon-linux-2'];

test.each<[string, string[]]>([
  ['Amazon Linux 2', al2],
  ['Amazon Linux 2 (Karoo)', al2],
  ['Amazon Linux 2023.6.20250218', []],
  ['Amazon Linux 2023', []],
  ['Bottlerocket OS 1.30.0 (aws-k8s-1.31)', []],
  ['Ubuntu 20.04.6 LTS', ['cgroup-v1-ubuntu-20-04']],
  ['Ubuntu 22.04.5 LTS', []],
  ['My Amazon Linux 2', []],
  ['', []],
])('the operating system %s', (osImage, expected) => {
  expect(node({ osImage })).toEqual(expected);
});

test.each<[string, string[]]>([
  ['docker://20.10.7', ['docker-runtime']],
  ['containerd://1.5.9', ['containerd-1x', 'containerd-before-1-6']],
  ['containerd://1.7.27', ['containerd-1x']],
  ['containerd://1.10.0', ['containerd-1x']],
  ['containerd://2.0.0', []],
  ['containerd://2.1.4+bottlerocket', []],
  ['cri-o://1.30.0', []],
  ['', []],
])('the runtime %s', (containerRuntimeVersion, expected) => {
  expect(node({ containerRuntimeVersion })).toEqual(expected);
});

test('only nodes are nodes', () => {
  expect(rulesHit('example.com/v1', 'Node', { status: { nodeInfo: { osImage: 'Amazon Linux 2' } } })).toEqual([]);
});

const proxy = (name: string, config: string) => rulesHit('v1', 'ConfigMap', { metadata: { name }, data: { config } });

test.each<[string, string, string[]]>([
  ['kube-proxy-config', 'kind: KubeProxyConfiguration\nmode: "ipvs"\n', ['kube-proxy-ipvs']],
  ['kube-proxy', 'mode: ipvs\n', ['kube-proxy-ipvs']],
  ['kube-proxy-config', 'mode: iptables\n', []],
  ['kube-proxy-config', '# mode: ipvs\nmode: nftables\n', []],
  ['kube-proxy-config', 'ipvs:\n  mode: ipvs\nmode: iptables\n', []],
  ['another', 'mode: ipvs\n', []],
])('ConfigMap %s with %j', (name, config, expected) => {
  expect(proxy(name, config)).toEqual(expected);
});

test('kube-proxy’s configuration by itself', () => {
  const [apiVersion, kind] = ['kubeproxy.config.k8s.io/v1alpha1', 'KubeProxyConfiguration'];
  expect(rulesHit(apiVersion, kind, { mode: 'ipvs' })).toEqual(['kube-proxy-ipvs']);
  expect(rulesHit(apiVersion, kind, { mode: 'nftables' })).toEqual([]);
});
