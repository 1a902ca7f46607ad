import { isAddonInsight } from '../../model/addon-insight.ts';
import type { EksReader, Insight, Scope } from '../../ports/eks.ts';
import type { ApiRow } from '../data/api-row.ts';
import { apiRowsOfGroup } from '../data/api-table.ts';
import type { ApiUse, Observation, Problem } from '../judge/observation.ts';
import { apiVersionText } from '../observe/api-version.ts';
import type { Change } from '../reference/cluster-facts.ts';
import type { Coverage } from '../report/report-schema.ts';

type Detail = NonNullable<NonNullable<Insight['categorySpecificSummary']>['deprecationDetails']>[number];
type Client = NonNullable<Detail['clientStats']>[number];

/**
 * What EKS has seen of calls in the last 30 days. It goes on telling of a client for so long after the client was repaired; one that has
 * changed since its last call is a trace, with both times as evidence. Insights that name no API are passed on as they are.
 */
export function observeInsights(insights: readonly Insight[], changes: readonly Change[]): Observation[] {
  return insights.flatMap((insight): Observation[] => {
    if (insight.category !== 'UPGRADE_READINESS' || insight.insightStatus.status === 'PASSING') return [];
    const known = detailsOf(insight);
    const uses = known.flatMap(({ detail, row }) => (row === undefined ? [] : usesOf(insight, detail, row, changes)));
    const covered = known.length > 0 && known.every(({ row }) => row !== undefined);
    return covered ? uses : [...uses, problemOf(insight)];
  });
}

/** How much was read of them, and `detail`: why not more. */
export const insightsCoverage = (status: Coverage['status'], count: number, detail = ''): Coverage => ({
  what: 'upgrade insights of Amazon EKS',
  source: 'insight',
  status,
  detail,
  count,
});

/** Whether every client that an insight names has changed since its last call: then what proves it, in sentences. */
export function staleEvidence(insight: Insight, changes: readonly Change[]): string[] | undefined {
  const proofs: string[] = [];
  for (const { detail, row } of detailsOf(insight)) {
    const clients = detail.clientStats ?? [];
    if (clients.length === 0) return undefined;
    for (const client of clients) {
      const proof = changeSince(client, row?.kind, changes);
      if (proof === undefined) return undefined;
      proofs.push(proofText(client, proof));
    }
  }
  return proofs.length === 0 ? undefined : proofs;
}

const detailsOf = (insight: Insight) =>
  (insight.categorySpecificSummary?.deprecationDetails ?? []).map((detail) => {
    return { detail, row: apiOfUsage(detail.usage) };
  });

function usesOf(insight: Insight, { clientStats = [] }: Detail, row: ApiRow, changes: readonly Change[]): ApiUse[] {
  const subject = { apiVersion: apiVersionText(row), kind: row.kind };
  // Somebody calls it, and EKS does not say who.
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

/** A change of the same client after its last call. A user agent's product is compared with names, whatever their case. */
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

/** What names no API of the tables. What the add-on step repairs is no error before it. */
function problemOf(insight: Insight): Problem {
  const { status, reason: why } = insight.insightStatus;
  const addon = isAddonInsight(insight);
  const { kubernetesVersion } = insight;
  return {
    type: 'problem',
    source: 'insight',
    subject: {},
    cause: `insight:${insight.name}`,
    evidence: why === undefined ? [] : [why],
    confidence: 'high',
    reason: 'insight',
    severity: !addon && (status === 'ERROR' || status === 'UNKNOWN') ? 'error' : 'warning',
    ...(kubernetesVersion === undefined ? {} : { fromMinor: kubernetesVersion }),
    message: `Amazon EKS says ${status}: ${insight.name}.`,
    fix: addon
      ? 'The upgrade brings add-ons up to date by itself.'
      : (insight.recommendation ?? 'See the insight in the console of Amazon EKS.'),
  };
}

/** `/apis/policy/v1beta1/podsecuritypolicies` → its row in the tables; undefined for what they do not know. */
function apiOfUsage(usage: string | undefined): ApiRow | undefined {
  const match = /^\/(?:apis\/([^/]+)|api)\/(v[^/]+)\/(.+)$/.exec(usage ?? '');
  if (match === null) return undefined;
  const [, group = '', version = '', rest = ''] = match;
  // `namespaces/*/cronjobs`, `cronjobs/status`: some part of it is the resource.
  const parts = rest.split('/');
  return apiRowsOfGroup(group).find((row) => row.version === version && parts.includes(row.resource));
}

/** `tuner/v1.2 (linux/amd64) kubernetes/abc` → `tuner`. */
const productOf = (userAgent: string): string => userAgent.trim().split(/[/\s]/)[0] ?? '';

/** Every upgrade-readiness insight of a cluster, those that do not pass with their details. A read that is denied throws. */
export async function readInsights(
  eks: Pick<EksReader, 'listInsights' | 'describeInsight'>,
  scope: Scope,
  clusterName: string,
): Promise<Insight[]> {
  const summaries = await eks.listInsights(scope, { clusterName, categories: ['UPGRADE_READINESS'] });
  return Promise.all(
    summaries.map((summary) =>
      summary.insightStatus.status === 'PASSING'
        ? summary
        : eks.describeInsight(scope, { clusterName, id: summary.id }),
    ),
  );
}
