import type { KubeVersion } from '../../version/kube-version.ts';
import { isReached } from '../data/api-table.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf, subjectText } from './finding.ts';
import { where } from './judge-api.ts';
import type { ListedUse } from './observation.ts';

/** An object of a kind that somebody's own list gives up: judged like those of Kubernetes, and always with the name of the list. */
export function judgeListed(use: ListedUse, target: KubeVersion): JudgedFinding | undefined {
  const { row, list, subject } = use;
  const { deprecatedIn = null, removedIn = null, replacement = null, note } = row;
  const isRemoved = isReached(removedIn, target);
  if (!isRemoved && !isReached(deprecatedIn, target)) return undefined;
  const what = `${subject.apiVersion} ${subject.kind}`;
  const [apiVersion, kind] = replacement?.split(' ') ?? [];
  const instead =
    apiVersion === undefined
      ? 'Find out what takes its place.'
      : `Write apiVersion: ${apiVersion} and kind: ${kind === '*' ? subject.kind : kind}${where(use)}.`;
  const facts = { deprecatedIn, removedIn, replacement, rule: `list:${list}` };
  if (use.stale === true) {
    const message = `An older writer used ${what} for ${subjectText(use)}, which the list ${list} gives up; it has been written at another version since.`;
    return findingOf(use, {
      ...facts,
      severity: 'info',
      reason: 'stale-trace',
      message,
      fix: 'Make sure that the old writer is not used any more.',
    });
  }
  const later = removedIn === null ? '' : `, and gone from ${removedIn} on`;
  return findingOf(use, {
    ...facts,
    severity: isRemoved ? 'error' : 'warning',
    reason: isRemoved ? 'removed' : 'deprecated',
    message: isRemoved
      ? `${what} is gone from Kubernetes ${removedIn} on, says the list ${list}.`
      : `${what} is deprecated since Kubernetes ${deprecatedIn}${later}, says the list ${list}.`,
    fix: [use.fix ?? instead, note].filter((text) => text !== undefined).join(' '),
  });
}
