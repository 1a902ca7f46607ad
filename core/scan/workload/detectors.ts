import { type FoundValue, type Path, valuesAt } from '../../model/values-at.ts';
import { compareAddonVersions } from '../../version/addon-version.ts';
import type { DetectorName } from '../data/break-rule.ts';
import { parameterOf } from '../data/break-rules.ts';
import { parseImage } from '../data/image-reference.ts';
import { isMapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import {
  bindingSubject,
  containerImage,
  containersOf,
  type Detector,
  type Hit,
  hitsOf,
  hostPath,
  type InspectedObject,
  objectAnnotation,
  podAnnotation,
  podField,
  readable,
} from './pod-detectors.ts';

/** The configuration of a component (KubeSchedulerConfiguration), by itself or in a ConfigMap. */
const componentConfig: Detector = ({ group, version, kind }, rules) =>
  hitsOf(
    rules
      .filter((rule) => parameterOf(rule, 'group').includes(group) && parameterOf(rule, 'version').includes(version))
      .filter((rule) => parameterOf(rule, 'kinds').includes(kind)),
    ['apiVersion'],
    `It is a ${kind} of ${group}/${version}.`,
  );

/** The fields with flags of a kubelet: nodeadm's NodeConfig, and user data of Karpenter's node classes. */
const FLAG_PLACES = new Map<string, string>(
  Object.entries({
    NodeConfig: 'spec.kubelet.flags[]',
    EC2NodeClass: 'spec.userData',
    AWSNodeTemplate: 'spec.userData',
  }),
);

/** A flag of the kubelet. */
const kubeletFlag: Detector = ({ kind, value }, rules) => {
  const place = FLAG_PLACES.get(kind);
  if (place === undefined) return [];
  return valuesAt(value, place).flatMap(({ path, value: text }) =>
    rules.flatMap((rule) =>
      parameterOf(rule, 'flags')
        .filter((flag) => hasFlag(textOf(text) ?? '', flag))
        .map((flag) => ({ rule: rule.id, path, evidence: `${readable(path)} gives the kubelet ${flag}.` })),
    ),
  );
};

/** Whether the text has the flag as a whole word: `--cgroup-driver` is not in `--cgroup-driver-path`. */
function hasFlag(text: string, flag: string): boolean {
  for (let at = text.indexOf(flag); at !== -1; at = text.indexOf(flag, at + 1)) {
    if (!/[\w-]/.test(text.charAt(at + flag.length)) && !/[\w-]/.test(text.charAt(at - 1))) return true;
  }
  return false;
}

/** A field of objects of one kind. */
const objectField: Detector = ({ group, kind, value }, rules) =>
  rules.flatMap((rule) => {
    if (!parameterOf(rule, 'kind').includes(kind) || !parameterOf(rule, 'group').includes(group)) return [];
    return parameterOf(rule, 'path').flatMap((field) =>
      valuesAt(value, field)
        .filter((found) => isWanted(found.value, parameterOf(rule, 'values')))
        .map(({ path }) => ({ rule: rule.id, path, evidence: `${readable(path)} is set.` })),
    );
  });

/** Whether a rule names the value; a rule without values matches any. */
const isWanted = (value: unknown, values: readonly string[]): boolean =>
  values.length === 0 ||
  values.some((wanted) =>
    wanted.endsWith('*') ? textOf(value)?.startsWith(wanted.slice(0, -1)) === true : textOf(value) === wanted,
  );

/** The runtime of a node like `containerd://1.7.27`, below a version where the rule names one. */
const nodeRuntime: Detector = ({ group, kind, value }, rules) => {
  if (group !== '' || kind !== 'Node') return [];
  const [runtime = '', version = ''] = (textOf(nodeInfo(value).containerRuntimeVersion) ?? '').split('://');
  return rules
    .filter((rule) => parameterOf(rule, 'runtime').includes(runtime))
    .filter((rule) => parameterOf(rule, 'below').every((limit) => compareAddonVersions(version, limit) < 0))
    .map((rule) => ({ rule: rule.id, path: [], evidence: `It runs ${runtime} ${version}.` }));
};

/** The operating system of a node. `Amazon Linux 2` is not the beginning of `Amazon Linux 2023`. */
const nodeOs: Detector = ({ group, kind, value }, rules) => {
  if (group !== '' || kind !== 'Node') return [];
  const image = textOf(nodeInfo(value).osImage) ?? '';
  const meant = rules.filter((rule) =>
    parameterOf(rule, 'prefix').some((prefix) => image.startsWith(prefix) && !/^\w/.test(image.slice(prefix.length))),
  );
  return hitsOf(meant, [], `Its operating system is ${image}.`);
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
  const meant = rules.filter((rule) => mode !== undefined && parameterOf(rule, 'mode').includes(mode));
  return hitsOf(meant, path, `kube-proxy runs in the mode ${mode}.`);
}

const TERMS = 'nodeSelectorTerms[].matchExpressions[].key';

/** The fields of a pod's spec that name labels of nodes by value. */
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
const nodeLabelReference: Detector = ({ value, pods }, rules) => [
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
  return found.flatMap((one) => {
    const label = textOf(labelOf(one)) ?? '';
    const path = [...base, ...one.path];
    const meant = rules.filter((rule) => parameterOf(rule, 'keys').includes(label));
    return hitsOf(meant, path, `${readable(path)} names the node label ${label}.`);
  });
}

interface FeatureGate {
  readonly path: Path;
  readonly name: string;
  /** `true` or `false`; any other text is kept but names no known value. */
  readonly value: string;
}

/** Components of Kubernetes itself, because other programs have their own gates under the same flag. */
const COMPONENT = /(?:^|\/)(?:kube-(?:proxy|scheduler|controller-manager|apiserver)|kubelet|eks\/kube-proxy)$/;
const CONFIG_KINDS = ['KubeletConfiguration', 'KubeProxyConfiguration', 'KubeSchedulerConfiguration'];

/** A feature gate in a component's configuration or in its flags. */
const featureGate: Detector = (object, rules) => {
  const found = [...featureGatesOfConfig(object), ...featureGatesOfFlags(object), ...featureGatesOfNodeConfig(object)];
  return found.flatMap(({ path, name, value }) => {
    const isMeant = (gate: string) => gate === name || gate === `${name}=${value}`;
    const meant = rules.filter((rule) => parameterOf(rule, 'gates').some(isMeant));
    return hitsOf(meant, path, `${readable(path)} sets the feature gate ${name}.`);
  });
};

function featureGatesOfConfig({ kind, value }: InspectedObject): FeatureGate[] {
  const places = [
    ...(CONFIG_KINDS.includes(kind) ? ['featureGates.*'] : []),
    ...(kind === 'NodeConfig' ? ['spec.kubelet.config.featureGates.*'] : []),
  ];
  return places
    .flatMap((place) => valuesAt(value, place))
    .map(({ path, value: set }) => ({ path, name: String(path.at(-1)), value: textOf(set) ?? '' }));
}

/** Flags of the kubelet in nodeadm's NodeConfig. */
function featureGatesOfNodeConfig({ kind, value }: InspectedObject): FeatureGate[] {
  if (kind !== 'NodeConfig') return [];
  return valuesAt(value, 'spec.kubelet.flags[]').flatMap(({ path, value: flag }) =>
    featureGatesIn(textOf(flag) ?? '', path),
  );
}

function featureGatesOfFlags({ pods }: InspectedObject): FeatureGate[] {
  return pods.flatMap((pod) =>
    containersOf(pod)
      .filter(({ container }) => COMPONENT.test(parseImage(textOf(container.image) ?? '').repository))
      .flatMap(({ path, container }) =>
        ['command', 'args'].flatMap((list) => {
          const words = valuesAt(container, `${list}[]`);
          return words.flatMap(({ path: inner, value }, index) => {
            const place = [...pod.path, ...path, ...inner];
            // The flag and its value may be two arguments.
            if (value === FLAG) return featureGatesIn(`${FLAG} ${textOf(words[index + 1]?.value) ?? ''}`, place);
            return featureGatesIn(textOf(value) ?? '', place);
          });
        }),
      ),
  );
}

const FLAG = '--feature-gates';

/** `--feature-gates=A=true,B=false` → A, B; as an argument, or in a command line for a shell. */
function featureGatesIn(text: string, path: Path): FeatureGate[] {
  const [, list] = /(?:^|\s)--feature-gates[= ]["']?([\w=,]{1,4000})/.exec(text) ?? [];
  if (list === undefined) return [];
  return list.split(',').map((pair) => {
    const [name = '', value = ''] = pair.split('=');
    return { path, name, value: value.toLowerCase() };
  });
}

const NETWORKING = 'networking.k8s.io';
const POLICY_BLOCKS = ['ingress[].from[]', 'egress[].to[]'].flatMap((peer) => [
  `spec.${peer}.ipBlock.cidr`,
  `spec.${peer}.ipBlock.except[]`,
]);

/** Fields that hold addresses or CIDRs, by group and kind (Kubernetes 1.36, StrictIPCIDRValidation). */
const ADDRESS_FIELDS: Readonly<Record<string, { addresses: readonly string[]; blocks: readonly string[] }>> = {
  '/Service': {
    addresses: ['spec.clusterIP', 'spec.clusterIPs[]', 'spec.externalIPs[]', 'spec.loadBalancerIP'],
    blocks: ['spec.loadBalancerSourceRanges[]'],
  },
  '/Endpoints': { addresses: ['subsets[].addresses[].ip', 'subsets[].notReadyAddresses[].ip'], blocks: [] },
  'discovery.k8s.io/EndpointSlice': { addresses: ['endpoints[].addresses[]'], blocks: [] },
  [`${NETWORKING}/NetworkPolicy`]: { addresses: [], blocks: POLICY_BLOCKS },
  '/Pod': { addresses: ['spec.hostAliases[].ip', 'spec.dnsConfig.nameservers[]'], blocks: [] },
};

/** An address with leading zeros, or a CIDR with host bits or leading zeros. */
const ipAddressFormat: Detector = ({ group, kind, value }, rules) => {
  const fields = ADDRESS_FIELDS[`${group}/${kind}`];
  if (fields === undefined) return [];
  const wrong = [
    ...fields.addresses
      .flatMap((field) => valuesAt(value, field))
      .filter(({ value: text }) => !isIpAddressCanonical(text)),
    ...fields.blocks.flatMap((field) => valuesAt(value, field)).filter(({ value: text }) => !isCidrCanonical(text)),
  ];
  return wrong.flatMap(({ path, value: text }) =>
    hitsOf(rules, path, `${readable(path)} is ${textOf(text)?.slice(0, 60)}, which is not written canonically.`),
  );
};

/**
 * Whether a text is an address in the form that stricter API servers require: IPv4 without leading zeros and not inside IPv6. Names (`None`, host
 * names) and texts that are no address are not judged, because the API server refuses those in every release.
 */
export function isIpAddressCanonical(text: unknown): boolean {
  if (typeof text !== 'string') return true;
  if (/^\d{1,4}(?:\.\d{1,4}){3}$/.test(text)) return !text.split('.').some(hasLeadingZero);
  const groups = groupsOf(text);
  return groups === undefined || !isMapped(groups);
}

/** The same for `192.0.2.0/24` and `2001:db8::/32`: no leading zeros, and no bits set beyond the prefix. */
export function isCidrCanonical(text: unknown): boolean {
  if (typeof text !== 'string') return true;
  const [address = '', prefix = '', more] = text.split('/');
  if (more !== undefined || !/^\d{1,3}$/.test(prefix)) return true;
  if (!isIpAddressCanonical(address) || hasLeadingZero(prefix)) return false;
  const numbers = bytesOf(address) ?? groupsOf(address);
  if (numbers === undefined) return true;
  const width = numbers.length === 4 ? 8 : 16;
  const bits = numbers.map((part) => part.toString(2).padStart(width, '0')).join('');
  return !bits.slice(Number(prefix)).includes('1');
}

/** IPv4 in IPv6 in any notation: `::ffff:10.0.0.1` is `::ffff:a00:1`. */
const isMapped = (groups: readonly number[]): boolean =>
  groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;

function bytesOf(text: string): number[] | undefined {
  const parts = text.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255) ? parts : undefined;
}

/** The eight groups of an IPv6 address; undefined for any other text. */
function groupsOf(text: string): number[] | undefined {
  const [head = '', tail, more] = text.split('::');
  const [before, after] = [partsOf(head), partsOf(tail ?? '')];
  if (!text.includes(':') || more !== undefined || before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array<number>(missing).fill(0), ...after];
}

/** `2001:db8` → two groups; the last one may be written as IPv4, which counts as two. */
function partsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':').flatMap((part): (number | undefined)[] => {
    if (/^[\da-f]{1,4}$/i.test(part)) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = bytesOf(part) ?? [Number.NaN];
    return [a * 256 + b, c * 256 + d];
  });
  return parts.every((part) => part !== undefined && !Number.isNaN(part)) ? (parts as number[]) : undefined;
}

const hasLeadingZero = (digits: string): boolean => digits.length > 1 && digits.startsWith('0');

/** The detectors for a single object; the others need many objects at once. */
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
};
