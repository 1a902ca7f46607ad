import type { Table, WriteOperation } from '../ports/table.ts';

/** Kinds of items that are written without a record, with the reason why none is needed. A restore does not bring such a write back. */
const UNRECORDED: Readonly<Record<string, string>> = {
  Account: 'A restore has each looked at anew, which discovery does within the hour.',
  Cluster: 'A restore has each looked at anew before anything is planned over it.',
  ClusterNews: 'What came since is told once more, and no decision rests on it.',
  DeadlineNotice: 'At worst people are told of a deadline twice.',
  Grant: 'Executions that are nested in its holder: a restore raises the epoch, and none of them commits any more.',
  ImageReleases: 'Systems Manager is asked again within the hour.',
  LatestScans: 'The next scan writes it anew; after a restore nothing rests on older ones.',
  LearnedDurations: 'It is learned again from waves, which are on record.',
  Organization: 'Its accounts are listed again within the hour.',
  OwnerNotice: 'At worst an owner is told twice.',
  ReadinessDay: 'A day that a restore takes back is missing from the trend, and no decision rests on it.',
  ReadinessHistory: 'What ended since is found once more by the next look, and no decision rests on it.',
  ReconcileMarker: 'A look too many finds nothing new.',
  RegionVersions: 'EKS is asked again within the hour.',
  ScanPart: 'A summary names how many there are, and a report that is not whole is told as none.',
  ScanSummary: 'A scan is made again, and authorizes nothing.',
  ScanRun: 'It ends by itself; who asked for a scan is on record.',
  SettledUpdates: 'Updates that are not kept here are asked about again.',
};

/** Writes items that are not part of the record, all or nothing. Throws for kinds that have no reason in the list above. */
export async function writeUnrecorded(
  table: Pick<Table, 'transact'>,
  operations: readonly WriteOperation[],
): Promise<void> {
  for (const operation of operations) {
    if (operation.type !== 'put' || UNRECORDED[operation.item.kind] !== undefined) continue;
    throw new Error(`A ${operation.item.kind} is never written without a record (core/store/unrecorded.ts).`);
  }
  await table.transact(operations);
}
