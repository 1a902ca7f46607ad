import { issuesOf } from '../../../test/material/config/issues-of.ts';

const of = (spec: string) => issuesOf('{ name: w }', { spec });

test.each(['{ maxUnavailable: 1 }', '{ maxUnavailable: "10%", pause: 10m }'])(
  'nothing is said of disruption: %s',
  (one) => expect(of(`disruption: ${one}`)).toEqual([]),
);

test.each([
  ['disruption: { maxUnavailable: 0 }', '0 is refused: it must be a number of nodes (1 or more)'],
  ['disruption: { pause: 1m }', 'spec.disruption.maxUnavailable'],
  ['disruption: { maxUnavailable: 1, pause: 30 }', 'spec.disruption.pause: 30 is not a duration'],
  [
    'disruption: { maxUnavailable: 1 }\nverification: eks-api',
    'spec.disruption: counts nodes at the API server, which verification: eks-api says Liftlock cannot reach',
  ],
  [
    'drain: {}\nverification: eks-api',
    'warning: spec.drain: evicts pods at the API server, which verification: eks-api says Liftlock cannot reach',
  ],
  [
    'smoke: { deployments: [shop/web] }\nverification: eks-api',
    'spec.smoke.deployments: names what is read at the API server, which verification: eks-api says Liftlock cannot reach',
  ],
  [
    'smoke: { jobs: [{ name: t, namespace: shop, labels: { t: t } }] }\nverification: eks-api',
    'spec.smoke.jobs: names what is read at the API server',
  ],
])('it is told: %s', (spec, said) => {
  expect(of(spec)).toEqual([expect.stringContaining(said)]);
});

test.each([
  'smoke: { deployments: [shop/web], jobs: [{ name: t, namespace: shop, labels: { t: t } }] }',
  'smoke: { deployments: [], urls: ["https://shop.example.com/"] }\nverification: eks-api',
])('nothing is said of what is looked at: %s', (spec) => expect(of(spec)).toEqual([]));
