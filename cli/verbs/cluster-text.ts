import type { ReadinessHistory } from '../../core/contracts/items/readiness-history.ts';
import { isRollback } from '../../core/model/hop.ts';
import { visible } from '../../core/model/visible.ts';
import { counted, some } from '../../core/model/words.ts';
import { settingsText } from '../../core/nodes/managed-groups/update-config.ts';
import { verdictReason } from '../../core/probes/is-worse.ts';
import { probeText } from '../../core/probes/probe-verdict.ts';
import type { RollbackView } from '../../core/protocol/rollback-view.ts';
import type { ClusterDetail } from '../../core/queries/cluster-detail.ts';
import type { Explanation } from '../../core/queries/explain-cluster.ts';
import type { ReadinessView } from '../../core/queries/list-clusters.ts';
import type { SupportView } from '../../core/queries/support-view.ts';
import type { UpgradeView } from '../../core/queries/upgrade-view.ts';
import {
  facts,
  lastLook,
  listed,
  painted,
  reasonLines,
  relativeTime,
  section,
  shown,
  tableLines,
} from '../output/print.ts';
import { glassText } from './break-glass.ts';
import { readinessWords, type Shown, severalText } from './columns.ts';

/** The text of `describe cluster`. */
export function clusterText(cluster: ClusterDetail, { paint, now }: Shown): string[] {
  const { endpoint, insights, held, breakGlass } = cluster;
  const seen = seenText(cluster, now);
  const ways = [endpoint.publicAccess ? 'public' : '', endpoint.privateAccess ? 'private' : ''].filter(Boolean);
  return [
    ...facts([
      ['Name', shown(cluster.name)],
      ['ARN', shown(cluster.arn)],
      ['Created', `${cluster.createdAt} (${relativeTime(cluster.createdAt, now)})`],
      ['Version', `${shown(cluster.version)} (${shown(cluster.platformVersion)}), EKS says ${shown(cluster.status)}`],
      ['Readiness', readinessText(cluster.readiness, now, cluster.readinessHistory)],
      ['Support', supportText(cluster.support, now)],
      ...cluster.plannedChanges.map(
        ({ code, at }) => ['AWS plans', visible(`${code} at ${at} (${relativeTime(at, now)})`)] as const,
      ),
      ['State', painted(paint, cluster.state)],
      ['Policy', `${policyText(cluster)}, wave ${shown(cluster.wave)}, target ${shown(cluster.target)}`],
      ['Held', held === null ? 'no' : visible(`since ${held.since}: ${held.reason.message}`)],
      breakGlass !== null && ['Break-glass', visible(glassText(breakGlass, breakGlass))],
      ['Rollback', rollbackText(cluster.rollback, now)],
      ['Endpoint', `${ways.join(' and ')}, authentication ${shown(cluster.authenticationMode)}`],
      ['Insights', insightsText(insights, now)],
      ['Auto Mode', cluster.autoMode ? 'yes' : 'no'],
      ['Last seen', lastLook(cluster.lastSeenAt, now)],
    ]),
    ...section('Warnings', reasonLines(cluster.warnings)),
    ...tagSection(cluster),
    ...silenceSection(cluster),
    ...rangSection(cluster),
    ...section(
      `Node groups${seen}`,
      rows(['NAME', 'VERSION', 'AMI', 'SIZE', 'STATUS', 'REPLACED'], nodegroups(cluster)),
    ),
    ...section('Other nodes', rows(['KIND', 'OWNER', 'VERSION', 'NODES', 'SEEN'], otherNodes(cluster, now))),
    ...section(`Add-ons${seen}`, rows(['NAME', 'VERSION', 'STATUS'], addons(cluster))),
    ...section('Scans', rows(['SCANNED', 'HOP', 'VERDICT', 'ERRORS', 'WARNINGS', 'NOT READ'], scans(cluster, now))),
    ...section('Compared with before the last hop', rows(PROBE_HEADERS, probes(cluster.upgrades))),
    ...unknownSection(lastComparison(cluster.upgrades)),
    ...section('Upgrades', rows(['ID', 'STATUS', 'STARTED', 'REASON'], upgrades(cluster, now))),
  ];
}

/**
 * EKS judges each minor that it knows, and keeps what it said when the cluster was elsewhere until it judges again: after a rollback those are the
 * insights of the minor above.
 */
export function insightsText(insights: ClusterDetail['insights'], now: Date): string {
  const { passing, warning, error, unknown, lastRefreshTime } = insights;
  const counts = `${passing} passing, ${counted(warning, 'warning')}, ${counted(error, 'error')}, ${unknown} unknown`;
  if (lastRefreshTime === undefined) return counts;
  return `${counts}; EKS judged them ${relativeTime(lastRefreshTime, now)}, for the minors above the one that the cluster had then`;
}

/** When node groups and add-ons were read, where an upgrade has changed the cluster since: it reads them at its end. */
function seenText({ upgrades, lastSeenAt }: Pick<ClusterDetail, 'upgrades' | 'lastSeenAt'>, now: Date): string {
  const isOlder = upgrades.some(
    ({ mutated, steps }) => mutated && steps.some(({ endedAt }) => endedAt === null || endedAt > lastSeenAt),
  );
  return isOlder ? `, as seen ${lastLook(lastSeenAt, now)}` : '';
}

/** `ambiguous` is absent where the API is older. */
const policyText = ({ policy, ambiguous = [] }: Pick<ClusterDetail, 'policy' | 'ambiguous'>): string =>
  ambiguous.length === 0 ? shown(policy) : visible(severalText(ambiguous));

export const tagSection = ({ tagEffects }: Pick<ClusterDetail, 'tagEffects'>): string[] =>
  listed('Tags for Liftlock', tagEffects, ({ tag, value, effect }) => `${tag}=${value}: ${effect}`);

export const silenceSection = ({ silences }: Pick<ClusterDetail, 'silences'>): string[] =>
  listed('Silenced alarms', silences, ({ alarms, step, part, until, notes }) => {
    const told = notes.map(({ message }) => ` ${message}`).join('');
    return `${some(alarms, 5)} during ${step} (${part}), at most until ${until}.${told}`;
  });

const rangSection = ({ rangSilently }: Pick<ClusterDetail, 'rangSilently'>): string[] =>
  listed('Rang while silenced', rangSilently, ({ upgradeId, step, part, liftedAt, notes }) => {
    const told = notes.map(({ message }) => ` ${message}`).join('');
    return `${upgradeId}, ${step} (${part}), lifted ${liftedAt}:${told}`;
  });

const nodegroups = (cluster: ClusterDetail) =>
  cluster.nodegroups.map((group) => [
    group.name,
    shown(group.version),
    shown(group.amiType),
    shown(group.desiredSize),
    group.status,
    updateSettingsText(group),
  ]);

/** How many nodes EKS updates at once now, and the group's own settings while Liftlock has set others. */
function updateSettingsText({ updateSettings: now, ownUpdateSettings: own }: ClusterDetail['nodegroups'][number]) {
  if (now === null || own === null) return '-';
  const [set, former] = [settingsText(now), settingsText(own)];
  return set === former ? set : `${set} (set by Liftlock; its own: ${former})`;
}
const otherNodes = ({ otherNodes: seen }: ClusterDetail, now: Date) =>
  (seen?.groups ?? []).map(({ kind, name, version, count }) => [
    kind,
    shown(name),
    version,
    String(count),
    lastLook(seen?.seenAt, now),
  ]);
const addons = (cluster: ClusterDetail) => cluster.addons.map(({ name, version, status }) => [name, version, status]);
const upgrades = (cluster: ClusterDetail, now: Date) =>
  cluster.upgrades.map((one) => [
    one.id,
    one.status,
    relativeTime(one.startedAt, now),
    visible(one.reasons[0]?.message ?? ''),
  ]);

const PROBE_HEADERS = ['PROBE', 'RESULT', 'COMPARED', 'NOT WELL', 'NOT BEFORE EITHER', 'CHANGED SINCE', 'WORSE'];

/** The result of the last hop whose smoke check has run. A rollback's check finds everything as before, and does not tell what got worse. */
const probes = (upgrades: readonly UpgradeView[]) =>
  (lastComparison(upgrades)?.verdicts ?? []).map((verdict) => {
    const { result } = verdict;
    const probe = probeText(verdict);
    if (verdict.kind === 'rate') {
      const { effect } = verdict.figures;
      return [probe, result, '-', '-', '-', '-', effect === undefined ? '-' : `${effect.toFixed(1)} times`];
    }
    const { compared, unwell, unwellBefore, changed, worse, named } = verdict.figures;
    const names = worse === 0 ? '' : `: ${some(named.map(({ identity }) => identity))}`;
    return [probe, result, ...[compared, unwell, unwellBefore, changed].map(String), visible(`${worse}${names}`)];
  });

const lastComparison = (upgrades: readonly UpgradeView[]) =>
  upgrades.find((one) => one.comparison !== null && !isRollback(one))?.comparison;

/** Why a comparison has no result: a missing permission, or too little data. */
export const unknownSection = (
  comparison: Pick<NonNullable<Explanation['compared']>, 'verdicts'> | null | undefined,
): string[] =>
  section(
    'Not known',
    reasonLines((comparison?.verdicts ?? []).filter(({ result }) => result === 'inconclusive').map(verdictReason)),
  );

/** `worse: workloads, pods; not known: alarms; as before: nodes; in the upgrade 1.36-1.37, 1h ago`. Not only its smoke check compares: a scan between does, too. */
export function comparedText({ id, comparedAt, verdicts }: NonNullable<Explanation['compared']>, now: Date): string {
  const of = (result: string) => verdicts.filter((one) => one.result === result).map(probeText);
  const parts = [
    ...(of('fail').length === 0 ? [] : [`worse: ${of('fail').join(', ')}`]),
    ...(of('inconclusive').length === 0 ? [] : [`not known: ${of('inconclusive').join(', ')}`]),
    ...(of('pass').length === 0 ? [] : [`as before: ${of('pass').join(', ')}`]),
  ];
  return `${parts.join('; ')}; in the upgrade ${id}, ${relativeTime(comparedAt, now)}`;
}

/** The newest first, with the difference from the previous scan for the same target. */
const scans = (cluster: ClusterDetail, now: Date) =>
  cluster.scans.map((scan, index) => {
    const before = cluster.scans.slice(index + 1).find(({ target }) => target === scan.target);
    return [
      relativeTime(scan.scannedAt, now),
      `${scan.from} → ${scan.target}`,
      scan.verdict,
      trend(scan.errors, before?.errors),
      trend(scan.warnings, before?.warnings),
      trend(scan.gaps, before?.gaps),
    ];
  });

function trend(now: number, before: number | undefined): string {
  if (before === undefined || now === before) return String(now);
  return `${now} (${now > before ? '+' : '-'}${Math.abs(now - before)})`;
}

function rows(headers: readonly string[], cells: readonly (readonly string[])[]): string[] {
  if (cells.length === 0) return [];
  return tableLines(headers, cells).map((line) => `  ${line}`);
}

export function supportText({ state, deadline, dollarsPerDayLate }: SupportView, now: Date): string {
  const until = deadline === null ? '' : ` until ${deadline.at.slice(0, 10)} (${relativeTime(deadline.at, now)})`;
  const cost = dollarsPerDayLate === null || dollarsPerDayLate === 0 ? '' : `, costs $${dollarsPerDayLate} a day extra`;
  const forced = state === 'unsupported' ? ', EKS upgrades it by force at any time' : '';
  const thenForced = deadline?.forced === true ? ', then EKS upgrades it by force' : '';
  return `${state}${until}${forced}${thenForced}${cost}`;
}

export function rollbackText({ status, to, until, reasons }: RollbackView, now: Date): string {
  const why = reasons.map(({ message }) => message).join(' ');
  if (status === 'Reversible')
    return visible(`reversible to ${to} until ${until} (${relativeTime(until, now)}). ${why}`.trimEnd());
  return visible(`${status === 'Unknown' ? 'not known' : 'not reversible'}: ${why}`);
}

/** `blocked for 1.37, looked at 3 h ago; blocked since …` */
export function readinessText(
  { verdict, for: next, scannedAt, waivedUntil }: ReadinessView,
  now: Date,
  history: ReadinessHistory | null = null,
): string {
  // Where nothing is to be ready for only a hold blocks (core/rollout/readiness.ts).
  if (next === null) return `${verdict === 'blocked' ? 'blocked, since it is held; ' : ''}EKS offers nothing newer`;
  // What the inventory proves blocks without a look.
  const unseen = verdict === 'blocked' ? 'by the inventory, not looked at yet' : 'never looked at';
  const looked = scannedAt === null ? unseen : `looked at ${relativeTime(scannedAt, now)}`;
  const since = verdict === 'blocked' ? history?.causes.map((one) => one.since).sort()[0] : undefined;
  const known = since === undefined ? '' : `; blocked since ${since} (${relativeTime(since, now)})`;
  const waived = waivedUntil === undefined ? '' : `; findings are waived until ${waivedUntil}`;
  return `${readinessWords(verdict)} for ${next}, ${looked}${known}${waived}`;
}
