import { SEVERITIES } from '../../contracts/scan-words.ts';
import type { Baseline, BaselineFinding } from './read-baseline.ts';
import type { Finding, ScanReport } from './report-schema.ts';

/**
 * The one of an older scan's reports to compare with: of the same target, and of the same cluster, since equal names in another
 * cluster are other objects. Files have ids that no path is part of, so theirs may have been scanned under another path, as long as
 * there is one such report. `error` is a sentence for people.
 */
export function chooseBaseline(
  baselines: readonly Baseline[],
  { subject, from, target }: Pick<ScanReport, 'subject' | 'from' | 'target'>,
): { readonly baseline: Baseline; readonly error?: never } | { readonly baseline?: never; readonly error: string } {
  const candidates = baselines.filter((other) => other.target === target && (other.from === null) === (from === null));
  const same = candidates.find((other) => other.subject === subject);
  const [only, ...more] = candidates;
  const chosen = same ?? (from === null && more.length === 0 ? only : undefined);
  if (chosen !== undefined) return { baseline: chosen };
  const known = baselines.map((other) => `${other.subject} for ${other.target}`);
  const list = known.length === 0 ? 'nothing' : `${known.slice(0, 5).join(', ')}${known.length > 5 ? ', …' : ''}`;
  return { error: `The baseline has no report of ${subject} for ${target}; it has ${list}. Write a new one.` };
}

/**
 * Marks each finding as new or not. A finding is known when the baseline has one of the same id in the same file, or else one of the
 * same id that nothing else accounts for (the file was renamed); so another copy of a known object is new. What was waived in the
 * baseline, or was less severe there, has not been accepted as it is now, and is new.
 */
export function compareWithBaseline(
  findings: readonly Finding[],
  { scannedAt, subject, findings: older }: Baseline,
): {
  readonly findings: readonly Finding[];
  readonly baseline: Omit<NonNullable<ScanReport['baseline']>, 'new' | 'unchanged'>;
} {
  const matches = matched(findings, older);
  const marked = findings.map((finding) => {
    const other = matches.get(finding);
    return { ...finding, new: other === undefined || (other.waived && !finding.waived) || isWorse(finding, other) };
  });
  const kept = new Set(matches.values());
  const gone = older.filter((finding) => !kept.has(finding)).map(({ id, message }) => ({ id, message }));
  return { findings: marked, baseline: { scannedAt, subject, gone } };
}

/** Which finding of the baseline each finding is: the most alike first, none of them twice. */
function matched(
  findings: readonly Finding[],
  older: readonly BaselineFinding[],
): ReadonlyMap<Finding, BaselineFinding> {
  const matches = new Map<Finding, BaselineFinding>();
  const taken = new Set<BaselineFinding>();
  const likenesses: readonly ((finding: BaselineFinding) => string)[] = [
    ({ id, file, message }) => JSON.stringify([id, file, message]),
    ({ id, file }) => JSON.stringify([id, file]),
    ({ id }) => id,
  ];
  for (const keyOf of likenesses) {
    const left = older.filter((candidate) => !taken.has(candidate));
    const free = Map.groupBy(left.reverse(), keyOf);
    for (const finding of findings.filter((candidate) => !matches.has(candidate))) {
      const other = free.get(keyOf({ ...finding, file: finding.location?.file ?? null }))?.pop();
      if (other === undefined) continue;
      matches.set(finding, other);
      taken.add(other);
    }
  }
  return matches;
}

/** An unknown severity, of a release to come, is taken for the mildest: better told twice than never. */
function isWorse(finding: Finding, other: BaselineFinding): boolean {
  const rank = (SEVERITIES as readonly string[]).indexOf(other.severity);
  return SEVERITIES.indexOf(finding.severity) < (rank === -1 ? SEVERITIES.length - 1 : rank);
}
