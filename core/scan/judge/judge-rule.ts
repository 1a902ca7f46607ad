import type { KubeVersion } from '../../version/kube-version.ts';
import type { BreakRule } from '../data/break-rule.ts';
import { breakRule } from '../data/break-rules.ts';
import { isReached } from '../data/reached.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf, subjectText } from './finding.ts';
import type { RuleHit } from './observation.ts';

/**
 * A detector found what a break rule is about. From `breaksIn` on it counts as the rule says, between the two as a warning at most. What
 * the cluster has lived with since before its present version is no break of this hop, so it is a warning too.
 */
export function judgeRule(hit: RuleHit, target: KubeVersion, from?: KubeVersion): JudgedFinding | undefined {
  const rule = breakRule(hit.rule);
  if (rule === undefined) throw new Error(`No break rule is called ${hit.rule}.`);
  const always = rule.breaksIn === null && rule.deprecatedIn === null;
  const broken = always || isReached(rule.breaksIn, target);
  if (!broken && !isReached(rule.deprecatedIn, target)) return undefined;
  const before = !always && from !== undefined && isReached(rule.breaksIn, from);
  const late = rule.breaksIn === null ? '' : ` It stops working in Kubernetes ${rule.breaksIn}.`;
  return findingOf(hit, {
    severity: (broken && !before) || rule.severity === 'info' ? rule.severity : 'warning',
    reason: reasonOf(rule, broken, before),
    deprecatedIn: rule.deprecatedIn,
    removedIn: rule.breaksIn,
    rule: rule.id,
    evidence: before ? [`Kubernetes ${from}, which runs now, is past that already.`] : [],
    message: `${subjectText(hit)}: ${rule.message}${broken ? '' : late}`,
    fix: rule.fix,
  });
}

/** `removed` is an error always: earlier it is deprecated, and what the cluster has survived already is not supported any more. */
function reasonOf({ reason }: BreakRule, broken: boolean, before: boolean): BreakRule['reason'] {
  if (reason !== 'removed') return reason;
  if (!broken) return 'deprecated';
  return before ? 'unsupported' : 'removed';
}
