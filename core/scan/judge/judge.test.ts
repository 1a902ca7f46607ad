import { findingAt, judged, observed } from '../../../test/material/scan/observed.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { judge, judgeAll } from './judge.ts';
import type { ApiReference, ControllerImage, Observation, Problem, RuleHit, SkewObservation } from './observation.ts';

const reference = (named: ApiReference['named'], severity: ApiReference['severity'] = 'warning'): ApiReference => {
  return { type: 'reference', ...observed, named, severity, says: 'It names', consequence: 'it does nothing' };
};
const extensions = { group: 'extensions', resource: 'ingresses' };
const budgets = { group: 'policy', resource: 'poddisruptionbudgets' };

test.each<[string, ApiReference, string, string]>([
  ['a group that lost the resource', reference(extensions), '1.22', 'warning unserved-version'],
  ['the same before that', reference(extensions), '1.21', 'nothing'],
  ['a group that has it at another version', reference(budgets), '1.25', 'nothing'],
  ['its old version', reference({ ...budgets, version: 'v1beta1' }, 'error'), '1.25', 'error removed'],
  ['its old version before that', reference({ ...budgets, version: 'v1beta1' }, 'error'), '1.24', 'warning deprecated'],
  ['a warning, earlier', reference({ ...budgets, version: 'v1beta1' }), '1.24', 'info deprecated'],
  ['its present version', reference({ ...budgets, version: 'v1' }), '1.36', 'nothing'],
  ['a kind', reference({ group: 'extensions', kind: 'Deployment' }, 'error'), '1.16', 'error removed'],
  [
    'a subresource',
    reference({ group: 'extensions', resource: 'deployments/scale' }),
    '1.16',
    'warning unserved-version',
  ],
  ['a group of others', reference({ group: 'example.com', resource: 'widgets' }), '1.36', 'nothing'],
])('a reference to %s', (_name, observation, target, expected) => {
  expect(judged(observation, target)).toBe(expected);
});

test('of many names the first are told, and what a gate lived through before is milder', () => {
  const old = ['daemonsets', 'deployments', 'ingresses', 'networkpolicies', 'replicasets', 'podsecuritypolicies'];
  const [named = extensions, ...others] = old.map((resource) => ({ group: 'extensions', resource }));
  const also = others.map((one) => ({ named: one, evidence: [] }));
  const many: ApiReference = { ...reference(named, 'error'), also };
  const at = (target: string, from: string) =>
    judge(many, { target: KubeVersion.parse(target), from: KubeVersion.parse(from), isUpgrade: true });
  expect(at('1.36', '1.35')).toMatchObject({
    severity: 'warning',
    evidence: expect.arrayContaining([expect.stringContaining('1.35')]),
  });
  expect(at('1.22', '1.21')).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('extensions/replicasets and 1 more, which'),
  });
});

test('two APIs that one object names, and its own, are problems of their own', () => {
  const ids = [
    extensions,
    { group: 'extensions', kind: 'Deployment' },
    { group: 'extensions', version: 'v1beta1', kind: 'Deployment' },
  ].map((named) => judge(reference(named), { target: KubeVersion.parse('1.36') })?.rule);
  expect(ids).toEqual([
    'names:extensions/ingresses',
    'names:extensions/Deployment',
    'names:extensions/v1beta1/Deployment',
  ]);
});

const hit = (rule: string): RuleHit => ({ type: 'rule', ...observed, rule });

test.each([
  ['al2-ami', '1.31', undefined, 'nothing'],
  ['al2-ami', '1.32', undefined, 'warning unsupported'],
  ['al2-ami', '1.33', '1.32', 'error unsupported'],
  ['al2-ami', '1.34', '1.33', 'warning unsupported'],
  ['docker-runtime', '1.23', undefined, 'warning deprecated'],
  ['docker-runtime', '1.24', '1.23', 'error removed'],
  ['docker-runtime', '1.25', '1.24', 'warning unsupported'],
  ['registry-bitnami', '1.20', '1.20', 'info unsupported'],
  ['ingress-nginx-retired', '1.36', undefined, 'warning unsupported'],
])('the rule %s at %s from %s: %s', (rule, target, from, expected) => {
  expect(judged(hit(rule), target, from)).toBe(expected);
});

test('what runs past a break already says so', () => {
  expect(findingAt(hit('al2-ami'), '1.34', '1.33')?.evidence).toContain(
    'Kubernetes 1.33, which runs now, is past that already.',
  );
});

test('a rule that nobody wrote is a bug', () => {
  expect(() => judged(hit('nothing'), '1.36')).toThrow('No break rule is called nothing.');
});

const controller = (version: string, component = 'argo-workflows'): ControllerImage => {
  return { type: 'controller', ...observed, component, version };
};

test.each([
  ['3.6.2', '1.31', 'nothing'],
  ['3.6.2', '1.32', 'warning unsupported'],
  ['3.7.0', '1.30', 'warning unsupported'],
  ['2.0.0', '1.36', 'warning unsupported'],
  ['2.0.0', '1.30', 'warning unsupported'],
  ['99.0.0', '1.36', 'info unsupported'],
])('a controller of version %s at %s: %s', (version, target, expected) => {
  expect(judged(controller(version), target)).toBe(expected);
});

test('of a release from before or after the table no range is quoted', () => {
  const said = (version: string) => findingAt(controller(version), '1.32')?.message;
  expect(said('2.0.0')).toMatch(/^argo-workflows 2\.0\.0 is older than any release whose range is known \([\d.]+\)\.$/);
  expect(said('99.0.0')).toMatch(/^argo-workflows 99\.0\.0 is newer than the table \(which ends at [\d.]+\)\.$/);
});

test('a release that fits both minors is for before the upgrade, one that fits the new one alone for after', () => {
  expect(findingAt(controller('3.6.2'), '1.33')?.fix).toMatch(/ before the upgrade\.$/);
  expect(findingAt(controller('1.35.0', 'cluster-autoscaler'), '1.36')?.fix).toBe(
    'Update cluster-autoscaler to 1.36 or newer once the cluster is at 1.36.',
  );
});

test('the next release that fits is named, or that there is none', () => {
  expect(findingAt(controller('3.6.2'), '1.33')?.fix).toContain('to 3.7');
  expect(findingAt(controller('3.6.2'), '1.37')?.fix).toContain('No release');
  expect(judged(controller('1.0.0', 'unknown'), '1.36')).toBe('nothing');
});

const skew = (component: 'kubelet' | 'kube-proxy', version: string): SkewObservation => {
  return { type: 'skew', ...observed, component, version };
};

test.each([
  [skew('kubelet', 'v1.33.1-eks-abc'), '1.36', 'nothing'],
  [skew('kubelet', 'v1.32.1-eks-abc'), '1.36', 'error version-skew'],
  [skew('kube-proxy', 'v1.37.0-eksbuild.1'), '1.36', 'error version-skew'],
  [skew('kubelet', 'nonsense'), '1.36', 'error version-skew'],
])('%j at %s: %s', (observation, target, expected) => {
  expect(judged(observation, target)).toBe(expected);
});

test('a hop is refused by what is too old for it or for its cluster today; where the control plane stays, that is what is brought up', () => {
  const hops = ['1.36', '1.37'].map((from) => ({ target: KubeVersion.parse('1.37'), from: KubeVersion.parse(from) }));
  const ofGroup = (version: string) => ({ ...skew('kubelet', version), nodegroup: 'workers' });
  const severities = (one: SkewObservation) => hops.map((hop) => judge(one, hop)?.severity);
  expect(severities(ofGroup('v1.33.1'))).toEqual(['error', 'info']);
  expect(severities(skew('kubelet', 'v1.33.1'))).toEqual(['error', 'warning']);
  // The add-on step brings kube-proxy along before the control plane, where EKS manages it.
  const [hop] = hops.map((one) => ({ ...one, brings: () => true }));
  expect(hop && judge(skew('kube-proxy', 'v1.33.1'), hop)).toBeUndefined();
  expect(hop && judge(skew('kube-proxy', 'v1.32.1'), hop)?.severity).toBe('info');
  expect(hop && judge(skew('kube-proxy', 'v1.37.1'), hop)?.severity).toBe('error');
  expect(severities(skew('kube-proxy', 'v1.33.1'))[0]).toBe('error');
  // Nothing takes a kubelet back.
  expect(severities(ofGroup('v1.38.0'))).toEqual(['error', 'warning']);
  // The control plane goes nowhere, and is not waited for.
  expect(hops.map((hop) => judge(ofGroup('v1.33.1'), hop)?.fix)).toEqual([
    'Update these nodes to a version that fits both before the control plane goes to 1.37.',
    'Bring these nodes to 1.37, the version of the control plane.',
  ]);
});

test('a problem is one from its minor on', () => {
  const problem: Problem = {
    type: 'problem',
    ...observed,
    reason: 'unavailable',
    severity: 'error',
    message: 'm',
    fix: 'f',
  };
  const later: Observation = { ...problem, fromMinor: '1.36', rule: 'r', removedIn: '1.36', replacement: 'x' };
  expect([judged(problem, '1.20'), judged(later, '1.35')]).toEqual(['error unavailable', 'nothing']);
  expect(findingAt(later, '1.36')).toMatchObject({ rule: 'r', removedIn: '1.36', replacement: 'x', name: 'b' });
});

test('what an older minor removed is no break of a hop, and is one for whoever asks what is broken', () => {
  const use = { ...observed, type: 'api' } as const;
  const hop = { target: KubeVersion.parse('1.37'), from: KubeVersion.parse('1.36') };
  const severities = (more: object) => judgeAll([use], { ...hop, ...more }).map(({ severity }) => severity);
  expect([severities({}), severities({ isUpgrade: true })]).toEqual([['error'], ['warning']]);
  expect(judgeAll([use], { ...hop, isUpgrade: true })[0]?.evidence.at(-1)).toBe(
    'Kubernetes 1.36, which runs now, does not serve it either.',
  );
  const gone = { target: KubeVersion.parse('1.25'), from: KubeVersion.parse('1.24'), isUpgrade: true };
  expect(judgeAll([use], gone)[0]?.severity).toBe('error');
  const gauge = { ...use, source: 'telemetry' } as const;
  expect(judgeAll([gauge], gone)[0]?.severity).toBe('error');
  expect(judgeAll([gauge], { ...gone, insightsRead: true })[0]?.severity).toBe('warning');
});

test('what the gauge of the API server counts and nothing removes is for information', () => {
  const endpoints = {
    ...observed,
    subject: { apiVersion: 'v1', kind: 'Endpoints' },
    type: 'api',
    served: true,
  } as const;
  expect(judged(endpoints, '1.36')).toBe('warning deprecated');
  expect(judged({ ...endpoints, source: 'telemetry' }, '1.36')).toBe('info deprecated');
});
