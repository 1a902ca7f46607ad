import { customResource } from '../data/custom-resources.ts';
import { groupVersion } from '../observe/api-version.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf } from './finding.ts';
import type { ApiUse } from './observation.ts';

/**
 * A custom resource at a version that its own controller gave up. Which release of the controller runs is not known from a manifest, so it
 * is a warning, whatever the Kubernetes version.
 */
export function judgeCustomResource(use: ApiUse): JudgedFinding | undefined {
  const { group, version } = groupVersion(use.subject.apiVersion);
  const row = customResource(group, version, use.subject.kind);
  if (row === undefined) return undefined;
  const instead = row.replacement === null ? null : `${row.replacement.group}/${row.replacement.version}`;
  const removed = row.removedIn === null ? '' : ` and gone from ${row.component} ${row.removedIn}`;
  const since = row.deprecatedIn === null ? '' : ` since ${row.component} ${row.deprecatedIn}`;
  return findingOf(use, {
    severity: use.stale === true ? 'info' : 'warning',
    reason: use.stale === true ? 'stale-trace' : 'deprecated',
    replacement: row.replacement === null || instead === null ? null : `${instead} ${row.replacement.kind}`,
    confidence: use.confidence === 'high' ? 'medium' : 'low',
    message: `${use.subject.apiVersion} ${row.kind} is deprecated${since}${removed}.`,
    fix:
      row.replacement === null || instead === null
        ? `See what ${row.component} offers instead before you update it.`
        : `Set apiVersion: ${instead}${row.replacement.kind === row.kind ? '' : ` and kind: ${row.replacement.kind}`} before you update ${row.component}.`,
  });
}
