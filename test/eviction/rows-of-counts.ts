import type { EvictionRow } from './eviction-row.ts';
import { budget, deployment, type PlainObject, pod, pods } from './plain-objects.ts';

const disruption = (name: string) => `pkg/controller/disruption/disruption_test.go ${name}`;
const documented = (number: string) => `nodes.md §1.3 case ${number}`;

const evict = (name: string) => ({ namespace: 'shop', name });
const needs = (desired: number, healthy: number, name = 'api') =>
  `The disruption budget ${name} needs ${desired} healthy pods and has ${healthy} currently`;
const doesNotAllow = 'The disruption budget api does not allow evicting pods currently';
const refused = (cause: string) => ({ code: 429, cause, retryAfterSeconds: 0 }) as const;

/** A Deployment of so many replicas with its pods `api-0`, `api-1`, …, the first `ready` of them Ready, under one budget. */
function world(
  spec: Readonly<Record<string, unknown>>,
  size: { replicas: number; pods: number; ready?: number },
): PlainObject[] {
  const made = deployment('api', size.replicas);
  const ready = size.ready ?? size.pods;
  return [
    ...[made.deployment, made.replicaSet, budget(spec)],
    ...pods('api', size.pods, { owner: made.replicaSet, ready }),
  ];
}

/** How many must be healthy, and how many may go. */
export const rowsOfCounts: readonly EvictionRow[] = [
  {
    row: 'an empty selector matches every pod of the namespace',
    upstream: disruption('TestNoSelector'),
    objects: [budget({ minAvailable: 3 }, { selector: {} }), pod('yo', { labels: {} })],
    evict: evict('yo'),
    expect: { expected: 1, desired: 3, healthy: 1, allowed: 0, ...refused(needs(3, 1)) },
  },
  {
    row: 'an integer of minAvailable counts pods that nobody controls, and each eviction counts',
    upstream: disruption('TestUnavailable'),
    objects: [budget({ minAvailable: 3 }), ...pods('bare', 4)],
    evict: evict('bare-0'),
    expect: { expected: 4, desired: 3, healthy: 4, allowed: 1, reason: 'SufficientPods', code: 201 },
    afterwards: [
      {
        evict: evict('bare-1'),
        expect: {
          expected: 3,
          desired: 3,
          healthy: 3,
          allowed: 0,
          reason: 'InsufficientPods',
          ...refused(needs(3, 3)),
        },
      },
    ],
  },
  {
    row: 'a pod that is not ready takes the place of the one that might go',
    upstream: disruption('TestUnavailable'),
    objects: [budget({ minAvailable: 3 }), ...pods('bare', 4, { ready: 3 })],
    evict: evict('bare-0'),
    expect: { expected: 4, desired: 3, healthy: 3, allowed: 0, ...refused(needs(3, 3)) },
  },
  {
    row: 'that pod itself may go, since enough others are healthy',
    upstream: documented('6, u'),
    objects: [budget({ minAvailable: 3 }), ...pods('bare', 4, { ready: 3 })],
    evict: evict('bare-3'),
    expect: { expected: 4, desired: 3, healthy: 3, allowed: 0, code: 201 },
  },
  {
    row: 'an integer of maxUnavailable allows nothing for pods that nobody controls',
    upstream: disruption('TestIntegerMaxUnavailable'),
    objects: [budget({ maxUnavailable: 1 }), pod('naked')],
    evict: evict('naked'),
    expect: { expected: 0, desired: 0, healthy: 1, allowed: 0, reason: 'InsufficientPods', ...refused(doesNotAllow) },
  },
  {
    row: 'a singleton under minAvailable 1 never goes',
    upstream: documented('1'),
    objects: world({ minAvailable: 1 }, { replicas: 1, pods: 1 }),
    evict: evict('api-0'),
    expect: { expected: 1, desired: 1, healthy: 1, allowed: 0, ...refused(needs(1, 1)) },
  },
  {
    row: 'one of two may go under minAvailable 1',
    upstream: documented('2'),
    objects: world({ minAvailable: 1 }, { replicas: 2, pods: 2 }),
    evict: evict('api-0'),
    expect: { expected: 2, desired: 1, healthy: 2, allowed: 1, code: 201 },
  },
  {
    row: 'a pod that a rollout has added counts',
    upstream: documented('3'),
    objects: world({ minAvailable: 1 }, { replicas: 2, pods: 3 }),
    evict: evict('api-0'),
    expect: { expected: 3, desired: 1, healthy: 3, allowed: 2, code: 201 },
  },
  {
    row: 'a pod that is not ready stays under minAvailable 0, since nothing is desired',
    upstream: documented('4, u'),
    objects: world({ minAvailable: 0 }, { replicas: 2, pods: 2, ready: 0 }),
    evict: evict('api-0'),
    expect: { expected: 2, desired: 0, healthy: 0, allowed: 0, ...refused(needs(0, 0)) },
  },
  {
    row: 'a terminating pod is expected under an integer of minAvailable, and not healthy',
    upstream: documented('7'),
    objects: [
      ...world({ minAvailable: 2 }, { replicas: 3, pods: 2 }),
      pod('old', { owner: deployment('api', 3).replicaSet, terminating: true }),
    ],
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 2, allowed: 0, ...refused(needs(2, 2)) },
  },
  {
    row: 'half of three rounds up under minAvailable',
    upstream: documented('9'),
    objects: world({ minAvailable: '50%' }, { replicas: 3, pods: 3 }),
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 },
  },
  {
    row: 'half of one is one under minAvailable',
    upstream: documented('10'),
    objects: world({ minAvailable: '50%' }, { replicas: 1, pods: 1 }),
    evict: evict('api-0'),
    expect: { expected: 1, desired: 1, healthy: 1, allowed: 0, ...refused(needs(1, 1)) },
  },
  {
    row: '28% of ten rounds up to three',
    upstream: documented('12'),
    objects: world({ minAvailable: '28%' }, { replicas: 10, pods: 10 }),
    evict: evict('api-0'),
    expect: { expected: 10, desired: 3, healthy: 10, allowed: 7, code: 201 },
  },
  {
    row: 'minAvailable 100% allows nothing',
    upstream: documented('14'),
    objects: world({ minAvailable: '100%' }, { replicas: 5, pods: 5 }),
    evict: evict('api-4'),
    expect: { expected: 5, desired: 5, healthy: 5, allowed: 0, ...refused(needs(5, 5)) },
  },
  {
    row: 'maxUnavailable 0 allows nothing',
    upstream: documented('15'),
    objects: world({ maxUnavailable: 0 }, { replicas: 3, pods: 3 }),
    evict: evict('api-0'),
    expect: { expected: 3, desired: 3, healthy: 3, allowed: 0, ...refused(needs(3, 3)) },
  },
  {
    row: 'maxUnavailable 0% allows nothing either',
    upstream: documented('15'),
    objects: world({ maxUnavailable: '0%' }, { replicas: 3, pods: 3 }),
    evict: evict('api-0'),
    expect: { expected: 3, desired: 3, healthy: 3, allowed: 0, ...refused(needs(3, 3)) },
  },
  {
    row: 'a singleton goes under maxUnavailable 1',
    upstream: documented('16'),
    objects: world({ maxUnavailable: 1 }, { replicas: 1, pods: 1 }),
    evict: evict('api-0'),
    expect: { expected: 1, desired: 0, healthy: 1, allowed: 1, code: 201 },
  },
  {
    row: 'one that is not ready uses up maxUnavailable 1',
    upstream: documented('17'),
    objects: world({ maxUnavailable: 1 }, { replicas: 3, pods: 3, ready: 2 }),
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 2, allowed: 0, ...refused(needs(2, 2)) },
  },
  {
    row: 'and goes itself',
    upstream: documented('17, u'),
    objects: world({ maxUnavailable: 1 }, { replicas: 3, pods: 3, ready: 2 }),
    evict: evict('api-2'),
    expect: { expected: 3, desired: 2, healthy: 2, allowed: 0, code: 201 },
  },
  {
    row: 'a maxUnavailable above all replicas desires none',
    upstream: documented('18'),
    objects: world({ maxUnavailable: 5 }, { replicas: 3, pods: 3 }),
    evict: evict('api-0'),
    expect: { expected: 3, desired: 0, healthy: 3, allowed: 3, code: 201 },
  },
  {
    row: 'maxUnavailable 1% rounds up to one pod',
    upstream: documented('19'),
    objects: world({ maxUnavailable: '1%' }, { replicas: 3, pods: 3 }),
    evict: evict('api-0'),
    expect: { expected: 3, desired: 2, healthy: 3, allowed: 1, code: 201 },
    afterwards: [
      {
        evict: evict('api-1'),
        expect: { expected: 3, desired: 2, healthy: 2, allowed: 0, ...refused(needs(2, 2)) },
      },
    ],
  },
  {
    row: '30% of seven rounds up to three',
    upstream: documented('20'),
    objects: world({ maxUnavailable: '30%' }, { replicas: 7, pods: 7 }),
    evict: evict('api-0'),
    expect: { expected: 7, desired: 4, healthy: 7, allowed: 3, code: 201 },
  },
  {
    row: 'a pod that is not ready stays while fewer are healthy than desired',
    upstream: documented('21, u'),
    objects: world({ maxUnavailable: '30%' }, { replicas: 3, pods: 2, ready: 1 }),
    evict: evict('api-1'),
    expect: { expected: 3, desired: 2, healthy: 1, allowed: 0, ...refused(needs(2, 1)) },
  },
  {
    row: 'under maxUnavailable 100% nothing is desired, so a pod that is not ready stays',
    upstream: documented('25, u'),
    objects: world({ maxUnavailable: '100%' }, { replicas: 3, pods: 3, ready: 0 }),
    evict: evict('api-0'),
    expect: { expected: 3, desired: 0, healthy: 0, allowed: 0, ...refused(needs(0, 0)) },
  },
  {
    row: 'a budget that says neither minAvailable nor maxUnavailable allows nothing',
    upstream: 'pkg/controller/disruption/disruption.go getExpectedPodCount',
    objects: world({}, { replicas: 3, pods: 3 }),
    evict: evict('api-0'),
    expect: { expected: 0, desired: 0, healthy: 3, allowed: 0, ...refused(doesNotAllow) },
  },
];
