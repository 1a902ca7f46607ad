import type { BreakRule, DetectorName } from './break-rule.ts';
import componentConfigs from './rules/component-configs.json' with { type: 'json' };
import featureGates from './rules/feature-gates.json' with { type: 'json' };
import images from './rules/images.json' with { type: 'json' };
import imagesOfNodes from './rules/images-of-nodes.json' with { type: 'json' };
import kubeletFlags from './rules/kubelet-flags.json' with { type: 'json' };
import nodes from './rules/nodes.json' with { type: 'json' };
import references from './rules/references.json' with { type: 'json' };
import services from './rules/services.json' with { type: 'json' };
import volumes from './rules/volumes.json' with { type: 'json' };
import workloads from './rules/workloads.json' with { type: 'json' };

/** Every rule of `rules/*.json`, one file for each theme. */
export const breakRules = [
  ...componentConfigs,
  ...featureGates,
  ...imagesOfNodes,
  ...images,
  ...kubeletFlags,
  ...nodes,
  ...references,
  ...services,
  ...volumes,
  ...workloads,
] as readonly unknown[] as readonly BreakRule[];

const byDetector = Map.groupBy(breakRules, ({ detector }) => detector);
const byId = new Map(breakRules.map((rule) => [rule.id, rule]));

/** The rules that a detector looks for, in the order of the files. */
export function rulesOf(detector: DetectorName): readonly BreakRule[] {
  return byDetector.get(detector) ?? [];
}

export function breakRule(id: string): BreakRule | undefined {
  return byId.get(id);
}

/** A parameter of a rule as a list, whether the data gives one value or several. Empty when the rule has no such parameter. */
export function parameterOf(rule: BreakRule, name: string): readonly string[] {
  const value = rule.parameters[name] ?? [];
  return typeof value === 'string' ? [value] : value;
}
