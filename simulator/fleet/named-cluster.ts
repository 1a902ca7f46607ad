import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import type { Findings } from './problems.ts';

/** The cluster a scenario's entry means; none, or several without account and Region to tell them apart, is a problem. */
export function namedCluster(
  state: FakeEksState,
  entry: { cluster: string; account?: string | undefined; region?: string | undefined },
  where: string,
  findings: Findings,
): ClusterRecord | undefined {
  const found = Object.values(state.clusters).filter(
    (cluster) =>
      cluster.name === entry.cluster &&
      (entry.account === undefined || cluster.account === entry.account) &&
      (entry.region === undefined || cluster.region === entry.region),
  );
  if (found.length === 0) findings.problems.push(`${where}.cluster: no file describes a cluster ${entry.cluster}`);
  if (found.length > 1) {
    findings.problems.push(
      `${where}.cluster: ${found.length} clusters are called ${entry.cluster}; add account and region`,
    );
  }
  return found.length === 1 ? found[0] : undefined;
}
