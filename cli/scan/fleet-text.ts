import { visible } from '../../core/model/visible.ts';
import type { MatrixRow, ScanMatrix } from '../../core/queries/scan-matrix.ts';
import { counted } from '../output/counted.ts';
import { section } from '../output/facts.ts';
import type { Style } from '../output/paint.ts';
import { relativeTime } from '../output/relative-time.ts';
import { VERDICT_STYLES } from '../output/scan/verdict-styles.ts';
import { tableLines } from '../output/table.ts';
import type { Shown } from '../verbs/columns.ts';

/** Causes and owners on a terminal; all are in the other formats. */
const MOST_CAUSES = 15;
const MOST_OWNERS = 15;
/** Clusters of a cause that are named. */
const MOST_CLUSTERS = 3;

const STYLES: Readonly<Record<MatrixRow['verdict'], Style>> = {
  ...VERDICT_STYLES,
  there: 'green',
  never: 'yellow',
  'other-target': 'yellow',
};

/** What `scan fleet` prints. */
export function fleetText(matrix: ScanMatrix, { paint, now }: Shown): string[] {
  const { target, items, causes, owners } = matrix;
  const rows = items.map((row) => [
    visible(row.cluster),
    visible(row.version),
    paint(STYLES[row.verdict], row.verdict),
    count(row.errors),
    count(row.warnings),
    visible(whenText(row, now)),
  ]);
  return [
    ...tableLines(['CLUSTER', 'VERSION', `FOR ${visible(target)}`, 'ERRORS', 'WARNINGS', 'SCANNED'], rows),
    ...section(
      'Top causes',
      causes.slice(0, MOST_CAUSES).map(({ cause, owner, severity, findings, clusters, clusterCount }) => {
        const who = owner === null ? '' : ` (${owner})`;
        return visible(
          `  ${severity} ${cause}${who}: ${counted(findings, 'finding')} in ${named(clusters, clusterCount)}`,
        );
      }),
    ),
    ...section(
      'Owners to chase',
      owners.slice(0, MOST_OWNERS).map(({ owner, errors, warnings, clusters, clusterCount }) => {
        return visible(
          `  ${owner}: ${counted(errors, 'cause')} of errors and ${warnings} of warnings in ${named(clusters, clusterCount)}`,
        );
      }),
    ),
    '',
    totals(items, target),
  ];
}

const count = (value: number | null): string => (value === null ? '-' : String(value));

function whenText({ scannedAt, scannedFrom, version, targets }: MatrixRow, now: Date): string {
  if (scannedAt === null) return targets.length === 0 ? '-' : `for ${targets.join(', ')}`;
  const then = scannedFrom === version ? '' : `, at ${scannedFrom ?? 'an unknown version'}`;
  return `${relativeTime(scannedAt, now)}${then}`;
}

function named(clusters: readonly string[], count: number): string {
  const shown = clusters.slice(0, MOST_CLUSTERS);
  const more = count - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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
