import { parseImage } from '../data/image-reference.ts';
import { textOf } from '../manifest/manifest-object.ts';
import { type Detector, type InspectedObject, parameter } from './hit.ts';
import { readable } from './pod-detectors.ts';
import { containersOf } from './pod-specs.ts';
import { type FoundValue, valuesAt } from './values-at.ts';

/** The configuration of a component (KubeSchedulerConfiguration), by itself or in a ConfigMap. */
export const componentConfig: Detector = ({ group, version, kind }, rules) =>
  rules
    .filter((rule) => parameter(rule, 'group').includes(group) && parameter(rule, 'version').includes(version))
    .filter((rule) => parameter(rule, 'kinds').includes(kind))
    .map((rule) => ({ rule: rule.id, path: ['apiVersion'], evidence: `It is a ${kind} of ${group}/${version}.` }));

/** Components of Kubernetes itself: other programs have gates of their own, under the same flag. */
const COMPONENT = /(?:^|\/)(?:kube-(?:proxy|scheduler|controller-manager|apiserver)|kubelet|eks\/kube-proxy)$/;
const CONFIG_KINDS = ['KubeletConfiguration', 'KubeProxyConfiguration', 'KubeSchedulerConfiguration'];

/** A feature gate in a component's configuration or in its flags. */
export const featureGate: Detector = (object, rules) => {
  if (rules.length === 0) return [];
  const found = [...gatesOfConfig(object), ...gatesOfFlags(object)];
  return found.flatMap(({ path, value: gate }) =>
    rules
      .filter((rule) => parameter(rule, 'gates').includes(String(gate)))
      .map((rule) => ({ rule: rule.id, path, evidence: `${readable(path)} sets the feature gate ${String(gate)}.` })),
  );
};

function gatesOfConfig({ kind, value }: InspectedObject): FoundValue[] {
  const places = [
    ...(CONFIG_KINDS.includes(kind) ? ['featureGates.*'] : []),
    ...(kind === 'NodeConfig' ? ['spec.kubelet.config.featureGates.*'] : []),
  ];
  return places.flatMap((place) => valuesAt(value, place)).map(({ path }) => ({ path, value: path.at(-1) }));
}

function gatesOfFlags({ pods }: InspectedObject): FoundValue[] {
  return pods.flatMap((pod) =>
    containersOf(pod)
      .filter(({ container }) => COMPONENT.test(parseImage(textOf(container.image) ?? '').repository))
      .flatMap(({ path, container }) =>
        ['command[]', 'args[]'].flatMap((place) =>
          valuesAt(container, place).flatMap(({ path: inner, value }) =>
            gatesIn(String(value)).map((gate) => ({ path: [...pod.path, ...path, ...inner], value: gate })),
          ),
        ),
      ),
  );
}

/** `--feature-gates=A=true,B=false` → A, B. */
function gatesIn(text: string): string[] {
  const [, list] = /^--feature-gates[= ](\S{1,4000})/.exec(text.trim()) ?? [];
  return list === undefined ? [] : list.split(',').flatMap((pair) => pair.split('=')[0]?.trim() ?? []);
}

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
        .filter((flag) => hasFlag(String(text), flag))
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
