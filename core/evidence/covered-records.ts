import { toldWith } from '../model/hop.ts';
import type { AuditItem } from '../ports/table.ts';
import { hopOfItem } from '../queries/effort.ts';
import type { EvidenceScope } from './evidence-document.ts';

export interface AuditRecord {
  readonly subject: string;
  /** The oldest item comes first. */
  readonly items: readonly AuditItem[];
}

export const FLEET_SUBJECT = 'fleet';
export const ROLLOUT_SUBJECT = 'rollout/';

/**
 * The items of these records that a file with this scope shows, each record without gaps. The export and the verification, which has only the
 * anchors, both use this: an item that is missing was removed.
 */
export function coveredRecords(known: readonly AuditRecord[], scope: EvidenceScope): AuditRecord[] {
  const isOther = ({ subject }: AuditRecord) => subject === FLEET_SUBJECT || subject.startsWith(ROLLOUT_SUBJECT);
  const clusters = known
    .filter((record) => !isOther(record))
    .map((record) => between(record, clusterItems(scope, record)));
  const named = new Set(clusters.flatMap(({ items }) => items.map(({ detail }) => detail.rolloutId)));
  const rollouts = known
    .filter(({ subject }) => subject.startsWith(ROLLOUT_SUBJECT))
    .map((record) => rolloutItems(scope, record, named));
  const covered = [...clusters, ...rollouts].filter(({ items }) => items.length > 0);
  const fleet = known.find(({ subject }) => subject === FLEET_SUBJECT);
  const span = scope.kind === 'period' ? scope : spanOf(covered);
  if (fleet !== undefined && span !== undefined) covered.push(fleetItems(fleet, span));
  return covered.filter(({ items }) => items.length > 0).sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

/** Whether a file shows an upgrade: a file about a hop also shows its rollback, and the undo of both. */
export const isToldIn = (scope: EvidenceScope, upgradeId: string | null): boolean =>
  scope.kind !== 'upgrade' || (upgradeId !== null && toldWith(scope.upgradeId).includes(upgradeId));

/** The id of the upgrade that an item of a cluster's record belongs to; null where it belongs to none. */
function upgradeOfItem(item: AuditItem): string | null {
  const { upgradeId } = item.detail;
  const own = typeof upgradeId === 'string' ? upgradeId : null;
  // A rollback and an undo are upgrades of their own.
  return own !== null && /^(?:rollback|undo)-/.test(own) ? own : (hopOfItem(item) ?? own);
}

/** The items from the first match to the last one. */
function between({ subject, items }: AuditRecord, isMeant: (item: AuditItem) => boolean): AuditRecord {
  const [first, last] = [items.findIndex(isMeant), items.findLastIndex(isMeant)];
  return { subject, items: first < 0 ? [] : items.slice(first, last + 1) };
}

const isIn =
  ({ since, until }: { readonly since: string; readonly until: string }) =>
  ({ at }: AuditItem): boolean =>
    at >= since && at <= until;

function clusterItems(scope: EvidenceScope, { subject, items }: AuditRecord): (item: AuditItem) => boolean {
  if (scope.kind === 'period') return isIn(scope);
  if (scope.kind === 'upgrade') return (item) => subject === scope.clusterKey && isToldIn(scope, upgradeOfItem(item));
  const isOfRollout = ({ detail }: AuditItem): boolean => detail.rolloutId === scope.rolloutId;
  const upgrades = new Set(items.filter(isOfRollout).map(upgradeOfItem));
  return (item) => isOfRollout(item) || (upgradeOfItem(item) !== null && upgrades.has(upgradeOfItem(item)));
}

/** The whole record from its beginning, which has the plan and the approvals. */
function rolloutItems(scope: EvidenceScope, record: AuditRecord, named: ReadonlySet<unknown>): AuditRecord {
  const id = record.subject.slice(ROLLOUT_SUBJECT.length);
  if (scope.kind === 'rollout') return id === scope.rolloutId ? record : { ...record, items: [] };
  if (scope.kind === 'upgrade') return named.has(id) ? record : { ...record, items: [] };
  const isActive = record.items.some(isIn(scope));
  return { ...record, items: isActive ? record.items.filter(({ at }) => at <= scope.until) : [] };
}

function spanOf(records: readonly AuditRecord[]) {
  const times = records.flatMap(({ items }) => items.map(({ at }) => at)).sort();
  const [since, until] = [times[0], times.at(-1)];
  return since === undefined || until === undefined ? undefined : { since, until };
}

/** Includes each configuration that was in force before the span; the first item of the instant of its application has the documents. */
function fleetItems(fleet: AuditRecord, span: { readonly since: string; readonly until: string }): AuditRecord {
  const before = fleet.items.filter(({ event, at }) => /^Config(Applied|Deleted)$/.test(event) && at < span.since);
  const inForce = new Map(before.map((item) => [`${item.detail.kind}/${item.detail.name}`, item]));
  const applied = [...inForce.values()].filter(({ event }) => event === 'ConfigApplied');
  const instants = new Set(applied.map(({ at }) => at));
  return between(fleet, (item) => (instants.has(item.at) && item.at < span.since) || isIn(span)(item));
}
