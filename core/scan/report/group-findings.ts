import { SEVERITIES } from '../../contracts/scan-words.ts';
import { some } from '../../model/words.ts';
import type { Finding } from './report-schema.ts';

/** Findings that one repair fixes, in the order of the report. */
export type FindingGroup = ReturnType<typeof groupByCause>[number];

/** Groups in the order of their first findings, so the most urgent one stays first. */
export function groupByCause(findings: readonly Finding[]) {
  return [...Map.groupBy(findings, ({ cause }) => cause)].map(([cause, members]) => {
    return { cause, owner: ownersOf(members), severity: worst(members), findings: members };
  });
}

const MOST_OWNERS = 3;

/** The first three owners that the findings name. One file may belong to several teams, and each must know. */
function ownersOf(members: readonly Finding[]): string | null {
  const owners = [...new Set(members.flatMap(({ owner }) => owner ?? []))];
  if (owners.length === 0) return null;
  return some(owners, MOST_OWNERS);
}

/** The worst severity of the findings that are not waived, or of all where all are waived. */
function worst(members: readonly Finding[]): Finding['severity'] {
  const counted = members.filter(({ waived }) => !waived);
  return worstOf(counted.length === 0 ? members : counted);
}

/** The worst severity of several findings. */
export const worstOf = (findings: readonly Finding[]): Finding['severity'] =>
  SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'info';
