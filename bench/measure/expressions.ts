import { clusterEnvironment } from '../../core/expression/cluster-environment.ts';
import { LONGEST_LIST } from '../../core/expression/environment.ts';
import { compilePredicate } from '../../core/expression/predicate.ts';
import { policyOf } from '../../core/policy/policy-of.ts';
import { waveOf } from '../../core/policy/wave-of.ts';
import { matchesGlob } from '../../core/selector/glob.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { type Figure, type Measure, median, rounded } from '../figure.ts';

const RUNS = 5;

/** What people write into policies may be costly, and is asked for every cluster: a fleet, and the worst that is accepted. */
export const measure: Measure = async () => [
  timed('Policy and wave of 10,000 clusters, eight waves with expressions', 1_000, everyCluster()),
  timed('The costliest expression that is accepted, on the largest cluster', 3_000, costliest()),
  timed('A glob of 2,000 stars against 200,000 letters that almost match', 500, manyStars),
];

function timed(name: string, limit: number, run: () => boolean): Figure {
  const times = Array.from({ length: RUNS }, () => {
    const before = performance.now();
    if (!run()) throw new Error(`${name}: the answer is wrong`);
    return performance.now() - before;
  });
  return { name: `${name}: median of ${RUNS}`, value: rounded(median(times)), unit: 'ms', limit };
}

function everyCluster(): () => boolean {
  const waves = Array.from({ length: 8 }, (_, index) => {
    const when = `cluster.name.endsWith('-${index}') && cluster.nodegroups.all(n, n.status == 'ACTIVE')`;
    return `{ name: w${index}, selector: { when: "${when}" } }`;
  });
  const policy = policyWith({ waves: `[${waves.join(', ')}]` });
  const nodegroups = ['a', 'b', 'c'].map((name) => ({ name, status: 'ACTIVE', issues: [] }));
  const clusters = Array.from({ length: 10_000 }, (_, index) => clusterRecord({ name: `c-${index % 8}`, nodegroups }));
  return () =>
    clusters.every((cluster, index) => {
      const match = policyOf(cluster, [policy]);
      return match.type === 'one' && waveOf(match.policy, cluster, 'liftlock/').index === index % 8;
    });
}

function costliest(): () => boolean {
  const nodegroups = Array.from({ length: LONGEST_LIST }, (_, index) => ({
    name: `n${index}`,
    status: 'A',
    issues: [],
  }));
  const largest = clusterRecord({ nodegroups });
  const inner = Array(3).fill('n1.name != n2.status').join(' && ');
  const source = `cluster.nodegroups.all(n2, cluster.nodegroups.all(n1, ${inner}))`;
  const compiled = compilePredicate(source, clusterEnvironment);
  if ('problems' in compiled) throw new Error('the expression is refused');
  return () => {
    const answer = compiled.predicate.test(largest);
    return 'matches' in answer && answer.matches;
  };
}

const manyStars = (): boolean => !matchesGlob(`${'*a'.repeat(2_000)}*b*c`, 'a'.repeat(200_000));
