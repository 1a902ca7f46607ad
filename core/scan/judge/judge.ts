import type { KubeVersion } from '../../version/kube-version.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { judgeApi } from './judge-api.ts';
import { judgeController } from './judge-controller.ts';
import { judgeProblem } from './judge-problem.ts';
import { judgeReference } from './judge-reference.ts';
import { judgeRule } from './judge-rule.ts';
import { judgeSkew } from './judge-skew.ts';
import type { Observation } from './observation.ts';

/** Where a cluster goes, and what it runs now; undefined for manifests, which run nowhere yet. */
export interface Hop {
  readonly target: KubeVersion;
  readonly from?: KubeVersion;
}

/** What an observation means for a cluster that goes to `target`; undefined when it means nothing. Pure: the same everywhere. */
export function judge(observation: Observation, { target, from }: Hop): JudgedFinding | undefined {
  switch (observation.type) {
    case 'api':
      return judgeApi(observation, target);
    case 'reference':
      return judgeReference(observation, target);
    case 'rule':
      return judgeRule(observation, target, from);
    case 'controller':
      return judgeController(observation, target);
    case 'skew':
      return judgeSkew(observation, target);
    case 'problem':
      return judgeProblem(observation, target);
  }
}

export function judgeAll(observations: readonly Observation[], hop: Hop): JudgedFinding[] {
  return observations.flatMap((observation) => judge(observation, hop) ?? []);
}
