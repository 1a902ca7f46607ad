import type { EksReader, Insight, Scope } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { ApiRow } from '../data/api-row.ts';
import { apiRowsOfGroup, isReached } from '../data/api-table.ts';
import type { ApiUse, Observation, Problem } from '../judge/observation.ts';
import { apiVersionText } from '../observe/api-version.ts';
import type { Change } from '../reference/cluster-facts.ts';
import type { Coverage } from '../report/report-schema.ts';

type Detail = NonNullable<NonNullable<Insight['categorySpecificSummary']>['deprecationDetails']>[number];
type Client = NonNullable<Detail['clientStats']>[number];

/** EKS refreshes insights every 24 hours (facts: eks.md §4.3); an older one says nothing about today. */
const STALE_HOURS = 24;

/** What the upgrade that the scan is made for brings up to date by itself: an insight about that stops it under no `failOn`. */
interface Brings {
  /** The add-ons that EKS manages, by name. */
  readonly addons: readonly string[];
  /** Whether it replaces every node that is known. */
  readonly allNodes: boolean;
}

/**
 * The calls that EKS saw in the last 30 days. It names a client for that long after its repair, so a client that has changed since its last call is a
 * trace, with both times as evidence. An insight that names no API of the tables is passed on as it is. One that EKS could not evaluate, or that was
 * not refreshed, does not pass.
 */
export function observeInsights(
  insights: readonly Insight[],
  changes: readonly Change[],
  now: Date,
  brings?: Brings,
): Observation[] {
  return insights.flatMap((insight): Observation[] => {
    const { category, insightStatus, kubernetesVersion } = insight;
    if (category !== 'UPGRADE_READINESS') return [];
    if (insightStatus.status === 'PASSING') return isStale(insight, now) ? [problemOf(insight, 'InsightStale')] : [];
    const known = detailsOf(insight);
    const uses = known.flatMap(({ detail, row }) => (row === undefined ? [] : usesOf(insight, detail, row, changes)));
    const isEvaluated = insightStatus.status === 'ERROR' || insightStatus.status === 'WARNING';
    // EKS knows more where the tables have no removal by then.
    const says = known.length > 0 && known.every(({ row }) => row !== undefined && isGoneBy(row, kubernetesVersion));
    return isEvaluated && says
      ? uses
      : [...uses, problemOf(insight, codeOf(insight, changes, brings?.addons ?? []), changes, brings)];
  });
}

function isStale({ lastRefreshTime }: Insight, now: Date): boolean {
  return lastRefreshTime === undefined || now.getTime() - lastRefreshTime.getTime() > STALE_HOURS * 3_600_000;
}

function isGoneBy({ removed }: ApiRow, minor: string | undefined): boolean {
  const target = minor === undefined ? undefined : KubeVersion.tryParse(minor);
  return removed !== null && (target === undefined || isReached(removed, target));
}

/** @param detail why not more was read */
export const insightsCoverage = (status: Coverage['status'], count: number, detail = ''): Coverage => ({
  what: 'upgrade insights of Amazon EKS',
  source: 'insight',
  status,
  detail,
  count,
});

/** Evidence that every client of an insight has changed since its last call, in sentences; undefined where one has not. */
function staleEvidence(insight: Insight, changes: readonly Change[]): string[] | undefined {
  const clients = detailsOf(insight).flatMap(({ detail, row }) =>
    (detail.clientStats ?? [{}]).map((client) => ({ client, proof: changeSince(client, row?.kind, changes) })),
  );
  const proofs = clients.flatMap(({ client, proof }) => (proof === undefined ? [] : [proofText(client, proof)]));
  return proofs.length > 0 && proofs.length === clients.length ? proofs : undefined;
}

const detailsOf = (insight: Insight) =>
  (insight.categorySpecificSummary?.deprecationDetails ?? []).map((detail) => {
    return { detail, row: apiOfUsage(detail.usage) };
  });

function usesOf(insight: Insight, { clientStats = [] }: Detail, row: ApiRow, changes: readonly Change[]): ApiUse[] {
  const subject = { apiVersion: apiVersionText(row), kind: row.kind };
  // A client calls it, but EKS does not name the client.
  if (clientStats.length === 0) {
    const cause = `requests:${subject.apiVersion}/${row.resource}`;
    const evidence = [`Insight "${insight.name}" names no client.`];
    return [{ type: 'api', source: 'insight', subject, cause, evidence, confidence: 'medium', served: true, fix: FIX }];
  }
  return clientStats.map((client): ApiUse => {
    const product = productOf(client.userAgent ?? '') || 'unknown client';
    const proof = changeSince(client, row.kind, changes);
    return {
      type: 'api',
      source: 'insight',
      subject,
      owner: `client ${product}`,
      cause: `client:${product}`,
      evidence: [callText(client), ...(proof === undefined ? [] : [proofText(client, proof)])],
      confidence: 'medium',
      stale: proof !== undefined,
      served: true,
      consequence: `${product} still calls it`,
      fix: FIX,
    };
  });
}

const FIX = 'Update the client that calls it. EKS goes on naming it for up to 30 days after its last call.';

/** A change of the same client after its last call. The product of a user agent is compared with names, ignoring case. */
function changeSince(
  { userAgent, lastRequestTime }: Client,
  called: string | undefined,
  changes: readonly Change[],
): Change | undefined {
  const product = productOf(userAgent ?? '').toLowerCase();
  if (product === '' || lastRequestTime === undefined) return undefined;
  return changes.find(
    ({ name, time, kind }) =>
      name.toLowerCase() === product &&
      Date.parse(time) > lastRequestTime.getTime() &&
      (kind === undefined || kind === called),
  );
}

function callText({ userAgent, numberOfRequestsLast30Days: requests, lastRequestTime }: Client): string {
  const often = requests === undefined ? '' : ` ${requests} times in 30 days`;
  const last = lastRequestTime === undefined ? '' : `, last at ${lastRequestTime.toISOString()}`;
  return `${userAgent ?? 'An unknown client'} called it${often}${last}.`;
}

const proofText = ({ userAgent, lastRequestTime }: Client, { what, time }: Change): string =>
  `${productOf(userAgent ?? '')} called it last at ${lastRequestTime?.toISOString() ?? 'an unknown time'}, and ${what} at ${time}, after that.`;

const SEVERITY = {
  InsightError: 'error',
  InsightUnknown: 'error',
  InsightStale: 'error',
  InsightWarning: 'warning',
  AddonInsight: 'warning',
  InsightOutdated: 'info',
} as const satisfies Record<string, Problem['severity']>;
type InsightCode = keyof typeof SEVERITY;

function codeOf(insight: Insight, changes: readonly Change[], addons: readonly string[]): InsightCode {
  const { status } = insight.insightStatus;
  // The add-on step repairs it, so it is no error before that step.
  const isOfProxy = addons.includes('kube-proxy') && /kube-proxy/i.test(insight.name);
  if (isAddonInsight(insight) || isOfProxy) return 'AddonInsight';
  if (status === 'WARNING') return 'InsightWarning';
  if (status !== 'ERROR') return 'InsightUnknown';
  return staleEvidence(insight, changes) === undefined ? 'InsightError' : 'InsightOutdated';
}

function saidOf({ name, insightStatus, lastRefreshTime }: Insight, code: InsightCode): string {
  const { status, reason: why } = insightStatus;
  if (code === 'InsightStale') {
    const since = lastRefreshTime?.toISOString() ?? 'never';
    return `The insight "${name}" passed, and was last refreshed ${since}: that says nothing about today.`;
  }
  const unknown = code === 'InsightUnknown' ? ' EKS could not evaluate it, and that is not a pass.' : '';
  return `Amazon EKS says ${status}: ${name}${why === undefined ? '' : `: ${why.replace(/\.+$/, '')}`}.${unknown}`;
}

/** An insight as EKS reports it, with the callers and the times of their last calls. */
function problemOf(
  insight: Insight,
  code: InsightCode,
  changes: readonly Change[] = [],
  brings: Brings | undefined = undefined,
): Problem {
  const { name, kubernetesVersion } = insight;
  const bringsNodes = brings?.allNodes === true && code === 'InsightWarning' && /kubelet/i.test(name);
  const isBrought = bringsNodes || (brings !== undefined && code === 'AddonInsight');
  return {
    type: 'problem',
    source: 'insight',
    subject: { kind: 'Insight', name },
    cause: `insight:${name}`,
    evidence: staleEvidence(insight, changes) ?? detailsOf(insight).map(({ detail }) => usageText(detail)),
    confidence: 'high',
    reason: 'insight',
    rule: code,
    severity: isBrought ? 'info' : SEVERITY[code],
    ...(kubernetesVersion === undefined ? {} : { fromMinor: kubernetesVersion }),
    message: saidOf(insight, code),
    fix:
      code === 'AddonInsight'
        ? 'The upgrade brings add-ons up to date by itself.'
        : bringsNodes
          ? 'The upgrade replaces the nodes by itself.'
          : (insight.recommendation ?? 'See the insight in the console of Amazon EKS.'),
  };
}

/** The callers of an API, with their last calls: a finding stays for up to 30 days after the fix (facts: eks.md §4.3). */
function usageText({ clientStats = [], replacedWith, usage, stopServingVersion }: Detail): string {
  const clients = clientStats.map(
    ({ userAgent, lastRequestTime }) =>
      `${userAgent ?? 'unknown client'}, last ${lastRequestTime?.toISOString() ?? 'unknown'}`,
  );
  const instead = replacedWith === undefined ? '' : `, use ${replacedWith}`;
  return `${usage ?? 'An API'} (gone in ${stopServingVersion ?? 'a later version'}${instead}) is called by ${clients.join('; ') || 'unknown clients'}.`;
}

/** `/apis/policy/v1beta1/podsecuritypolicies` → its row in the tables; undefined for an unknown one. */
function apiOfUsage(usage: string | undefined): ApiRow | undefined {
  const match = /^\/(?:apis\/([^/]+)|api)\/(v[^/]+)\/(.+)$/.exec(usage ?? '');
  if (match === null) return undefined;
  const [, group = '', version = '', rest = ''] = match;
  // `namespaces/*/cronjobs`, `cronjobs/status`: one part is the resource.
  const parts = rest.split('/');
  return apiRowsOfGroup(group).find((row) => row.version === version && parts.includes(row.resource));
}

/** `tuner/v1.2 (linux/amd64) kubernetes/abc` → `tuner`. */
const productOf = (userAgent: string): string => userAgent.trim().split(/[/\s]/)[0] ?? '';

/** Every upgrade-readiness insight of a cluster, with details for those that do not pass. A denied read throws. */
export async function readInsights(
  eks: Pick<EksReader, 'listInsights' | 'describeInsight'>,
  scope: Scope,
  clusterName: string,
  category: 'UPGRADE_READINESS' | 'ROLLBACK_READINESS' = 'UPGRADE_READINESS',
): Promise<Insight[]> {
  const summaries = await eks.listInsights(scope, { clusterName, categories: [category] });
  return Promise.all(
    summaries.map((summary) =>
      summary.insightStatus.status === 'PASSING'
        ? summary
        : eks.describeInsight(scope, { clusterName, id: summary.id }),
    ),
  );
}

/** The add-on step repairs the add-on insight, so the scan before it must not stop on it (semantics.md, The scan and the smoke check). */
const isAddonInsight = (insight: Insight): boolean =>
  insight.categorySpecificSummary?.addonCompatibilityDetails !== undefined
    ? insight.categorySpecificSummary.addonCompatibilityDetails.length > 0
    : /add-?on/i.test(insight.name);
