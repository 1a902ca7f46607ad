import type { KubeVersion } from '../../version/kube-version.ts';
import type { ApiRow } from '../data/api-row.ts';
import { apiRowsOfGroup, replacementAt, statusAt } from '../data/api-table.ts';
import { apiVersionText } from '../observe/api-version.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf } from './finding.ts';
import type { ApiReference } from './observation.ts';

/**
 * Something names an API. With a version: is that one served? Without: is any version of the group's resource? Groups are recycled
 * (facts: deprecated-apis.md §0.4), so only the resource or kind tells.
 */
export function judgeReference(reference: ApiReference, target: KubeVersion): JudgedFinding | undefined {
  const { group, version, resource, kind } = reference.named;
  const rows = apiRowsOfGroup(group).filter((row) =>
    resource === undefined ? row.kind === kind : row.resource === resource.split('/')[0],
  );
  const named = version === undefined ? rows : rows.filter((row) => row.version === version);
  if (named.length === 0) return undefined;
  const what = `${group === '' ? '' : `${group}/`}${version === undefined ? '' : `${version} `}${resource ?? kind ?? ''}`;
  if (version === undefined && isServedInGroup(named, target)) return undefined;
  const gone = named.every((row) => statusAt(row, target) === 'removed');
  const [row] = named;
  if (row === undefined) return undefined;
  const replacement = replacementAt(row, target);
  const instead = replacement === undefined ? null : `${apiVersionText(replacement)} ${replacement.kind}`;
  const base = { deprecatedIn: row.deprecated, removedIn: row.removed, replacement: instead };
  const fix =
    replacement === undefined
      ? 'Remove the reference: nothing takes its place.'
      : `Name ${apiVersionText(replacement)} ${replacement.kind} instead.`;
  if (gone)
    return findingOf(reference, {
      ...base,
      severity: reference.severity,
      // What is removed is an error; a name for it that nobody answers to is as bad as what follows from it.
      reason: reference.severity === 'error' ? 'removed' : 'unserved-version',
      message: `${reference.says} ${what}, which Kubernetes ${target} does not serve: ${reference.consequence}.`,
      fix,
    });
  if (version === undefined || !named.every((one) => statusAt(one, target) === 'deprecated')) return undefined;
  return findingOf(reference, {
    ...base,
    severity: reference.severity === 'error' ? 'warning' : 'info',
    reason: 'deprecated',
    message: `${reference.says} ${what}, which is deprecated since Kubernetes ${row.deprecated}.`,
    fix,
  });
}

/** Whether some version of it is served at the target: one of the table, or what replaces one within the same group and kind. */
function isServedInGroup(rows: readonly ApiRow[], target: KubeVersion): boolean {
  return rows.some((row) => {
    const status = statusAt(row, target);
    if (status === 'served' || status === 'deprecated') return true;
    const replacement = replacementAt(row, target);
    return replacement !== undefined && replacement.group === row.group && replacement.kind === row.kind;
  });
}
