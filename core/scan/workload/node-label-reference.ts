import { textOf } from '../manifest/manifest-object.ts';
import type { Path } from '../manifest/positions.ts';
import { type Detector, type Hit, parameter } from './hit.ts';
import { readable } from './pod-detectors.ts';
import { type FoundValue, valuesAt } from './values-at.ts';

const TERMS = 'nodeSelectorTerms[].matchExpressions[].key';

/** Where a pod's spec names labels of nodes by value. */
const KEYS = [
  `affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.${TERMS}`,
  'affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].preference.matchExpressions[].key',
  ...['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
    `affinity.${kind}.requiredDuringSchedulingIgnoredDuringExecution[].topologyKey`,
    `affinity.${kind}.preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm.topologyKey`,
  ]),
  'topologySpreadConstraints[].topologyKey',
];

/** Labels of nodes in node selectors, affinities and spread constraints of pods, and in the affinity of volumes. */
export const nodeLabelReference: Detector = ({ value, pods }, rules) => [
  ...pods.flatMap(({ spec, path }) => [
    ...hits(valuesAt(spec, 'nodeSelector.*'), path, rules, ({ path: place }) => place.at(-1)),
    ...KEYS.flatMap((place) => hits(valuesAt(spec, place), path, rules, ({ value: key }) => key)),
  ]),
  ...hits(valuesAt(value, `spec.nodeAffinity.required.${TERMS}`), [], rules, ({ value: key }) => key),
];

function hits(
  found: readonly FoundValue[],
  base: Path,
  rules: Parameters<Detector>[1],
  labelOf: (found: FoundValue) => unknown,
): Hit[] {
  return found.flatMap((one) =>
    rules
      .filter((rule) => parameter(rule, 'keys').includes(textOf(labelOf(one)) ?? ''))
      .map((rule) => {
        const path = [...base, ...one.path];
        return { rule: rule.id, path, evidence: `${readable(path)} names the node label ${textOf(labelOf(one))}.` };
      }),
  );
}
