import { deployment, rulesHit } from '../../../test/material/scan/rules-hit.ts';

const web = (spec: object, metadata: object = {}) => rulesHit('apps/v1', 'Deployment', deployment(spec, metadata));
const annotated = (key: string) => web({}, { annotations: { [key]: 'x' } });
const image = (name: string) => web({ containers: [{ name: 'a', image: name }] });
const volume = (source: object) => web({ volumes: [{ name: 'a', ...source }] });

test.each<[string, string[], string[]]>([
  ['a gitRepo volume', volume({ gitRepo: { repository: 'x' } }), ['gitrepo-volume']],
  ['a volume that is called so', volume({ configMap: { name: 'gitRepo' } }), []],
  ['the socket of Docker', volume({ hostPath: { path: '/var/run/docker.sock/' } }), ['container-runtime-socket']],
  ['another socket', volume({ hostPath: { path: '/var/run/docker.sock.d' } }), []],
  ['an old annotation', annotated('seccomp.security.alpha.kubernetes.io/pod'), ['seccomp-pod-annotation']],
  [
    'an annotation by its beginning',
    annotated('container.apparmor.security.beta.kubernetes.io/app'),
    ['apparmor-annotation'],
  ],
  ['another annotation', annotated('seccomp.security.alpha.kubernetes.io/pods'), []],
  ['old labels of nodes', web({ nodeSelector: { 'beta.kubernetes.io/arch': 'amd64' } }), ['beta-node-labels']],
  ['present ones', web({ nodeSelector: { 'kubernetes.io/arch': 'beta.kubernetes.io/arch' } }), []],
  [
    'an old VPC CNI',
    image('602401143452.dkr.ecr.eu-central-1.amazonaws.com/amazon-k8s-cni:v1.11.4'),
    ['vpc-cni-before-1-12'],
  ],
  ['a new one', image('602401143452.dkr.ecr.eu-central-1.amazonaws.com/amazon-k8s-cni:v1.19.0'), []],
  ['one without a version', image('x/amazon-k8s-cni:latest'), []],
  ['another image with that end', image('x/my-amazon-k8s-cni:v1.0.0'), []],
  ['a frozen registry', image('k8s.gcr.io/pause:3.2'), ['registry-k8s-gcr-io']],
  ['its mirror', image('registry.k8s.io/k8s.gcr.io:1'), []],
])('%s', (_name, found, expected) => {
  expect(found).toEqual(expected);
});

test('pods are looked at wherever they stand', () => {
  const spec = { volumes: [{ gitRepo: {} }], initContainers: [{ image: 'a' }] };
  const template = { spec };
  for (const [kind, value] of Object.entries({
    Pod: { spec },
    StatefulSet: { spec: { template } },
    CronJob: { spec: { jobTemplate: { spec: { template } } } },
    PodTemplate: { template },
    Rollout: { spec: { template } },
  }))
    expect([kind, rulesHit('x/v1', kind, value)]).toEqual([kind, ['gitrepo-volume']]);
});

test.each([null, 'text', [], { spec: null }, { spec: { containers: 'none', volumes: [{ gitRepo: {} }] } }])(
  'what is no pod is none: %j',
  (spec) => {
    expect(rulesHit('v1', 'Pod', { spec })).toEqual([]);
  },
);

test('one finding for ten containers with the same image', () => {
  const containers = Array.from({ length: 10 }, (_, index) => ({ name: `c${index}`, image: 'k8s.gcr.io/pause:3.2' }));
  expect(web({ containers })).toEqual(['registry-k8s-gcr-io']);
});
