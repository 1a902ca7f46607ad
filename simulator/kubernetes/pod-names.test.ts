import { emptyKubernetes } from '../eks/new-cluster.ts';
import type { WorkloadState } from './kubernetes-state.ts';
import { newPodName } from './pod-names.ts';
import { schedulePods } from './schedule-pods.ts';

const workload = (kind: WorkloadState['kind'], replicas: number): WorkloadState => ({
  ...{ kind, namespace: 'shop', name: 'api', replicas, labels: { app: 'api' }, image: 'api:1' },
});

test('pods of a Deployment bear its name, its ReplicaSet’s and letters that make no words', () => {
  const kubernetes = { ...emptyKubernetes(), sequence: 41 };
  expect(newPodName(kubernetes, workload('Deployment', 1), [])).toMatch(
    /^api-[bcdfghj-np-tv-xz2456789]{9}-[bcdfghj-np-tv-xz2456789]{5}$/,
  );
});

test('no two have the same', () => {
  const kubernetes = emptyKubernetes();
  const names = Array.from({ length: 20_000 }, (_, sequence) =>
    newPodName({ ...kubernetes, sequence }, workload('Deployment', 1), []),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('pods of a StatefulSet are numbered, and a new one takes the place of the one that went', () => {
  const kubernetes = { ...emptyKubernetes(), workloads: [workload('StatefulSet', 3)] };
  schedulePods(kubernetes, 0);
  const incarnations = kubernetes.pods.map(({ name, incarnation }) => [name, incarnation]);
  expect(incarnations.map(([name]) => name)).toEqual(['api-0', 'api-1', 'api-2']);
  kubernetes.pods.splice(1, 1);
  schedulePods(kubernetes, 0);
  const [, , again] = kubernetes.pods;
  expect(again?.name).toBe('api-1');
  expect(incarnations).not.toContainEqual(['api-1', again?.incarnation]);
});
