import type { BreakRule, DetectorName } from '../../core/scan/data/break-rule.ts';
import type { DataTables } from '../../core/scan/data/data-tables.ts';
import type { DataProblem } from './problem.ts';

/** Reports rules that no detector can look for: its name is unknown, or its parameters are not the ones that it reads. */
export function checkRules({ rules }: DataTables): DataProblem[] {
  return rules.flatMap((rule) =>
    objections(rule).map((message) => ({ table: 'rules' as const, entry: rule.id, message })),
  );
}

function objections({ detector, parameters, deprecatedIn, breaksIn, severity }: BreakRule): string[] {
  const expected: DetectorParameters | undefined = detectorParameters[detector];
  if (expected === undefined) return [`there is no detector ${detector}`];
  const { required, optional, oneOf } = expected;
  const given = Object.keys(parameters);
  return [
    ...required.filter((name) => !given.includes(name)).map((name) => `${detector} needs the parameter ${name}`),
    ...given
      .filter((name) => ![...required, ...optional, ...oneOf].includes(name))
      .map((name) => `${detector} reads no parameter ${name}`),
    // Only the core group of Kubernetes has an empty name.
    ...given
      .filter((name) => parameters[name] === '' && name !== 'group')
      .map((name) => `the parameter ${name} is empty`),
    ...(oneOf.length > 0 && !oneOf.some((name) => given.includes(name))
      ? [`${detector} needs one of the parameters ${oneOf.join(', ')}`]
      : []),
    ...(deprecatedIn === null && breaksIn === null && severity !== 'info'
      ? ['names no minor at all: only a rule of severity info may']
      : []),
  ];
}

/** The parameters that a detector reads. `oneOf`: at least one of them is there. */
interface DetectorParameters {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly oneOf: readonly string[];
}

const none: DetectorParameters = { required: [], optional: [], oneOf: [] };

/** What the comments of `DETECTORS` promise, for the check. */
const detectorParameters: Readonly<Record<DetectorName, DetectorParameters>> = {
  'pod-field': { ...none, required: ['path'] },
  'pod-annotation': { ...none, required: ['key'] },
  'node-label-reference': { ...none, required: ['keys'] },
  'host-path': { ...none, required: ['paths'] },
  'container-image': { ...none, optional: ['below'], oneOf: ['images', 'registries'] },
  'object-field': { ...none, required: ['kind', 'group', 'path'], optional: ['values'] },
  'object-annotation': { ...none, required: ['key'], optional: ['kind'] },
  'ip-address-format': none,
  'node-runtime': { ...none, required: ['runtime'], optional: ['below'] },
  'node-os': { ...none, required: ['prefix'] },
  'kube-proxy-mode': { ...none, required: ['mode'] },
  'binding-subject': { ...none, required: ['subjects'] },
  'no-default-storage-class': none,
  'component-config': { ...none, required: ['group', 'version', 'kinds'] },
  'kubelet-flag': { ...none, required: ['flags'] },
  'feature-gate': { ...none, required: ['gates'] },
};
