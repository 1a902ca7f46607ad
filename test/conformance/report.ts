import type { Verdict } from './run-case.ts';

/** The verdict on one recording. */
export interface Row {
  readonly group: string;
  readonly name: string;
  readonly verdict: Verdict;
}

/** How many recordings there are of each verdict. */
export interface Counts {
  passed: number;
  failed: number;
  refused: number;
}

/** Counts verdicts. */
export function count(rows: readonly Row[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, refused: 0 };
  for (const { verdict } of rows) counts[verdict.kind]++;
  return counts;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function describeFailure({ name, verdict }: Row): string[] {
  if (verdict.kind !== 'failed') return [];
  const lines = verdict.differences.flatMap(({ part, expected, actual }) => [
    `    ${part}`,
    `      recorded ${shorten(expected)}`,
    `      here     ${shorten(actual)}`,
  ]);
  return [`  ${name}`, ...lines];
}

/** The lines to print: counts by group, why recordings were refused, what differs when asked for, and the total last. */
export function reportLines(rows: readonly Row[], verbose: boolean): string[] {
  const groups = [...new Set(rows.map(({ group }) => group))].map((group) => {
    const { passed, failed, refused } = count(rows.filter((row) => row.group === group));
    return `${group}: ${passed} passed, ${failed} failed, ${refused} refused`;
  });
  const reasons = new Map<string, number>();
  for (const { verdict } of rows) {
    if (verdict.kind === 'refused') reasons.set(verdict.reason, (reasons.get(verdict.reason) ?? 0) + 1);
  }
  const refusals = [...reasons].map(([reason, number]) => `refused for ${reason}: ${number}`);
  const { passed, failed } = count(rows);
  return [
    ...groups,
    ...refusals,
    ...(verbose ? rows.flatMap(describeFailure) : []),
    `${passed} passed, ${failed} failed`,
  ];
}
