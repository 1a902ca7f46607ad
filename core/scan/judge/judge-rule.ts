import { KubeVersion } from '../../version/kube-version.ts';
import { breakRule } from '../data/break-rules.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf, subjectText } from './finding.ts';
import type { RuleHit } from './observation.ts';

/** A detector found what a break rule is about. From `breaksIn` on it counts as the rule says, between the two as a warning at most. */
export function judgeRule(hit: RuleHit, target: KubeVersion): JudgedFinding | undefined {
  const rule = breakRule(hit.rule);
  if (rule === undefined) throw new Error(`No break rule is called ${hit.rule}.`);
  const reached = (minor: string | null) => minor !== null && !target.isOlderThan(KubeVersion.parse(minor));
  const broken = reached(rule.breaksIn);
  if (!broken && !reached(rule.deprecatedIn)) return undefined;
  const late = rule.breaksIn === null ? '' : ` It stops working in Kubernetes ${rule.breaksIn}.`;
  return findingOf(hit, {
    severity: broken || rule.severity === 'info' ? rule.severity : 'warning',
    reason: broken || rule.reason !== 'removed' ? rule.reason : 'deprecated',
    deprecatedIn: rule.deprecatedIn,
    removedIn: rule.breaksIn,
    rule: rule.id,
    message: `${subjectText(hit)}: ${rule.message}${broken ? '' : late}`,
    fix: rule.fix,
  });
}
