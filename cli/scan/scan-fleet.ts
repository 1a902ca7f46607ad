import type { Command } from 'commander';
import { visible } from '../../core/model/visible.ts';
import { counted, some } from '../../core/model/words.ts';
import type { MatrixRow, ScanMatrix } from '../../core/queries/scan-matrix.ts';
import type { ApiClient } from '../client/api-client.ts';
import { clusterParam } from '../client/paths.ts';
import { EXIT, type ExitCode, invalid } from '../command/failure.ts';
import type { Style } from '../command/io.ts';
import { FORMATS, type OutputOption, type Session } from '../command/session.ts';
import { listed, print, relativeTime, tableLines } from '../output/print.ts';
import { VERDICT_STYLES } from '../output/scan/words.ts';
import { readinessWords, type Shown, shownAt } from '../verbs/columns.ts';
import { givenToScan } from './scan-options.ts';

interface ScanFleetOptions extends OutputOption {
  readonly target?: string;
  readonly selector?: string;
  readonly start?: boolean;
}

/** The last scans of all clusters for one target. Exit 3 when one fails, 4 when one was not read, or not for this target. */
export async function scanFleet(session: Session, options: ScanFleetOptions, command: Command): Promise<ExitCode> {
  const { target, selector, output, start } = { ...options, ...givenToScan(command) };
  if (target === undefined) throw invalid('liftlock: --target is missing: say the version to go to.');
  if (!(FORMATS as readonly string[]).includes(output))
    throw invalid(`liftlock: -o ${output} is for reports; here it is ${FORMATS.join(', ')}.`);
  const client = await session.client();
  const matrix = await client.whole('items', (page) => client.v1.scans.$get({ query: { target, selector, ...page } }));
  const shown = shownAt(session, client);
  if (start === true) await startScans(session, client, matrix, shown.now);
  await print(session, output, matrix, () => fleetText(matrix, shown));
  return exitOf(matrix.items);
}

const FRESH_MILLISECONDS = 24 * 60 * 60_000;

/** Starts the scans one after the other; the matrix shows their reports when they have ended. */
async function startScans({ io }: Session, client: ApiClient, { items, target }: ScanMatrix, now: Date): Promise<void> {
  const due = items.filter((row) => row.verdict !== 'there' && !isFresh(row, now));
  for (const { cluster } of due) {
    if (io.interrupted.aborted) return;
    await client.v1.clusters[':id'].scans.$post({ param: clusterParam(cluster), json: { target } });
  }
  const again = due.length === 0 ? '' : ' Look again in a few minutes.';
  io.err(visible(`Started ${counted(due.length, 'scan')} for ${target}.${again}\n`));
}

const isFresh = ({ scannedAt, scannedFrom, version }: MatrixRow, now: Date): boolean =>
  scannedAt !== null && scannedFrom === version && now.getTime() - Date.parse(scannedAt) < FRESH_MILLISECONDS;

const UNKNOWN: readonly MatrixRow['verdict'][] = ['incomplete', 'never', 'other-target'];

function exitOf(rows: readonly MatrixRow[]): ExitCode {
  if (rows.some(({ verdict }) => verdict === 'fail')) return EXIT.pending;
  // For a fleet without clusters nothing was read.
  if (rows.length === 0 || rows.some(({ verdict }) => UNKNOWN.includes(verdict))) return EXIT.incomplete;
  return EXIT.ok;
}

/** The number of causes and owners on a terminal; the other formats have all. */
const MOST_CAUSES = 15;
const MOST_OWNERS = 15;
/** The number of clusters that are named for a cause. */
const MOST_CLUSTERS = 3;

const STYLES: Readonly<Record<MatrixRow['verdict'], Style>> = {
  ...VERDICT_STYLES,
  there: 'green',
  never: 'yellow',
  'other-target': 'yellow',
};

/** What `scan fleet` prints. */
function fleetText(matrix: ScanMatrix, { paint, now }: Shown): string[] {
  const { target, items, causes, owners } = matrix;
  const rows = items.map((row) => [
    visible(row.cluster),
    visible(row.version),
    paint(STYLES[row.verdict], row.verdict),
    readinessWords(row.readiness),
    count(row.errors),
    count(row.warnings),
    visible(whenText(row, now)),
  ]);
  return [
    ...tableLines(['CLUSTER', 'VERSION', `FOR ${visible(target)}`, 'READINESS', 'ERRORS', 'WARNINGS', 'SCANNED'], rows),
    ...listed('Top causes', causes.slice(0, MOST_CAUSES), ({ cause, owner, severity, findings, fixes, ...where }) => {
      const who = owner === null ? '' : ` (${owner})`;
      const fix = fixes.map((one) => ` Fix: ${one}`).join('');
      return `${severity} ${cause}${who}: ${counted(findings, 'finding')} in ${clustersOf(where)}.${fix}`;
    }),
    ...listed('Owners to chase', owners.slice(0, MOST_OWNERS), ({ owner, errors, warnings, ...where }) => {
      return `${owner}: ${counted(errors, 'cause')} of errors and ${warnings} of warnings in ${clustersOf(where)}`;
    }),
    '',
    totals(items, target),
  ];
}

const clustersOf = ({ clusters, clusterCount }: { clusters: readonly string[]; clusterCount: number }): string =>
  some(clusters, MOST_CLUSTERS, clusterCount);

const count = (value: number | null): string => (value === null ? '-' : String(value));

function whenText({ scannedAt, scannedFrom, version, targets }: MatrixRow, now: Date): string {
  if (scannedAt === null) return targets.length === 0 ? '-' : `for ${targets.join(', ')}`;
  const then = scannedFrom === version ? '' : `, at ${scannedFrom ?? 'an unknown version'}`;
  return `${relativeTime(scannedAt, now)}${then}`;
}

const WORDS: readonly (readonly [MatrixRow['verdict'], string])[] = [
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['incomplete', 'not read in full'],
  ['other-target', 'scanned for other targets only'],
  ['never', 'never scanned'],
  ['there', 'there already'],
];

function totals(items: readonly MatrixRow[], target: string): string {
  const parts = WORDS.flatMap(([verdict, words]) => {
    const found = items.filter((row) => row.verdict === verdict).length;
    return found === 0 ? [] : [`${found} ${words}`];
  });
  return visible(`${counted(items.length, 'cluster')} for ${target}: ${parts.join(', ') || 'none'}.`);
}
