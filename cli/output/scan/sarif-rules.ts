import { COVERAGE_STATUSES, REASONS } from '../../../core/contracts/scan-words.ts';
import type { Finding } from '../../../core/scan/report/report-schema.ts';
import type { Level, SarifDescriptor } from './sarif-log.ts';
import { sarifText } from './sarif-text.ts';

export const LEVELS: Readonly<Record<Finding['severity'], Level>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};
const WORST: readonly Level[] = ['note', 'warning', 'error'];
/** `precision` and `problem.severity` are GitHub's words for how to sort alerts. */
const PRECISIONS = { high: 'high', medium: 'medium', low: 'low' } as const;
const PROBLEM_SEVERITIES = { error: 'error', warning: 'warning', note: 'recommendation' } as const;

/** One rule for each reason and row of the tables: `removed/policy/v1beta1/PodDisruptionBudget`, `removed/al2-ami`. */
export function ruleIdOf({ reason, rule, apiVersion, kind }: Finding): string {
  const row = rule ?? [apiVersion, kind].filter((part) => part !== null).join('/');
  return sarifText(row === '' ? reason : `${reason}/${row}`).slice(0, 250);
}

/** The rules of all these findings, in order of appearance, and where each one stands. */
export function rulesOf(findings: readonly Finding[]): {
  readonly rules: readonly SarifDescriptor[];
  readonly indexes: ReadonlyMap<string, number>;
} {
  const indexes = new Map<string, number>();
  const firsts: Finding[] = [];
  const levels: Level[] = [];
  for (const finding of findings) {
    const id = ruleIdOf(finding);
    const index = indexes.get(id) ?? firsts.push(finding) - 1;
    indexes.set(id, index);
    const level = LEVELS[finding.severity];
    if (WORST.indexOf(level) > WORST.indexOf(levels[index] ?? 'note') || levels[index] === undefined) {
      levels[index] = level;
    }
  }
  return { rules: firsts.map((finding, index) => descriptor(finding, levels[index] ?? 'note')), indexes };
}

function descriptor(finding: Finding, level: Level): SarifDescriptor {
  const { reason, rule, apiVersion, kind, removedIn, deprecatedIn, confidence, source, fix } = finding;
  const subject = rule ?? [apiVersion, kind].filter((part) => part !== null).join(' ');
  const since = reason === 'deprecated' ? deprecatedIn : removedIn;
  const title = `${reason}${since === null ? '' : ` (${since})`}${subject === '' ? '' : `: ${subject}`}`;
  return {
    id: ruleIdOf(finding),
    shortDescription: { text: sarifText(title) },
    fullDescription: { text: REASONS[reason] },
    help: { text: sarifText(fix) },
    defaultConfiguration: { level },
    properties: {
      tags: ['kubernetes', 'upgrade', reason, source],
      precision: PRECISIONS[confidence],
      'problem.severity': PROBLEM_SEVERITIES[level],
    },
  };
}

/** What a notification may be about. */
export const NOTIFICATIONS: readonly SarifDescriptor[] = [
  ...(['denied', 'error', 'not-rendered'] as const).map((status) => ({
    id: `coverage/${status}`,
    shortDescription: { text: COVERAGE_STATUSES[status] },
  })),
  { id: 'limit', shortDescription: { text: 'More than code scanning takes.' } },
];
