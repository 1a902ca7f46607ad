import type { KubeVersion } from '../../version/kube-version.ts';
import { isReached } from '../data/reached.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf } from './finding.ts';
import type { Problem } from './observation.ts';

/** Wrong already; one that only concerns a later minor is left out. */
export function judgeProblem(problem: Problem, target: KubeVersion): JudgedFinding | undefined {
  const { fromMinor, reason, severity, message, fix, rule, removedIn, replacement } = problem;
  if (fromMinor !== undefined && !isReached(fromMinor, target)) return undefined;
  return findingOf(problem, {
    reason,
    severity,
    message,
    fix,
    ...(rule === undefined ? {} : { rule }),
    ...(removedIn === undefined ? {} : { removedIn }),
    ...(replacement === undefined ? {} : { replacement }),
  });
}
