import { visible } from '../../core/model/visible.ts';
import type { MatrixRow, ScanMatrix } from '../../core/queries/scan-matrix.ts';
import type { ApiClient } from '../client/api-client.ts';
import { clusterPath } from '../client/cluster-path.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { counted } from '../output/counted.ts';
import { print } from '../output/print.ts';
import type { Session } from '../session.ts';
import { shownAt } from '../verbs/shown-at.ts';
import { fleetText } from './fleet-text.ts';

export interface ScanFleetOptions {
  readonly target: string;
  readonly selector?: string;
  readonly start?: boolean;
  readonly output: string;
}

/** The last scans of all clusters for one target. Exit 3 when one fails, 4 when one was not read, or not for this target. */
export async function scanFleet(session: Session, options: ScanFleetOptions): Promise<ExitCode> {
  const { target, selector, output } = options;
  const client = await session.client();
  const matrix = await client.get<ScanMatrix>('/v1/scans', { target, selector });
  const shown = shownAt(session, client);
  if (options.start === true) await startScans(session, client, matrix, shown.now);
  await print(session, output, matrix, () => fleetText(matrix, shown));
  return exitOf(matrix.items);
}

const FRESH_MILLISECONDS = 24 * 60 * 60_000;

/** One after the other; the matrix shows their reports once they are there. */
async function startScans({ io }: Session, client: ApiClient, { items, target }: ScanMatrix, now: Date): Promise<void> {
  const due = items.filter((row) => row.verdict !== 'there' && !isFresh(row, now));
  for (const { cluster } of due) {
    if (io.interrupted.aborted) return;
    await client.send('POST', `${clusterPath(cluster)}/scans`, { target });
  }
  const again = due.length === 0 ? '' : ' Look again in a few minutes.';
  io.err(visible(`Started ${counted(due.length, 'scan')} for ${target}.${again}\n`));
}

const isFresh = ({ scannedAt, scannedFrom, version }: MatrixRow, now: Date): boolean =>
  scannedAt !== null && scannedFrom === version && now.getTime() - Date.parse(scannedAt) < FRESH_MILLISECONDS;

const UNKNOWN: readonly MatrixRow['verdict'][] = ['incomplete', 'never', 'other-target'];

function exitOf(rows: readonly MatrixRow[]): ExitCode {
  if (rows.some(({ verdict }) => verdict === 'fail')) return EXIT.pending;
  // A fleet without clusters: nothing was read.
  if (rows.length === 0 || rows.some(({ verdict }) => UNKNOWN.includes(verdict))) return EXIT.incomplete;
  return EXIT.ok;
}
