import { textOf } from '../manifest/manifest-object.ts';
import { type Detector, parameter } from './hit.ts';
import { readable } from './pod-detectors.ts';
import { valuesAt } from './values-at.ts';

/** The configuration of a component (KubeSchedulerConfiguration), by itself or in a ConfigMap. */
export const componentConfig: Detector = ({ group, version, kind }, rules) =>
  rules
    .filter((rule) => parameter(rule, 'group').includes(group) && parameter(rule, 'version').includes(version))
    .filter((rule) => parameter(rule, 'kinds').includes(kind))
    .map((rule) => ({ rule: rule.id, path: ['apiVersion'], evidence: `It is a ${kind} of ${group}/${version}.` }));

/** Where the flags of a kubelet are written: nodeadm's NodeConfig, and user data of Karpenter's node classes. */
const FLAG_PLACES: Readonly<Record<string, string>> = {
  NodeConfig: 'spec.kubelet.flags[]',
  EC2NodeClass: 'spec.userData',
  AWSNodeTemplate: 'spec.userData',
};

/** A flag of the kubelet. */
export const kubeletFlag: Detector = ({ kind, value }, rules) => {
  const place = FLAG_PLACES[kind];
  if (place === undefined) return [];
  return valuesAt(value, place).flatMap(({ path, value: text }) =>
    rules.flatMap((rule) =>
      parameter(rule, 'flags')
        .filter((flag) => hasFlag(textOf(text) ?? '', flag))
        .map((flag) => ({ rule: rule.id, path, evidence: `${readable(path)} gives the kubelet ${flag}.` })),
    ),
  );
};

/** The flag as a word of its own: `--cgroup-driver` is not in `--cgroup-driver-path`. */
function hasFlag(text: string, flag: string): boolean {
  for (let at = text.indexOf(flag); at !== -1; at = text.indexOf(flag, at + 1)) {
    if (!/[\w-]/.test(text.charAt(at + flag.length)) && !/[\w-]/.test(text.charAt(at - 1))) return true;
  }
  return false;
}
