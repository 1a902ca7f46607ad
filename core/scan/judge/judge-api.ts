import type { KubeVersion } from '../../version/kube-version.ts';
import type { ApiRow } from '../data/api-row.ts';
import { apiRow, isReached, replacementAt, statusAt } from '../data/api-table.ts';
import { customResource, unservedKind } from '../data/custom-resources.ts';
import { apiVersionText, groupVersion } from '../observe/api-version.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import type { ApiUse, ListedUse, Observation, RuleHit, SkewObservation } from './observation.ts';

/**
 * Judges an object at an API version: removed is an error, deprecated a warning. The finding says when no cluster serves the version by default, and
 * it is info in a live cluster that does not serve it (semantics.md, The scan and the smoke check).
 */
export function judgeApi(use: ApiUse, hop: Hop): JudgedFinding | undefined {
  const { target } = hop;
  const { group, version } = groupVersion(use.subject.apiVersion);
  const row = apiRow(group, version, use.subject.kind);
  if (row === undefined) return judgeUnservedKind(use) ?? judgeCustomResource(use);
  const status = statusAt(row, target);
  if (status === 'not-yet') return undefined;
  // Whether a cluster on EKS serves it by default: upstream does, or EKS turned it on.
  const offered = row.servedByDefault || isReached(row.eksServedFrom, target);
  if (status === 'served') return offered || use.source !== 'manifest' ? undefined : neverServed(use, row, target);
  const facts = { ...columns(row, target), evidence: [...offMessage(row, offered), ...disagreements(row)] };
  if (use.stale === true) {
    const message = `An older writer used ${title(row)} for ${subjectText(use)}; it has been written at another version since.`;
    return findingOf(use, {
      ...facts,
      severity: 'info',
      reason: 'stale-trace',
      confidence: 'high',
      message,
      fix:
        use.source === 'manifest'
          ? 'Take the annotation out of the file: kubectl writes its own.'
          : 'Nothing has to change in the cluster. Make sure that the old writer is not used any more.',
    });
  }
  const known = offered || use.source === 'manifest' || use.served === true;
  if (status === 'removed') {
    const milder = notOfThisHop(use, row, hop);
    return findingOf(use, {
      ...facts,
      evidence: [...facts.evidence, ...milder],
      severity: !known ? 'info' : milder.length > 0 ? 'warning' : 'error',
      reason: 'removed',
      message: `${title(row)} is not served from Kubernetes ${row.removed} on${consequence(use)}.`,
      fix: fixOf(use, row, target),
    });
  }
  const later = row.removed === null ? 'No release that removes it is known' : `Kubernetes ${row.removed} removes it`;
  // The API server itself asks for v1 Endpoints on every cluster. A use that a gauge counts and no release removes needs no repair.
  const isCounted = use.source === 'telemetry' && row.removed === null;
  return findingOf(use, {
    ...facts,
    severity: known && !isCounted ? 'warning' : 'info',
    reason: 'deprecated',
    message: `${title(row)} is deprecated since Kubernetes ${row.deprecated}. ${later}.`,
    fix: fixOf(use, row, target),
  });
}

/**
 * Why a removed API does not break this hop, in sentences. The cluster already runs without what an older minor removed. The API server's gauge stays
 * at 1 until a restart, even after a repair, while insights know clients and times.
 */
function notOfThisHop(
  { source }: ApiUse,
  row: ApiRow,
  { from, insightsRead = false, isUpgrade = false }: Hop,
): string[] {
  const before = isUpgrade && from !== undefined && statusAt(row, from) === 'removed';
  const gauge = source === 'telemetry' && insightsRead;
  return [
    ...(before ? [goneBefore(from)] : []),
    ...(gauge ? ['The upgrade insights of EKS were read, which know who calls and when.'] : []),
  ];
}

export const goneBefore = (from: KubeVersion): string =>
  `Kubernetes ${from}, which runs now, does not serve it either.`;

function neverServed(use: ApiUse, row: ApiRow, target: KubeVersion): JudgedFinding {
  return findingOf(use, {
    ...columns(row, target),
    evidence: disagreements(row),
    severity: 'info',
    reason: 'never-served',
    message: `${title(row)} is never served by default; Amazon EKS does not turn it on.`,
    fix: fixOf(use, row, target),
  });
}

/** The columns of a row in the form of findings. */
export function columns(row: ApiRow, target: KubeVersion) {
  const replacement = replacementAt(row, target);
  return {
    deprecatedIn: row.deprecated,
    removedIn: row.removed,
    replacement: replacement === undefined ? null : `${apiVersionText(replacement)} ${replacement.kind}`,
  };
}

const title = (row: ApiRow): string => `${apiVersionText(row)} ${row.kind}`;

const consequence = ({ consequence: text }: ApiUse): string => (text === undefined ? '' : `: ${text}`);

function offMessage(row: ApiRow, offered: boolean): string[] {
  if (row.servedByDefault) return [];
  const eks = offered ? `Amazon EKS serves it from ${row.eksServedFrom} on.` : 'Amazon EKS does not turn it on.';
  return [`It is never served by default. ${eks}`];
}

/** Known sources that contradict the table, so that users see why other tools report something else. */
const disagreements = (row: ApiRow): string[] =>
  row.disagreements
    .filter(({ field }) => field === 'removed' || field === 'deprecated' || field === 'existence')
    .map(({ source, field, theirs }) => `Sources disagree: ${source} has "${theirs}" for ${field}.`);

function fixOf(use: ApiUse, row: ApiRow, target: KubeVersion): string {
  if (use.fix !== undefined) return use.fix;
  const replacement = replacementAt(row, target);
  const note = row.note === null ? '' : ` ${row.note}`;
  if (replacement !== undefined) {
    const kind = replacement.kind === row.kind ? '' : ` and kind: ${replacement.kind}`;
    return `Set apiVersion: ${apiVersionText(replacement)}${kind}${where(use)}.${note}`;
  }
  const later = row.replacements.at(-1);
  if (later !== undefined)
    return `Kubernetes ${target} serves no replacement; ${apiVersionText(later)} ${later.kind} comes with ${later.introduced}.${note}`;
  return `There is no replacement. Delete it${where(use)}, or find another way to do what it did.${note}`;
}

/** The file to change. A rendered stream cannot be edited, so its objects name the file of their cause. */
function where({ location, cause }: Pick<ApiUse, 'location' | 'cause'>): string {
  if (location === undefined) return '';
  if (location.file !== '-') return ` in ${location.file}:${location.line}`;
  const file = /^file:(?!<stdin>)(.+)$/.exec(cause)?.[1];
  return ` in ${file ?? `<stdin>:${location.line}`}`;
}

/**
 * A custom resource at a version that its own controller stopped serving. A manifest does not tell which release of the controller runs, so it is a
 * warning for every Kubernetes version.
 */
function judgeCustomResource(use: ApiUse): JudgedFinding | undefined {
  const { group, version } = groupVersion(use.subject.apiVersion);
  const row = customResource(group, version, use.subject.kind);
  if (row === undefined) return undefined;
  const { replacement } = row;
  const instead = replacement && apiVersionText(replacement);
  const removed = row.removedIn === null ? '' : ` and gone from ${row.component} ${row.removedIn}`;
  const since = row.deprecatedIn === null ? '' : ` since ${row.component} ${row.deprecatedIn}`;
  return findingOf(use, {
    severity: use.stale === true ? 'info' : 'warning',
    reason: use.stale === true ? 'stale-trace' : 'deprecated',
    replacement: replacement && `${instead} ${replacement.kind}`,
    confidence: use.confidence === 'high' ? 'medium' : 'low',
    message: `${use.subject.apiVersion} ${row.kind} is deprecated${since}${removed}.`,
    fix:
      replacement === null
        ? `See what ${row.component} offers instead before you update it.`
        : `Set apiVersion: ${instead}${replacement.kind === row.kind ? '' : ` and kind: ${replacement.kind}`} before you update ${row.component}.`,
  });
}

/**
 * A kind that no release of Kubernetes ever had. No cluster takes it at any target, so an upgrade breaks nothing: it is a warning, which says why
 * other scanners call it removed.
 */
function judgeUnservedKind(use: ApiUse): JudgedFinding | undefined {
  const { apiVersion, kind } = use.subject;
  const { group, version } = groupVersion(apiVersion);
  const row = unservedKind(group, version, kind);
  if (row === undefined) return undefined;
  return findingOf(use, {
    severity: use.stale === true ? 'info' : 'warning',
    reason: 'unserved-version',
    evidence: [`Listed as a deprecated API by: ${row.listedBy.join(', ')}.`],
    message: `No release of Kubernetes ever served ${apiVersion} ${kind}.`,
    fix: `Write a version that exists, or delete it. ${row.note}`,
  });
}

/** The target of a cluster's upgrade, one minor away or several. */
export interface Hop {
  readonly target: KubeVersion;
  /** The version that runs now; undefined for manifests. */
  readonly from?: KubeVersion;
  /** Whether the hops update the component, or the nodes, themselves; undefined where EKS was not asked what it manages. */
  readonly brings?: (one: SkewObservation | RuleHit) => boolean;
  /** Whether the upgrade insights of EKS were read. */
  readonly insightsRead?: boolean;
  /**
   * Whether an upgrade depends on it: what an older minor removed does not break the hop of an upgrade. A scan of a kubeconfig reports everything
   * that is broken.
   */
  readonly isUpgrade?: boolean;
}

/** Judges an object of a kind on a user's own list like a kind of Kubernetes; the finding names the list. */
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

/** What a judgement adds to what was observed. */
type Judgement = Pick<JudgedFinding, 'severity' | 'reason' | 'message' | 'fix'> &
  Partial<Pick<JudgedFinding, 'deprecatedIn' | 'removedIn' | 'replacement' | 'rule' | 'evidence' | 'confidence'>>;

/** A finding about what was observed; fields that do not apply are null. */
export function findingOf(observation: Observation, judgement: Judgement): JudgedFinding {
  const { source, subject, owner, cause, evidence, confidence, location } = observation;
  return {
    severity: judgement.severity,
    reason: judgement.reason,
    source,
    apiVersion: subject.apiVersion ?? null,
    kind: subject.kind ?? null,
    namespace: subject.namespace ?? null,
    name: subject.name ?? null,
    deprecatedIn: judgement.deprecatedIn ?? null,
    removedIn: judgement.removedIn ?? null,
    replacement: judgement.replacement ?? null,
    owner: owner ?? null,
    cause,
    location: location ?? null,
    evidence: [...evidence, ...(judgement.evidence ?? [])],
    confidence: judgement.confidence ?? confidence,
    rule: judgement.rule ?? null,
    message: judgement.message,
    fix: judgement.fix,
  };
}

/** `PodDisruptionBudget payments/api`, for sentences. */
export function subjectText({ subject }: Observation): string {
  const { kind = 'object', namespace, name } = subject;
  if (name === undefined) return kind;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
