import { unservedKind } from '../data/unserved-kinds.ts';
import { groupVersion } from '../observe/api-version.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf } from './finding.ts';
import type { ApiUse } from './observation.ts';

/**
 * A kind that no release of Kubernetes ever had. No cluster takes it, whatever the target, so an upgrade breaks nothing: a warning, and one
 * that says why other scanners call it removed.
 */
export function judgeUnservedKind(use: ApiUse): JudgedFinding | undefined {
  const { apiVersion, kind } = use.subject;
  const { group, version } = groupVersion(apiVersion);
  const row = unservedKind(group, version, kind);
  if (row === undefined) return undefined;
  return findingOf(use, {
    severity: 'warning',
    reason: 'unserved-version',
    evidence: [`Listed as a deprecated API by: ${row.listedBy.join(', ')}.`],
    message: `No release of Kubernetes ever served ${apiVersion} ${kind}.`,
    fix: `Write a version that exists, or delete it. ${row.note}`,
  });
}
