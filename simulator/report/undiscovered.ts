import type { AccountState, ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { LoadedFleet } from '../fleet/load-fleet.ts';
import type { ClusterReport } from './report-types.ts';

/** The folder's clusters that discovery never found, so that the report contains every cluster of the folder. */
export function undiscovered(
  loaded: LoadedFleet,
  records: readonly ClusterRecord[],
  accounts: readonly AccountState[],
): ClusterReport[] {
  const found = new Set(records.map((record) => record.arn));
  return Object.values(loaded.state.clusters)
    .filter((cluster) => !found.has(cluster.arn))
    .map(({ name, account, region, version }) => {
      const looked = accounts.find((one) => one.account === account && one.region === region);
      const code = looked === undefined ? 'NotInFleet' : 'NotDiscovered';
      const message =
        looked === undefined
          ? `The Fleet does not name account ${account} and Region ${region} together; add them to its accounts and regions.`
          : `Liftlock could not list the clusters of account ${account} in ${region}: ${looked.reason ?? looked.status}`;
      return {
        name,
        account,
        region,
        from: version,
        version,
        target: undefined,
        bucket: 'excluded',
        status: code,
        held: false,
        hops: [],
        reasons: [{ code, message }],
        blockers: [{ code, what: message, cause: null, owner: null, fix: null }],
        place: undefined,
        steps: [],
        startedAt: undefined,
        endedAt: undefined,
        rollbackWindowEndsAt: undefined,
        managedBy: [],
      };
    });
}
