import type { UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { SilenceEntry, Upgrade } from '../contracts/items/protocol.ts';
import type { ScanSummary } from '../contracts/items/scan.ts';
import { SILENCE_TAG } from '../contracts/mutating-calls.ts';
import { AWS_SOURCES } from '../contracts/scan-words.ts';
import { quoted, type Reason, reason } from '../contracts/step-result.ts';
import { batchesOf } from '../model/batches.ts';
import { shortId } from '../model/cluster-key.ts';
import { componentKey } from '../policy/hook-decision.ts';
import { loadAllPolicies, policyOf } from '../policy/policy-of.ts';
import { isAccessErrorName } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { comparisonOf } from '../probes/probe-verdict.ts';
import { silencesIn, undoEntriesOf } from '../protocol/undo.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { upgradesOf } from '../store/entities.ts';
import { loadAll } from '../store/entity.ts';
import { ScanSummaries } from '../store/scan-entities.ts';
import { type AccessCheck, type AccessReport, accessStatus } from './access-report.ts';

/** The upgrades of so many clusters are read at once: those of a thousand, one after the other, take longer than the API's function has. */
const AT_ONCE = 25;

/**
 * What discovery and the last scan of each cluster met, and what nobody has looked at. This asks nothing of the clusters, since the API's function has
 * no way to them.
 */
export async function checkAccess(
  { table }: Pick<Ports, 'table'>,
  records: readonly ClusterRecord[],
): Promise<AccessReport[]> {
  const keys = records.map(({ clusterKey }) => clusterKey);
  const [policies, scans] = await Promise.all([loadAllPolicies(table), newestScansOf(table, keys)]);
  const reports: AccessReport[] = [];
  for (const batch of batchesOf(records, AT_ONCE)) {
    const read = batch.map((record) => accessOf(table, record, policies, scans.get(record.clusterKey)));
    reports.push(...(await Promise.all(read)));
  }
  return reports;
}

/** The last scan of each cluster, by its key. Its summary names more that was not read than the copy for lists, and its history has ninety days. */
async function newestScansOf(table: Ports['table'], keys: readonly string[]): Promise<Map<string, ScanSummary>> {
  const newest = [...(await latestScansOf(table, keys))].flatMap(([key, { scans }]) =>
    scans.slice(0, 1).map(({ scannedAt }) => ScanSummaries.key(key, scannedAt)),
  );
  return new Map((await loadAll(table, ScanSummaries, newest)).map((one) => [one.clusterKey, one]));
}

async function accessOf(
  table: Ports['table'],
  record: ClusterRecord,
  policies: Parameters<typeof policyOf>[1],
  scan: ScanSummary | undefined,
): Promise<AccessReport> {
  const match = policyOf(record, policies);
  const verification = match.type === 'one' ? match.policy.spec.verification : null;
  const upgrades = await upgradesOf(table, record.clusterKey);
  const seen = scanSeen(upgrades, scan);
  const ofAws = (seen?.aws ?? []).map(({ what, why }): AccessCheck => {
    return { part: 'AWS', what, status: 'Refused', reason: why, asOf: seen?.at ?? null };
  });
  const isSilencing = match.type === 'one' && (match.policy.spec.silences ?? []).length > 0;
  const silences = isSilencing ? silencesIn(await undoEntriesOf(table, record.clusterKey)) : [];
  const ofPolicy =
    match.type === 'one'
      ? [
          ...checkDrains(match.policy, upgrades),
          ...checkHookJobs(match.policy, upgrades),
          ...checkRates(match.policy, upgrades),
          ...checkSilences(match.policy, silences),
        ]
      : [];
  const checks = [
    ...checkEksFromInventory(record, seen),
    ...ofAws,
    ...checkSteps(upgrades),
    ...checkServerFromScans(seen),
    ...ofPolicy,
  ];
  return {
    cluster: shortId(record),
    clusterKey: record.clusterKey,
    verification,
    status: accessStatus(checks, verification),
    checks,
  };
}

const notChecked = (check: Pick<AccessCheck, 'part' | 'what'>, message: string): AccessCheck => ({
  ...{ ...check, status: 'NotChecked', reason: reason('NotChecked', message), asOf: null },
});

/** What steps were denied when they were last tried: a scan tries no change, so it cannot tell. `upgrades` come newest first. */
export function checkSteps(upgrades: readonly Upgrade[]): AccessCheck[] {
  const known = new Map<string, AccessCheck[]>();
  for (const { steps } of upgrades) {
    const tried = Map.groupBy(Object.entries(steps), ([name]) => name.split('/', 1).join());
    for (const [what, those] of tried) {
      if (['scan-cluster', 'drain-nodes'].includes(what) || known.has(what)) continue;
      const denied = those.flatMap(([, { reasons, endedAt, startedAt }]): AccessCheck[] =>
        reasons
          .filter(({ code }) => code === 'Denied')
          .map((why) => ({ part: 'AWS', what, status: 'Refused', reason: why, asOf: endedAt ?? startedAt })),
      );
      known.set(what, denied.slice(0, 1));
    }
  }
  return [...known.values()].flat();
}

/**
 * Whether nodes may be drained where the policy says how, judged by the last drain. Nobody can ask before one, since the role that drains is not the
 * one that looks. `upgrades` come newest first.
 */
export function checkDrains({ metadata, spec }: UpgradePolicy, upgrades: readonly Upgrade[]): AccessCheck[] {
  if (spec.drain === undefined) return [];
  const check = { part: 'Drains', what: 'cordons and evictions' } as const;
  for (const { machine, mutated, steps } of upgrades) {
    const step = Object.entries(steps).find(([name]) => name.startsWith('drain-nodes/'))?.[1];
    if (machine !== 'drain-nodes' || step === undefined) continue;
    const asOf = step.endedAt ?? step.startedAt;
    const refused = step.reasons.find(({ code }) => isAccessErrorName(code));
    if (refused !== undefined) return [{ ...check, status: 'Refused', reason: refused, asOf }];
    if (mutated) return [{ ...check, status: 'Readable', asOf }];
  }
  const message = `The policy ${metadata.name} drains nodes (spec.drain), which needs the tier operate, and no drain has shown yet whether it was granted.`;
  return [notChecked(check, message)];
}

/** Whether the policy's hooks may ask by Jobs, judged by the last question. */
export function checkHookJobs({ metadata, spec }: UpgradePolicy, upgrades: readonly Upgrade[]): AccessCheck[] {
  const keys = [
    ...(spec.hooks ?? []).flatMap(({ name, ask }) => ('job' in ask ? [`${name}/`] : [])),
    ...(spec.components ?? []).flatMap(({ name, hook, phase }) =>
      hook !== undefined && 'job' in hook ? [componentKey(name, phase)] : [],
    ),
  ];
  if (keys.length === 0) return [];
  const check = { part: 'Hooks', what: 'Jobs' } as const;
  const asked = upgrades
    .flatMap(({ hooks = {} }) => Object.entries(hooks))
    .flatMap(([key, state]) => (keys.some((one) => key.startsWith(one)) ? [state] : []))
    .filter(({ answer, error }) => answer !== undefined && (answer !== 'none' || error !== undefined))
    .sort((one, other) => (one.answeredAt ?? '').localeCompare(other.answeredAt ?? ''));
  const last = asked.at(-1);
  if (last !== undefined) {
    const asOf = last.answeredAt ?? null;
    if (last.error === undefined) return [{ ...check, status: 'Readable', asOf }];
    return [{ ...check, status: 'Refused', reason: quoted(last.error, last.message ?? ''), asOf }];
  }
  const message = `The policy ${metadata.name} asks hooks by Jobs, which needs the tier hooks, and no question has shown yet whether it was granted.`;
  return [notChecked(check, message)];
}

/**
 * Whether rates can be read where the policy compares them, judged by the last smoke check: all of CloudWatch's together, each query by itself. The
 * API's function may neither ask a Prometheus API nor read a secret, so it does not try. `upgrades` come newest first.
 */
function checkRates({ metadata, spec }: UpgradePolicy, upgrades: readonly Upgrade[]): AccessCheck[] {
  const { apiServer, metrics, queries = [] } = spec.smoke.rates ?? {};
  const names = new Set(queries.map(({ name }) => name));
  const asMet = (check: Pick<AccessCheck, 'part' | 'what'>, isOf: (name?: string) => boolean, unmet: string) => {
    for (const upgrade of upgrades) {
      const { comparedAt: asOf = null, verdicts = [] } = comparisonOf(upgrade) ?? {};
      const rates = verdicts.filter((one) => one.kind === 'rate').filter(({ of }) => isOf(of?.name));
      const unread = rates.filter(({ figures, why }) => figures.minutesBefore === 0 && why !== undefined);
      const [first] = [...unread.filter(({ lacks }) => lacks !== undefined), ...unread];
      const code = first?.lacks === undefined ? 'ProbeInconclusive' : 'Denied';
      const why = first && reason(code, `${first.of === undefined ? '' : `${first.of.name}: `}${first.why}`);
      if (why !== undefined) return { ...check, status: 'Refused', reason: why, asOf } as const;
      if (rates.length > 0) return { ...check, status: 'Readable', asOf } as const;
    }
    const message = `The policy ${metadata.name} ${unmet}`;
    return notChecked(check, message);
  };
  const ofCloudWatch =
    'compares rates (spec.smoke.rates), for which the spoke role needs cloudwatch:GetMetricData, and no smoke check has shown yet whether it has it.';
  const ofQueries =
    'asks a Prometheus API (spec.smoke.rates.queries). Only smoke checks do, with its secret or the spoke role, and none has yet; what fails then liftlock explain cluster tells.';
  const isCounted = (apiServer ?? metrics) !== undefined;
  return [
    ...(isCounted
      ? [asMet({ part: 'Rates', what: 'metrics of CloudWatch' }, (name = '') => !names.has(name), ofCloudWatch)]
      : []),
    ...queries.map(({ name }) => asMet({ part: 'Queries', what: name }, (other) => other === name, ofQueries)),
  ];
}

/** Whether the alarms may be silenced that the policy names, judged by the last silence. */
function checkSilences({ metadata, spec }: UpgradePolicy, silences: readonly SilenceEntry[]): AccessCheck[] {
  if ((spec.silences ?? []).length === 0) return [];
  const check = { part: 'Silences', what: 'alarms' } as const;
  const shows = ({ lacks, closed }: SilenceEntry): boolean => lacks !== undefined || closed?.how === 'undone';
  const last = silences
    .filter(shows)
    .toSorted((a, b) => (a.recordedAt < b.recordedAt ? -1 : 1))
    .at(-1);
  if (last === undefined) {
    const message = `The policy ${metadata.name} silences alarms (spec.silences), for which the spoke role needs cloudwatch:PutAlarmMuteRule and each alarm the tag ${SILENCE_TAG.key}=${SILENCE_TAG.value}, and no step has shown yet whether it may.`;
    return [notChecked(check, message)];
  }
  const { lacks, notes = [], recordedAt: asOf } = last;
  if (lacks === undefined) return [{ ...check, status: 'Readable', asOf }];
  const why = [...notes.map(({ message }) => message), `The spoke role may not ${lacks}.`].join(' ');
  return [{ ...check, status: 'Refused', reason: reason('Denied', why), asOf }];
}

const EKS_READS = ['cluster', 'node groups', 'add-ons', 'Fargate profiles', 'insights', 'updates'] as const;

/** What discovery and the daily deep look met last; only scans read updates. */
export function checkEksFromInventory(record: ClusterRecord, seen: ScanSeen | undefined): AccessCheck[] {
  const asOf = record.lastSeenAt;
  const denied = record.conditions.find(({ type, status }) => type === 'Reachable' && status !== 'True');
  return EKS_READS.map((what): AccessCheck => {
    if (denied !== undefined) {
      const why = quoted(denied.reason, denied.message);
      return { part: 'EKS API', what, status: 'Refused', reason: why, asOf: denied.lastTransitionTime };
    }
    const unreadable = record.unreadable.find(({ part }) => part === what);
    if (unreadable !== undefined) {
      const why = quoted(unreadable.error ?? unreadable.code, unreadable.message);
      return { part: 'EKS API', what, status: 'Refused', reason: why, asOf };
    }
    if (what !== 'updates') return { part: 'EKS API', what, status: 'Readable', asOf };
    if (seen !== undefined) return { part: 'EKS API', what, status: 'Readable', asOf: seen.at };
    return notChecked({ part: 'EKS API', what }, 'Discovery does not read updates; a scan does.');
  });
}

/** What the last scan met, whether an upgrade or a person had it made. Such a scan has read the updates of the cluster in any case. */
interface ScanSeen {
  readonly at: string;
  /** `unseen`: the scan did not get to the API server, or was told not to. */
  readonly server: 'read' | 'unseen' | Refusal[];
  /** What the spoke role may not ask AWS for, apart from EKS. */
  readonly aws?: readonly Refusal[];
}

interface Refusal {
  readonly what: string;
  readonly why: Reason;
}

/** What the last scan met; undefined without a scan. `upgrades` come newest first; a step ends after the scan that it keeps has begun. */
export function scanSeen(upgrades: readonly Upgrade[], scan: ScanSummary | undefined): ScanSeen | undefined {
  const step = upgrades.map(({ steps }) => steps['scan-cluster']).find((one) => one?.endedAt !== undefined);
  const kept = scan === undefined ? undefined : seenOf(scan);
  if (step?.endedAt === undefined || step.reasons.some(({ code }) => code === 'Denied')) return kept;
  const refused = step.reasons.filter(({ code }) => isAccessErrorName(code));
  const passed = step.status === 'done' && !step.reasons.some(({ code }) => code === 'NotVerified');
  const said: ScanSeen = {
    at: step.endedAt,
    server: refused.length > 0 ? refused.map((why) => ({ what: 'API server', why })) : passed ? 'read' : 'unseen',
  };
  if (kept === undefined) return said;
  // A step that the API server refused nothing may have ended before it got there.
  return said.server === 'unseen' || kept.at > said.at ? kept : { ...said, aws: kept.aws ?? [] };
}

/** Only gaps that are a matter of access count: an aggregated API that is down, or tables that do not cover a version, are not. */
function seenOf({ scannedAt: at, gaps, unread }: ScanSummary): ScanSeen {
  const [ofAws, others] = [true, false].map((is) =>
    unread.filter(({ source = '' }) => AWS_SOURCES.includes(source) === is),
  );
  const denied = ofAws?.filter(({ status }) => status === 'denied') ?? [];
  const aws = denied.map(({ what, detail }) => ({ what, why: reason('Denied', detail) }));
  const server = (others ?? []).flatMap(({ what, status, detail }) => {
    const [said = ''] = detail.split(':', 1);
    if (isAccessErrorName(said)) return [{ what, why: reason(said, detail.slice(said.length + 2)) }];
    return status === 'denied' ? [{ what, why: reason('ClusterForbidden', `${what}: ${detail}`) }] : [];
  });
  // Where the API server lets Liftlock in nowhere, or cannot be reached, one line says so instead of one for each list.
  const first = server.find(({ why }) => why.code !== 'ClusterForbidden');
  if (first !== undefined) return { at, aws, server: [first] };
  // A summary names twenty gaps: where there are more, one of those that it leaves out may have been a refusal.
  const known = gaps <= unread.length;
  return { at, aws, server: server.length > 0 ? server : known ? 'read' : 'unseen' };
}

const WHATS = ['readyz', 'nodes', 'pods', 'deployments', 'daemonsets', 'statefulsets'] as const;

/** What the last scan met at the API server. Where the scan has gaps, these are listed; without a scan nobody has looked yet. */
export function checkServerFromScans(seen: ScanSeen | undefined): AccessCheck[] {
  const part = 'API server';
  if (seen === undefined || seen.server === 'unseen') {
    const why = reason('NotChecked', 'No scan has read the API server yet.');
    return WHATS.map((what) => ({ part, what, status: 'NotChecked', reason: why, asOf: null }));
  }
  const { at: asOf, server } = seen;
  if (server === 'read') return WHATS.map((what) => ({ part, what, status: 'Readable', asOf }));
  return server.map(({ what, why }) => ({ part, what, status: 'Refused', reason: why, asOf }));
}
