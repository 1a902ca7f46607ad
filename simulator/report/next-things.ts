import type { AnyCode, ReasonCode } from '../../core/contracts/reasons.ts';
import type { Reason } from '../../core/contracts/step-result.ts';
import type { RunReport } from './report-types.ts';

/** What a person would do now, from what the run showed. */
export function nextThings(report: Omit<RunReport, 'next'>): string[] {
  const next: string[] = [];
  for (const cluster of report.clusters) {
    const codes = cluster.reasons.map(topic);
    if (cluster.bucket === 'failed')
      next.push(`${cluster.name}: ${advice(codes)}, then: liftlock retry cluster ${cluster.name}`);
    else if (cluster.bucket === 'held' && codes[0] !== 'NotItsTurn')
      next.push(`${cluster.name}: ${advice(codes)}, then: liftlock retry cluster ${cluster.name}`);
  }
  for (const account of new Set(report.unreadableAccounts.map((one) => one.account))) {
    next.push(`account ${account}: deploy the spoke role there (docs/install.md), then: liftlock access check`);
  }
  if (report.totals.upgraded === report.clusters.length)
    next.push('rehearse your own fleet: npm start -- --fleet my-fleet/ (README, Rehearse your own fleet)');
  else next.push('see it as a page: npm start -- --html report.html');
  return next;
}

/** An insight's code says how bad it is; its name says what it is about. */
function topic({ code, message }: Reason): AnyCode {
  return code === 'InsightError' && /skew/i.test(message) ? 'VersionSkew' : code;
}

/** `PodEvictionFailure` is a word of EKS. */
const ADVICE: { readonly [code in ReasonCode | 'PodEvictionFailure']?: string } = {
  PodEvictionFailure: 'give the PodDisruptionBudget room (more replicas, or maxUnavailable: 1)',
  InsightError: 'move the clients named above to the new API (a finding stays up to 30 days after the fix)',
  VersionSkew: 'bring the older nodes up first',
  Al2Nodegroup: 'replace the Amazon Linux 2 node group with AL2023 or Bottlerocket',
  InsightUnknown: 'give EKS back its access entry for insights',
  ClusterUnreachable: 'give Liftlock a route to the API server, or set verification: eks-api in its policy',
  ClusterUnauthorized: 'grant the access entry that liftlock access manifest prints',
  ClusterForbidden: 'apply the RBAC that liftlock access manifest prints',
  ScanFinding: 'have its owner repair what the scan names, or waive it (docs/scan.md)',
  ScanIncomplete: 'let Liftlock read it (liftlock access manifest), or leave the source out in the policy (scan.skip)',
  AddonIncompatible: 'update or replace the add-on by hand',
  WorkloadUnavailable: 'repair the workload',
};

function advice(codes: readonly AnyCode[]): string {
  const texts: Readonly<Record<string, string>> = ADVICE;
  const known = codes.map((code) => texts[code]).filter((text) => text !== undefined);
  return known.length > 0 ? [...new Set(known)].join('; ') : 'look at its reason above';
}
