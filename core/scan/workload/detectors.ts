import { compareAddonVersions } from '../../version/addon-version.ts';
import type { DetectorName } from '../data/break-rule.ts';
import { isMapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { featureGate } from './feature-gate.ts';
import { type Detector, parameter } from './hit.ts';
import { ipAddressFormat } from './ip-address-format.ts';
import { nodeLabelReference } from './node-label-reference.ts';
import { containerImage, hostPath, objectAnnotation, podAnnotation, podField, readable } from './pod-detectors.ts';
import { bindingSubject, roleRule } from './role-detectors.ts';
import { valuesAt } from './values-at.ts';

/** The configuration of a component (KubeSchedulerConfiguration), by itself or in a ConfigMap. */
const componentConfig: Detector = ({ group, version, kind }, rules) =>
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
const kubeletFlag: Detector = ({ kind, value }, rules) => {
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

/** A field of objects of one kind. */
const objectField: Detector = ({ group, kind, value }, rules) =>
  rules.flatMap((rule) => {
    if (!parameter(rule, 'kind').includes(kind) || !parameter(rule, 'group').includes(group)) return [];
    return parameter(rule, 'path').flatMap((field) =>
      valuesAt(value, field)
        .filter((found) => isWanted(found.value, parameter(rule, 'values')))
        .map(({ path }) => ({ rule: rule.id, path, evidence: `${readable(path)} is set.` })),
    );
  });

/** Whether a value is one of those that a rule names; any is when it names none. */
const isWanted = (value: unknown, values: readonly string[]): boolean =>
  values.length === 0 ||
  values.some((wanted) =>
    wanted.endsWith('*') ? textOf(value)?.startsWith(wanted.slice(0, -1)) === true : textOf(value) === wanted,
  );

/** `containerd://1.7.27` of a node: its runtime, below a version where the rule names one. */
const nodeRuntime: Detector = ({ group, kind, value }, rules) => {
  if (group !== '' || kind !== 'Node') return [];
  const [runtime = '', version = ''] = (textOf(nodeInfo(value).containerRuntimeVersion) ?? '').split('://');
  return rules
    .filter((rule) => parameter(rule, 'runtime').includes(runtime))
    .filter((rule) => parameter(rule, 'below').every((limit) => compareAddonVersions(version, limit) < 0))
    .map((rule) => ({ rule: rule.id, path: [], evidence: `It runs ${runtime} ${version}.` }));
};

/** The operating system of a node. `Amazon Linux 2` is not the beginning of `Amazon Linux 2023`. */
const nodeOs: Detector = ({ group, kind, value }, rules) => {
  if (group !== '' || kind !== 'Node') return [];
  const image = textOf(nodeInfo(value).osImage) ?? '';
  return rules
    .filter((rule) =>
      parameter(rule, 'prefix').some((prefix) => image.startsWith(prefix) && !/^\w/.test(image.slice(prefix.length))),
    )
    .map((rule) => ({ rule: rule.id, path: [], evidence: `Its operating system is ${image}.` }));
};

const nodeInfo = (value: Readonly<Record<string, unknown>>) => mappingOf(mappingOf(value.status).nodeInfo);

/** `mode:` in the configuration of kube-proxy, which EKS keeps in a ConfigMap. */
const kubeProxyMode: Detector = ({ group, kind, value }, rules) => {
  if (group === 'kubeproxy.config.k8s.io' && kind === 'KubeProxyConfiguration')
    return proxyMode(textOf(value.mode), ['mode'], rules);
  if (group !== '' || kind !== 'ConfigMap') return [];
  const { name } = mappingOf(value.metadata);
  if (name !== 'kube-proxy-config' && name !== 'kube-proxy') return [];
  const data = isMapping(value.data) ? value.data : {};
  return Object.entries(data).flatMap(([key, text]) =>
    proxyMode(/^mode:\s*["']?([a-z]+)/m.exec(textOf(text) ?? '')?.[1], ['data', key], rules),
  );
};

function proxyMode(mode: string | undefined, path: string[], rules: Parameters<Detector>[1]): ReturnType<Detector> {
  return rules
    .filter((rule) => mode !== undefined && parameter(rule, 'mode').includes(mode))
    .map((rule) => ({ rule: rule.id, path, evidence: `kube-proxy runs in the mode ${mode}.` }));
}

/** The detectors that look at one object; the others look at many at once. */
export const objectDetectors: Readonly<Record<Exclude<DetectorName, 'no-default-storage-class'>, Detector>> = {
  'pod-field': podField,
  'pod-annotation': podAnnotation,
  'node-label-reference': nodeLabelReference,
  'host-path': hostPath,
  'container-image': containerImage,
  'object-field': objectField,
  'object-annotation': objectAnnotation,
  'ip-address-format': ipAddressFormat,
  'component-config': componentConfig,
  'feature-gate': featureGate,
  'kubelet-flag': kubeletFlag,
  'node-runtime': nodeRuntime,
  'node-os': nodeOs,
  'kube-proxy-mode': kubeProxyMode,
  'binding-subject': bindingSubject,
  'role-rule': roleRule,
};
