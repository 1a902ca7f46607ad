import { both, covers, isSatisfiable } from '../../selector/cover.ts';
import type { LabelSelector } from '../../selector/label-selector.ts';
import type { Wave } from '../types.ts';
import type { PolicyWith, Report } from './check.ts';

/** A wave that no cluster can ever land in is most likely in the wrong place: the first matching wave wins. */
export function checkUnreachableWaves(policy: PolicyWith<'selector' | 'waves'>, report: Report): void {
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

/** Clusters named by a wave are among those that the policy selects, so what covers those covers them. */
function takesAll(earlier: Wave, later: Wave, policySelector: LabelSelector): boolean {
  if (earlier.clusters !== undefined) {
    const names = new Set(earlier.clusters);
    return later.clusters?.every((name) => names.has(name)) ?? false;
  }
  return earlier.selector === undefined || covers(earlier.selector, both(policySelector, later.selector));
}

function reportRepeatedClusters(earlier: readonly Wave[], wave: Wave, index: number, report: Report): void {
  const firstWave = new Map(earlier.toReversed().flatMap(({ name, clusters = [] }) => clusters.map((c) => [c, name])));
  for (const [at, name] of (wave.clusters ?? []).entries()) {
    const first = firstWave.get(name);
    if (first === undefined) continue;
    const message = `"${name}" is in the earlier wave "${first}" already, which wins. Remove one.`;
    report('warning', ['spec', 'waves', index, 'clusters', at], message);
  }
}
