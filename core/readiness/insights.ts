import { type Reason, reason } from '../contracts/step-result.ts';
import { isAddonInsight } from '../model/addon-insight.ts';
import type { Insight } from '../ports/eks.ts';
import type { Change } from '../scan/reference/cluster-facts.ts';
import { staleEvidence } from '../scan/telemetry/insights.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** What EKS's upgrade insights mean for one hop. `blockers` stop it; `warnings` are told. */
export interface InsightVerdict {
  readonly blockers: readonly Reason[];
  readonly warnings: readonly Reason[];
}

/** EKS looks again every 24 hours (facts: eks.md §4.3); what is older says nothing about today. */
const STALE_HOURS = 24;

/**
 * Judges the upgrade-readiness insights for a hop to `target`. UNKNOWN is not a pass, and neither is one that nobody has refreshed. An error
 * about clients that have all `changes` since they last called is told and does not stop: EKS would go on with it for 30 days.
 */
export function judgeInsights(
  insights: readonly Insight[],
  target: KubeVersion,
  now: Date,
  changes: readonly Change[] = [],
): InsightVerdict {
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  for (const insight of insights) {
    if (insight.category !== 'UPGRADE_READINESS' || !concerns(insight, target)) continue;
    const { status, reason: why } = insight.insightStatus;
    const said = `Insight "${insight.name}": ${(why ?? status).replace(/\.+$/, '')}.${evidence(insight)}`;
    if (isAddonInsight(insight)) {
      if (status !== 'PASSING') warnings.push(reason('AddonInsight', `${said} The add-on step looks after it.`));
    } else if (status === 'ERROR') {
      const stale = staleEvidence(insight, changes);
      if (stale === undefined) blockers.push(reason('InsightError', said));
      else warnings.push(reason('InsightOutdated', `Insight "${insight.name}": ${stale.join(' ')}`));
    } else if (status === 'WARNING') warnings.push(reason('InsightWarning', said));
    else if (status !== 'PASSING')
      blockers.push(reason('InsightUnknown', `${said} EKS could not evaluate it, and that is not a pass.`));
    else if (isStale(insight, now)) {
      blockers.push(
        reason(
          'InsightStale',
          `Insight "${insight.name}" passed, but was last refreshed ${insight.lastRefreshTime?.toISOString() ?? 'never'}.`,
        ),
      );
    }
  }
  return { blockers, warnings };
}

/** An insight without a version (health, skew) concerns every hop; one for a later minor does not stop this one. */
function concerns(insight: Insight, target: KubeVersion): boolean {
  const version = insight.kubernetesVersion === undefined ? undefined : KubeVersion.tryParse(insight.kubernetesVersion);
  return version === undefined || version.compare(target) <= 0;
}

function isStale(insight: Insight, now: Date): boolean {
  const refreshed = insight.lastRefreshTime?.getTime();
  return refreshed === undefined || now.getTime() - refreshed > STALE_HOURS * 3_600_000;
}

/** Who still calls a removed API, and when last: a finding stays for up to 30 days after the fix (facts: eks.md §4.3). */
function evidence(insight: Insight): string {
  const details = insight.categorySpecificSummary?.deprecationDetails ?? [];
  const parts = details.map((detail) => {
    const clients = (detail.clientStats ?? []).map(
      (client) => `${client.userAgent ?? 'unknown client'}, last ${client.lastRequestTime?.toISOString() ?? 'unknown'}`,
    );
    const instead = detail.replacedWith === undefined ? '' : `, use ${detail.replacedWith}`;
    return `${detail.usage ?? 'an API'} (gone in ${detail.stopServingVersion ?? 'a later version'}${instead}) is called by ${clients.join('; ') || 'unknown clients'}`;
  });
  return parts.length === 0 ? '' : ` ${parts.join('. ')}.`;
}
