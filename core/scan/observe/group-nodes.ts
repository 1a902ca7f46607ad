import type { Observation } from '../judge/observation.ts';

/**
 * One observation for all nodes of a node group that have the same problem; the first one stands for the others, who are counted. A fleet of
 * 5,000 nodes on one image has one problem, not 5,000.
 */
export function groupNodes(observations: readonly Observation[]): Observation[] {
  const groups = Map.groupBy(observations, (one) => `${one.type} ${one.cause} ${problemOf(one)}`);
  return [...groups.values()].flatMap(([first, ...others]): Observation[] => {
    if (first === undefined) return [];
    if (others.length === 0) return [first];
    const count = `${others.length} more ${others.length === 1 ? 'node' : 'nodes'} of ${first.cause.replace('nodegroup:', 'node group ')}`;
    return [{ ...first, evidence: [...first.evidence, `So it is on ${count}.`] }];
  });
}

function problemOf(one: Observation): string {
  if (one.type === 'rule') return one.rule;
  if (one.type === 'skew') return `${one.component} ${one.version}`;
  return one.subject.name ?? '';
}
