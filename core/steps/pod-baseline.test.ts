import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Pod } from '../ports/cluster-access.ts';
import { baselineOf, newlyUnhealthy, takeBaseline } from './pod-baseline.ts';

const pod = (name: string, controller?: string, namespace = 'shop'): Pod => ({
  ...{ namespace, name, phase: 'Pending', waitingReasons: [], labels: {}, images: [] },
  ...(controller === undefined ? {} : { controller }),
});

test('the pods that were not well are counted by their workloads, and the first fifty named', () => {
  const pods = Array.from({ length: 51 }, (_, number) => pod(`${number}`, number < 2 ? 'Deployment/api' : undefined));
  expect(takeBaseline(pods)).toEqual({
    count: 51,
    names: pods.slice(0, 50).map(({ name }) => `shop/${name}`),
    workloads: { 'shop/Deployment/api': 2, 'shop/Pod': 49 },
  });
});

const scanned = (detail?: object) =>
  upgrade({
    steps: { 'scan-cluster': { status: 'done', reasons: [], startedAt: '', ...(detail && { detail: { ...detail } }) } },
  });

test('how many were not well before is known where a scan of this upgrade has looked', () => {
  const unhealthyPods = takeBaseline([pod('a')]);
  expect(baselineOf(scanned({ unhealthyPods }))).toEqual(unhealthyPods);
  for (const one of [scanned({ unhealthyPods: 3 }), scanned({}), scanned(), upgrade(), undefined])
    expect(baselineOf(one)).toBeUndefined();
});

test.each<[string, Pod[], Pod[], string[]]>([
  ['nothing was, and is', [], [], []],
  ['the same workload is, under new names', [pod('a', 'Deployment/api')], [pod('b', 'Deployment/api')], []],
  [
    'one more of it is',
    [pod('a', 'Deployment/api')],
    [pod('a', 'Deployment/api'), pod('b', 'Deployment/api')],
    ['shop/b'],
  ],
  ['another one is, and that one got well', [pod('a', 'Deployment/toy')], [pod('b', 'Deployment/api')], ['shop/b']],
  [
    'one of its name is in another namespace',
    [pod('a', 'Deployment/api')],
    [pod('a', 'Deployment/api', 'pay')],
    ['pay/a'],
  ],
  ['another Job of the namespace is', [pod('a', 'Job/nightly-1')], [pod('b', 'Job/nightly-2')], []],
  ['another pod of its own is', [pod('a')], [pod('b')], []],
])('what was not well before is not held against the upgrade: %s', (_, before, after, told) => {
  expect(newlyUnhealthy(takeBaseline(before), after)).toEqual(told);
});

test('what a baseline did not keep of its workloads makes up for as many pods of others', () => {
  const before = Array.from({ length: 52 }, (_, number) => pod(`${number}`, `Deployment/${number}`));
  expect(newlyUnhealthy(takeBaseline(before), [pod('x', 'Deployment/50'), pod('y', 'Deployment/y')])).toEqual([]);
  const three = ['50', '51', 'y'].map((name) => pod(name, `Deployment/${name}`));
  expect(newlyUnhealthy(takeBaseline(before), three)).toEqual(['shop/50', 'shop/51', 'shop/y']);
  expect(newlyUnhealthy({ count: 1, names: ['shop/a'] }, [pod('b', 'Deployment/b')])).toEqual([]);
});
