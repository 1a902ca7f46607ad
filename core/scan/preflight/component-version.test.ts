import type { Cluster } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { decideHop } from '../fleet/decide-hop.ts';
import { judgeAll } from '../judge/judge.ts';
import type { ScanReport } from '../report/report-schema.ts';
import { componentVersion, judgeComponent } from './component-version.ts';
import type { Component, PreflightFacts, SeenComponent } from './preflight-check.ts';

const target = KubeVersion.parse('1.37');
const component = (more: Partial<Component> = {}): Component => ({
  name: 'autoscaler',
  workload: { kind: 'Deployment', namespace: 'kube-system', name: 'cluster-autoscaler' },
  versions: { '1.36': '1.36.x', '1.37': '1.37.x' },
  phase: 'after',
  timeout: '1h',
  ...more,
});
const hook = { lambda: 'arn:aws:lambda:eu-west-1:111111111111:function:mover' };
const before = { phase: 'before' } as const;
const runs = (version: string, more: object = {}): SeenComponent => ({ type: 'runs', version, ...more });
const image = 'registry.example.com/autoscaling/cluster-autoscaler:v1.36.2';

function found(given: Component, seen: SeenComponent, hasMoved = false) {
  const cluster = { name: 'web', version: '1.36' } as Cluster;
  const facts = { cluster, target, hasMoved, components: [{ component: given, seen }] } as unknown as PreflightFacts;
  return judgeAll(componentVersion.observe(facts), { target, from: KubeVersion.parse('1.36') });
}

test.each<[string, Component, SeenComponent, string | undefined]>([
  ['one that fits', component(), runs('1.37.2'), undefined],
  ['one that fits and has a hook', component({ hook }), runs('1.37.2'), undefined],
  ['one that has to be moved before', component(before), runs('1.36.2'), 'error'],
  ['one that has to be moved after', component(), runs('1.36.2'), 'warning'],
  ['one that was to be moved after the hop before this one', component(), runs('1.35.4'), 'error'],
  ['the same with a hook, which moves it after', component({ hook }), runs('1.35.4'), 'info'],
  [
    'one of which nothing says whether it fits now',
    component({ versions: { '1.37': '1.37.x' } }),
    runs('1.35.4'),
    'warning',
  ],
  ['one that a hook moves before', component({ ...before, hook }), runs('1.36.2'), 'info'],
  ['one that a hook moves after', component({ hook }), runs('1.36.2'), 'info'],
  ['one that is not there', component(before), { type: 'absent' }, 'info'],
  ['one of which nothing says what is right', component({ versions: {} }), runs('1.36.2'), 'error'],
  [
    'a hook without a version, though the table knows',
    component({ versions: {}, hook }),
    runs('1.37.2', { image }),
    'error',
  ],
  [
    'one that the table of controllers takes',
    component({ ...before, versions: {} }),
    runs('1.37.2', { image }),
    undefined,
  ],
  [
    'one that the table of controllers refuses',
    component({ ...before, versions: {} }),
    runs('1.20.0', { image }),
    'error',
  ],
])('%s is told by how much it matters', (_, given, seen, severity) => {
  expect(found(given, seen).map((one) => one.severity)).toEqual(severity === undefined ? [] : [severity]);
});

test('a finding says what runs, what is wanted, whose it is, and what to do', () => {
  const [one] = found(
    component(before),
    runs('1.36.2', { image, owner: 'team ops', unsettled: 'of 2 pods 1 are new' }),
  );
  expect(one).toMatchObject({
    ...{ rule: 'ComponentVersion', kind: 'Deployment', namespace: 'kube-system', name: 'cluster-autoscaler' },
    ...{ owner: 'team ops', cause: 'component:autoscaler' },
    message:
      'The component autoscaler (Deployment kube-system/cluster-autoscaler) runs 1.36.2, which does not fit Kubernetes 1.37: the policy wants 1.37.x.',
    fix: 'Move it to 1.37.x before the control plane goes to 1.37, or give it a hook.',
    evidence: [
      'The component autoscaler (Deployment kube-system/cluster-autoscaler) runs 1.36.2, which fits Kubernetes 1.36: the policy wants 1.36.x.',
      'Its rollout is not over: of 2 pods 1 are new.',
    ],
  });
});

test('one that the hop before this one has left behind is to be moved first, since nothing would ever stop otherwise', () => {
  expect(found(component(), runs('1.35.4'))[0]?.fix).toBe(
    'Move it to 1.36.x first, since it does not fit Kubernetes 1.36 either, or give it a hook.',
  );
});

test('what could not be read is no finding, and never fits', () => {
  const unread: SeenComponent = { type: 'unread', status: 'denied', detail: 'It answered 403.' };
  expect(found(component(), unread)).toEqual([]);
  expect(judgeComponent(component(), unread, target)).toEqual({
    fit: 'unknown',
    text: 'The component autoscaler (Deployment kube-system/cluster-autoscaler) could not be looked at: It answered 403.',
  });
});

test('once the control plane has moved nothing is asked', () => {
  expect(found(component(before), runs('1.36.2'), true)).toEqual([]);
});

test.each([
  ['error', ['ComponentVersion'], []],
  ['warning', [], ['ComponentVersion']],
])('the hop is stopped by what has to be right before: %s', (severity, blockers, notes) => {
  const findings = found(component(severity === 'error' ? before : {}), runs('1.36.2')).map((one) => ({
    ...{ ...one, waived: false, new: null, owner: null },
  }));
  const report = { findings, failOn: 'removed', coverage: [], subject: 'web', target: '1.37' } as unknown as ScanReport;
  const decision = decideHop(report);
  expect([decision.blockers, decision.notes].map((some) => some.map(({ code }) => code))).toEqual([blockers, notes]);
});
