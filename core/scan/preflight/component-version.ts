import type { UpgradePolicySpec } from '../../config/types.ts';
import { given } from '../../model/given.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { isInRange } from '../../version/version-range.ts';
import { controllerOf, controllerOfImage, rangeText, releaseOf, supports } from '../data/controllers.ts';
import type { Problem } from '../judge/observation.ts';
import { foundOf, type PreflightCheck } from './preflight-check.ts';

export type Component = NonNullable<UpgradePolicySpec['components']>[number];

/** What a look at a component has shown. `unread`: nobody knows, and the coverage of the scan says why. */
export type SeenComponent =
  | { readonly type: 'absent' }
  | { readonly type: 'unread'; readonly status: 'denied' | 'error'; readonly detail: string }
  | {
      readonly type: 'runs';
      /** Numbers alone: `1.37.2`. */
      readonly version: string;
      /** Of a workload, as it is written there. */
      readonly image?: string;
      readonly owner?: string;
      /** Why not all of it runs at the version yet; absent where its rollout is over. */
      readonly unsettled?: string;
    };

/** What somebody sees of a component means for a minor, in the words that scan, step and hook have for it. */
interface ComponentJudgement {
  readonly fit: 'absent' | 'fits' | 'misfit' | 'unknown';
  readonly text: string;
}

export function judgeComponent(component: Component, seen: SeenComponent, minor: KubeVersion): ComponentJudgement {
  const name = `The component ${component.name} (${placeOf(component)})`;
  if (seen.type === 'absent') return { fit: 'absent', text: `${name} is not in the cluster.` };
  if (seen.type === 'unread')
    return { fit: 'unknown', text: `What runs of ${lower(name)} is not known: ${seen.detail}` };
  const runs = `${name} runs ${seen.version}`;
  const range = component.versions[minor.toString()];
  if (range !== undefined) {
    const fits = isInRange(seen.version, range);
    const text = fits
      ? `${runs}, which fits Kubernetes ${minor} (${range}).`
      : `${runs}; Kubernetes ${minor} wants ${range}.`;
    return { fit: fits ? 'fits' : 'misfit', text };
  }
  const nothing = `${runs}, and the policy names no version of it for Kubernetes ${minor}`;
  // Whoever moves it has to be told where to.
  if (component.hook !== undefined) return { fit: 'unknown', text: `${nothing}.` };
  const row = controllerOf(controllerOfImage(seen.image ?? '')?.component ?? '');
  const line = row === undefined ? undefined : releaseOf(row, seen.version);
  if (line === undefined) return { fit: 'unknown', text: `${nothing}, nor does the table of controllers.` };
  const says = `${runs}, whose makers name ${rangeText(line)}`;
  return supports(line, minor) ? { fit: 'fits', text: `${says}.` } : { fit: 'misfit', text: `${says}, not ${minor}.` };
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** `Deployment kube-system/cluster-autoscaler`, `Helm release ingress/traefik`. */
export const placeOf = ({ workload, helm }: Component): string =>
  workload === undefined
    ? `Helm release ${helm?.namespace}/${helm?.release}`
    : `${workload.kind} ${workload.namespace}/${workload.name}`;

const name = 'ComponentVersion';

export const componentVersion: PreflightCheck = {
  name,
  finds:
    'A component of the policy (`components`) does not run a version for the target. It stops the hop where it has to be right before the control plane moves and no hook moves it, or where nothing says what is right; a warning where it has to be right after; to know where a hook moves it, or it is not there.',
  observe({ cluster, target, hasMoved, components = [] }) {
    if (hasMoved) return [];
    return components.flatMap(({ component, seen }) => {
      const { fit, text } = judgeComponent(component, seen, target);
      // What could not be read is no finding: the coverage tells it, and that stops the hop.
      if (fit === 'fits' || seen.type === 'unread') return [];
      const { workload, helm } = component;
      const { kind, name, namespace } = workload ?? { kind: 'HelmRelease', name: helm?.release, ...helm };
      const found = foundOf('ComponentVersion', 'server', cluster, {
        ...meaning(component, fit, target),
        subject: given({ kind, namespace, name }),
        cause: `component:${component.name}`,
        message: text,
      });
      const owner = seen.type === 'runs' ? seen.owner : undefined;
      return [{ ...found, ...given({ owner }), evidence: evidenceOf(component, seen, cluster.version) }];
    });
  },
};

type Fit = ComponentJudgement['fit'];

/** How much it matters for the hop, and what to do about it. */
function meaning(
  { hook, phase, name, versions }: Component,
  fit: Fit,
  target: KubeVersion,
): Pick<Problem, 'severity' | 'fix'> {
  if (fit === 'absent')
    return { severity: 'info', fix: 'Correct where the policy looks for it, unless it is not meant to be there.' };
  if (fit === 'unknown')
    return { severity: 'error', fix: `Name the version for it in the policy: ${name}, versions, "${target}".` };
  const when = phase === 'before' ? `before the control plane goes to ${target}` : `once the cluster is at ${target}`;
  if (hook !== undefined) return { severity: 'info', fix: `Nothing: its hook is asked to move it ${when}.` };
  const to = versions[target.toString()] ?? 'a release that supports it';
  return { severity: phase === 'before' ? 'error' : 'warning', fix: `Move it to ${to} ${when}, or give it a hook.` };
}

/** Where it runs, and what that is worth at the minor that the cluster has. */
function evidenceOf(component: Component, seen: SeenComponent, version: string): string[] {
  if (seen.type !== 'runs') return [];
  const { image, unsettled } = seen;
  const { text } = judgeComponent(component, seen, KubeVersion.parse(version));
  return [
    `Now: ${text}`,
    ...(image === undefined ? [] : [`Its image is ${image}.`]),
    ...(unsettled === undefined ? [] : [`Its rollout is not over: ${unsettled}.`]),
  ];
}
