import { KubeVersion } from './kube-version.ts';

/** One running component, with the version that its node or image reports (`v1.33.5-eks-abc`). */
export interface SkewedComponent {
  readonly kind: 'kubelet' | 'kube-proxy';
  /** The node, or the node group or image that stands for several, for people. */
  readonly name: string;
  readonly version: string;
}

/** `ok` is true only if every component could be read and keeps the rule. Each reason names what to change. */
interface SkewVerdict {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

const v1_25 = KubeVersion.parse('1.25');

/**
 * Kubernetes' version skew policy (https://kubernetes.io/releases/version-skew-policy/): kubelet and kube-proxy are never newer than the API server
 * and at most three minors older, or two for components older than 1.25. If both keep this rule, kube-proxy is within three minors of its node's
 * kubelet, which is the third rule.
 */
export function checkSkew(apiServer: KubeVersion, components: readonly SkewedComponent[]): SkewVerdict {
  const reasons = components.flatMap((component) => violation(apiServer, component));
  return { ok: reasons.length === 0, reasons };
}

/**
 * Whether the control plane may go from `from` to the next minor: only when every component keeps the rule now and afterwards. So the oldest kubelet
 * and kube-proxy must be at `from` − 2 or newer.
 */
export function checkHop(from: KubeVersion, components: readonly SkewedComponent[]): SkewVerdict {
  const reasons = new Set([...checkSkew(from, components).reasons, ...checkSkew(from.next(), components).reasons]);
  return { ok: reasons.size === 0, reasons: [...reasons] };
}

function violation(apiServer: KubeVersion, { kind, name, version: text }: SkewedComponent): string[] {
  const version = KubeVersion.tryParse(text);
  if (version === undefined) {
    return [`${kind} on ${name} reports "${text}", which is not a Kubernetes version, so its skew is unknown.`];
  }
  const behind = version.minorsBehind(apiServer);
  if (behind < 0) {
    const said = `${kind} on ${name} is ${version}, newer than the API server at ${apiServer}, which Kubernetes does not support.`;
    return [`${said} Take it back to ${apiServer}, or the control plane up to ${version}.`];
  }
  const allowed = version.isOlderThan(v1_25) ? 2 : 3;
  if (behind <= allowed) return [];
  return [
    `${kind} on ${name} is ${version}, ${behind} minors older than an API server at ${apiServer}; at most ${allowed} are allowed. Update it first.`,
  ];
}
