import type { KubeVersion } from '../../version/kube-version.ts';
import { checkSkew } from '../../version/skew.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { findingOf } from './finding.ts';
import type { SkewObservation } from './observation.ts';

/** kubelet or kube-proxy against an API server at the target, before anything else is updated. */
export function judgeSkew(skew: SkewObservation, target: KubeVersion): JudgedFinding | undefined {
  const { component, version, subject } = skew;
  const [problem] = checkSkew(target, [{ kind: component, name: subject.name ?? 'a node', version }]).reasons;
  if (problem === undefined) return undefined;
  return findingOf(skew, {
    severity: 'error',
    reason: 'version-skew',
    message: problem,
    fix: `Update ${component === 'kubelet' ? 'these nodes' : 'kube-proxy'} to a version that fits both before the control plane goes to ${target}.`,
  });
}
