import { upgrade } from '../protocol/testing/one-upgrade.ts';
import { baselineOf, takeBaseline } from './pod-baseline.ts';

test('the pods that were not well are counted, and the first fifty named', () => {
  const pods = Array.from({ length: 51 }, (_, number) => `shop/${number}`);
  expect(takeBaseline(pods)).toEqual({ count: 51, names: pods.slice(0, 50) });
});

const scanned = (detail?: object) =>
  upgrade({
    steps: { 'scan-cluster': { status: 'done', reasons: [], startedAt: '', ...(detail && { detail: { ...detail } }) } },
  });

test('how many were not well before is known where a scan of this upgrade has looked', () => {
  const unhealthyPods = takeBaseline(['shop/a']);
  expect(baselineOf(scanned({ unhealthyPods }))).toEqual(unhealthyPods);
  for (const one of [scanned({ unhealthyPods: 3 }), scanned({}), scanned(), upgrade(), undefined])
    expect(baselineOf(one)).toBeUndefined();
});
