import { covers, isSatisfiable } from '../../selector/cover.ts';
import { type LabelSelector, requirementsOf } from '../../selector/label-selector.ts';
import type { UpgradePolicy, Wave } from '../types.ts';
import type { Report } from './check.ts';

/** A wave that no cluster can ever land in is most likely in the wrong place: the first matching wave wins. */
export function checkUnreachableWaves(policy: UpgradePolicy, report: Report): void {
  const { selector, waves } = policy.spec;
  if (!isSatisfiable(selector)) {
    report('warning', ['spec', 'selector'], 'its conditions contradict each other, so it can never match a cluster.');
    return;
  }
  for (const [index, wave] of waves.entries()) {
    const path = ['spec', 'waves', index];
    if (!isSatisfiable(both(selector, wave.selector))) {
      const message =
        "with the policy's own selector its conditions contradict each other, so it can never match a cluster.";
      report('warning', [...path, 'selector'], message, 'key');
      continue;
    }
    const earlier = waves.slice(0, index).find((candidate) => takesAll(candidate, wave, selector));
    if (earlier === undefined) {
      reportRepeatedClusters(waves.slice(0, index), wave, index, report);
      continue;
    }
    const message = `this wave can never get a cluster: the earlier wave "${earlier.name}" takes all of them, and the first matching wave wins. Put it before "${earlier.name}", or narrow that one.`;
    report('warning', [...path, wave.selector ? 'selector' : wave.clusters ? 'clusters' : 'name'], message, 'key');
  }
}

function takesAll(earlier: Wave, later: Wave, policySelector: LabelSelector): boolean {
  if (earlier.clusters === undefined) {
    return (
      earlier.selector === undefined ||
      (later.clusters === undefined && covers(earlier.selector, both(policySelector, later.selector)))
    );
  }
  return later.clusters?.every((name) => earlier.clusters?.includes(name)) ?? false;
}

function reportRepeatedClusters(earlier: readonly Wave[], wave: Wave, index: number, report: Report): void {
  for (const [at, name] of (wave.clusters ?? []).entries()) {
    const first = earlier.find((candidate) => candidate.clusters?.includes(name));
    if (first === undefined) continue;
    const message = `"${name}" is in the earlier wave "${first.name}" already, which wins. Remove one.`;
    report('warning', ['spec', 'waves', index, 'clusters', at], message);
  }
}

function both(a: LabelSelector, b: LabelSelector | undefined): LabelSelector {
  return { matchLabels: {}, matchExpressions: [...requirementsOf(a), ...(b === undefined ? [] : requirementsOf(b))] };
}
