import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';

/** Clusters of one stage, by the tag that waves go by. */
export const staged = (stage: string, names: readonly string[], version = '1.36') =>
  names.map((name) => ({ name, version, tags: { stage }, nodegroups: [{ name: 'workers' }] }));

/** The next upgrade of each of these control planes fails. */
export const failing =
  (...names: readonly string[]) =>
  (state: FakeEksState): void => {
    for (const clusterName of names)
      state.plannedFailures.push({
        clusterName,
        type: 'VersionUpdate',
        errorCode: 'IpNotAvailable',
        errorMessage: 'no free addresses in subnet-1',
      });
  };
