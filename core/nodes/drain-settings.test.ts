import { policy } from '../../test/material/config/documents.ts';
import { parseConfig } from '../config/parse-config.ts';
import { drainSettingsOf } from './drain-settings.ts';

const of = (drain: string) => {
  const { policies } = parseConfig([{ path: 'p.yaml', text: `${policy}${drain}` }]);
  return policies.map(drainSettingsOf);
};

test('a policy without drain lets Liftlock evict nothing', () => {
  expect(of('')).toEqual([undefined]);
});

test('an empty drain is one node at a time, half a minute between them, and half an hour for a pod', () => {
  expect(of('  drain: {}\n')).toEqual([
    {
      maxUnavailable: 1,
      pauseSeconds: 30,
      podTimeoutSeconds: 1800,
      order: 'zones',
      barePods: 'wait',
      emptyDirs: 'evict',
      rules: [],
    },
  ]);
});

test('durations are seconds, and a rule without an order has 0', () => {
  const drain = '{ pause: 1m30s, podTimeout: 1h, rules: [{ selector: { matchLabels: { a: b } }, action: evict }] }';
  expect(of(`  drain: ${drain}\n`)[0]).toMatchObject({
    pauseSeconds: 90,
    podTimeoutSeconds: 3600,
    rules: [{ action: 'evict', order: 0, selector: { matchLabels: { a: 'b' }, matchExpressions: [] } }],
  });
});

test.each([
  ['0s', 30],
  ['2m', 120],
])('what holds for the whole cluster tightens it: a pause of %s', (pause, pauseSeconds) => {
  const [settings] = of(`  drain: {}\n  disruption: { maxUnavailable: "5%", pause: ${pause} }\n`);
  expect(settings).toMatchObject({ maxUnavailable: 1, ofCluster: '5%', pauseSeconds });
});
