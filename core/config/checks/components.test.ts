import { fleetWith, issuesOf } from '../../../test/material/config/issues-of.ts';

const lambda = 'arn:aws:lambda:eu-west-1:111111111111:function:mover';
const where = 'workload: { kind: Deployment, namespace: kube-system, name: cluster-autoscaler }';
const VERSIONS = 'versions: { "1.36": 1.36.x, "1.37": 1.37.x }';
const hook = `hook: { lambda: "${lambda}" }`;
const component = (more: string, name = 'autoscaler', place = where) =>
  `{ name: ${name}${place === '' ? '' : `, ${place}`}, ${more} }`;
const issues = (components: readonly string[], more = '') =>
  issuesOf('{ name: w }', {
    spec: `components:\n${components.map((one) => `  - ${one}`).join('\n')}${more === '' ? '' : `\n${more}`}`,
  });

test.each([
  ['a workload that is only reported', component(VERSIONS)],
  ['one of which the table of controllers decides', component('phase: before')],
  ['a release of Helm', component(VERSIONS, 'traefik', 'helm: { namespace: ingress, release: traefik }')],
  ['one with a hook', component(`${VERSIONS}, ${hook}, phase: before, timeout: 4h`)],
])('%s is right', (_, written) => {
  expect(issues([written])).toEqual([]);
});

test.each([
  [
    component('versions: { "1.36.2": 1.36.x }'),
    'spec.components[0].versions["1.36.2"]: the key "1.36.2" is not a minor',
  ],
  [component('versions: { "1.36": latest }'), 'is no version and no range of versions, such as "1.37.x"'],
  [component('versions: { "1.36": 1.36 }'), 'write it in quotes'],
  [component('phase: during'), 'spec.components[0].phase: "during" is neither before nor after'],
  [component('timeout: 5h'), 'spec.components[0].timeout: "5h" is longer than 4 hours'],
  [component('retries: 3'), 'retries: this field is unknown'],
  [component(`${VERSIONS}, hook: { url: x }`), 'spec.components[0].hook: is nobody who can be asked'],
  [component(`${VERSIONS}, hook: { webhook: "http://x.example.com/", secret: "S" }`), 'is not encrypted'],
  [component(VERSIONS, 'a', ''), 'needs exactly one of workload and helm'],
  [component(VERSIONS, 'a', `${where}, helm: { namespace: a, release: b }`), 'needs exactly one of workload and helm'],
  [component(VERSIONS, 'a', 'workload: { kind: Job, namespace: a, name: b }'), 'is neither Deployment nor DaemonSet'],
  [component(hook), 'spec.components[0].hook: it names no version for any minor'],
  [component(`versions: { "1.35": "1", "1.37": "1" }, ${hook}`), 'it names no version for 1.36'],
])('%s is an error with its place', (written, message) => {
  const told = issues([written]);
  expect(told[0]).toMatch(/^p\.yaml:8:\d+: error: /);
  expect(told.some((one) => one.includes(message)) ? message : told).toBe(message);
});

test('a hook needs the version for a target that is a minor, and what is only reported does not', () => {
  const told = (more: string) =>
    issues([component(more)], 'target: "1.38"').filter((one) => one.includes('components'));
  expect(told(VERSIONS)).toEqual([]);
  expect(told(`${VERSIONS}, ${hook}`)).toEqual([
    expect.stringMatching(/^p\.yaml:8:\d+: error: spec\.components\[0\]\.hook: it names no version for 1\.38, so that/),
  ]);
});

test('a Job is of an image that the Fleet lists', () => {
  const job = (image: string) => component(`${VERSIONS}, hook: { job: { image: "${image}" } }`);
  const others = fleetWith(
    'hooks: { jobs: { namespace: hooks, serviceAccount: asked, images: [registry.example/mover] } }',
  );
  const told = (image: string) => issuesOf('{ name: w }', { spec: `components:\n  - ${job(image)}`, others });
  expect(told('registry.example/mover:1')).toEqual([]);
  expect(told('registry.example/other:1')).toEqual([
    expect.stringContaining('"registry.example/other:1" is an image that the Fleet does not list.'),
  ]);
});

test('two of one name are refused, since what the hook has said is kept by it', () => {
  expect(issues([component(VERSIONS), component(VERSIONS)])).toEqual([
    'p.yaml:9:15: error: spec.components[1].name: "autoscaler" is the name of components[0] already, and what its hook has said is kept by its name. Rename one.',
  ]);
});

test('where no API server is asked nobody would see what runs', () => {
  expect(issues([component(VERSIONS)], 'verification: eks-api')).toEqual([
    expect.stringMatching(/^p\.yaml:7:\d+: error: spec\.components: verification: eks-api asks no API server/),
  ]);
});

test.each([
  ['two of four hours', 2, hook, false],
  ['three of four hours', 3, hook, true],
  ['three that wait for nobody', 3, 'phase: after', false],
])('%s: only those that may outlast their execution are refused', (_, count, more, isLong) => {
  const written = Array.from({ length: count }, (_, at) => component(`${VERSIONS}, ${more}, timeout: 4h`, `c-${at}`));
  const told = issues(written);
  expect(told.map((one) => one.split(': ').slice(1, 4).join(' '))).toEqual(
    isLong ? ['error spec.components may wait for hooks for more than 8 hours together'] : [],
  );
});
