import { at, decideIn, node, ours, pod } from '../../test/material/nodes/drain-world.ts';
import type { PodTry } from './drain-move.ts';

const labels = { team: 'checkout' };
const tried = (since: number, answer: PodTry['answer'], message?: string): PodTry => ({
  since: at(since),
  retryAt: at(20),
  tries: 3,
  answer,
  message,
});
const said = (entry: PodTry, also = {}) => {
  const world = { nodes: [ours('ip-10-0-1-2')], pods: { 'ip-10-0-1-2': [pod('web-7d9', also)] } };
  const move = decideIn({ ...world, memory: { pods: { 'uid-web-7d9': entry } } });
  return 'reasons' in move ? move.reasons.map(({ message }) => message).join('\n') : move.type;
};

test('a budget is told with the pod, its team, its node and the time', () => {
  const message =
    "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web-pdb needs 2 healthy pods and has 2 currently";
  expect(said(tried(-720, 'budget', message), { labels })).toBe(
    'Pod shop/web-7d9 (Deployment/web, team checkout) has blocked node ip-10-0-1-2 for 12 min: budget web-pdb allows 0 disruptions, it needs 2 healthy pods and has 2 currently. Give it room: maxUnavailable: 1, or more replicas unless it has maxUnavailable: 0 or minAvailable: 100%.',
  );
});

test.each([
  [
    'The disruption budget web-pdb is still being processed by the server.',
    'budget web-pdb is still being processed by the server.',
  ],
  [
    'The disruption budget web-pdb does not allow evicting pods currently because it failed sync: found no controllers for pod "web"',
    'budget web-pdb does not allow evicting pods currently because it failed sync: found no controllers for pod "web".',
  ],
])('a budget whose pods nobody can count is not told to be given room: %s', (message, told) => {
  expect(said(tried(-720, 'budget', message))).toMatch(
    new RegExp(`for 12 min: ${told} No number of replicas helps while its pods cannot be counted`),
  );
});

test('within the first minute, too', () => {
  expect(said(tried(-5, 'budget', 'The disruption budget b is held.'))).toContain('for less than a minute: budget b');
});

test.each<[PodTry['answer'], string | undefined, string]>([
  ['budget', 'something else', ': something else. Give it room'],
  ['severalBudgets', 'more than one', 'several budgets select it, so no eviction passes. Leave it only one.'],
  [
    'refused',
    '403 denied by policy-webhook',
    'refused its eviction: 403 denied by policy-webhook. Look at the webhooks',
  ],
  ['namespaceTerminating', undefined, 'its namespace is being deleted'],
  ['busy', 'too many requests', 'no place for its eviction now (too many requests).'],
  ['accepted', undefined, 'its eviction was accepted, and it does not show yet.'],
])('what the API server answers with %s (%s) is told', (answer, message, expected) => {
  expect(said(tried(-60, answer, message))).toContain(expected);
});

test.each([
  ['a bare pod', { controller: undefined }, '(no controller) has blocked', 'Delete it, or let a rule'],
  [
    'a pod that does not end',
    { terminatingSince: at(-600) },
    'for 10 min: it should have ended within 90 s',
    'metadata.finalizers',
  ],
  ['a tool instead of a team', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'Argo CD application shop)', ''],
])('%s is told', (_, also, ...expected) => {
  for (const text of expected) expect(said(tried(-60, 'accepted'), also)).toContain(text);
});

test('who holds the room is named, six of them shortened', () => {
  const others = ['u', 'v', 'w', 'x', 'y', 'z'].map((name) => node(name, { ready: false }));
  const move = decideIn({ nodes: [node('a')], others: [node('t', { unschedulable: true }), ...others] });
  expect(move).toMatchObject({
    reasons: [
      {
        message:
          'Nodes of the drain that wait for room: 1. Nodes of the cluster that are down: 7, allowed: 1: t (cordoned by somebody else), u (NotReady), v (NotReady), w (NotReady), x (NotReady) and 2 more.',
      },
    ],
  });
});

test('nodes that Liftlock has cordoned, and that end, are named as such', () => {
  const others = [ours('s'), node('t', { terminating: true })];
  expect(decideIn({ nodes: [node('a')], others })).toMatchObject({
    reasons: [{ message: expect.stringContaining('s (cordoned by Liftlock, upgrade u1), t (terminating).') }],
  });
});

test('of a group without nodes it is said that there is none', () => {
  const message = 'The cluster has no node of the group.';
  expect(decideIn({ nodes: [] })).toEqual({ type: 'done', reasons: [{ code: 'Drained', message }] });
});

test('what a rule leaves on drained nodes is named at the end', () => {
  const rules = [{ selector: { matchLabels: labels, matchExpressions: [] }, action: 'skip' as const }];
  const pods = { a: [pod('agent', { labels })] };
  expect(decideIn({ nodes: [ours('a'), ours('b')], pods, settings: { rules } })).toMatchObject({
    reasons: [
      {
        message:
          'Nodes of the drain that hold nothing any more that has to go: 2. A rule of the policy leaves shop/agent on a. Left cordoned: a, b. Whoever owns them ends them, or takes them into use again (kubectl uncordon NODE).',
      },
    ],
  });
});
