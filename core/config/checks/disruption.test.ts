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
])('it is refused: %s', (spec, said) => {
  expect(of(spec)).toEqual([expect.stringContaining(said)]);
});
