import type { MatrixRow, ScanMatrix } from '../../core/queries/scan-matrix.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { print } from '../output/print.ts';
import type { Session } from '../session.ts';
import { fleetText } from './fleet-text.ts';

export interface ScanFleetOptions {
  readonly target: string;
  readonly selector?: string;
  readonly output: string;
}

/** The last scans of all clusters for one target. Exit 3 when one fails, 4 when one was not read, or not for this target. */
export async function scanFleet(session: Session, { target, selector, output }: ScanFleetOptions): Promise<ExitCode> {
  const client = await session.client();
  const matrix = await client.get<ScanMatrix>('/v1/scans', { target, selector });
  const shown = { paint: session.paint, now: client.time ?? session.io.now() };
  await print(session, output, matrix, () => fleetText(matrix, shown));
  return exitOf(matrix.items);
}

const UNKNOWN: readonly MatrixRow['verdict'][] = ['incomplete', 'never', 'other-target'];

function exitOf(rows: readonly MatrixRow[]): ExitCode {
  if (rows.some(({ verdict }) => verdict === 'fail')) return EXIT.pending;
  // A fleet without clusters: nothing was read.
  if (rows.length === 0 || rows.some(({ verdict }) => UNKNOWN.includes(verdict))) return EXIT.incomplete;
  return EXIT.ok;
}
