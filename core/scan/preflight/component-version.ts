import { given } from '../../model/given.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { isInRange } from '../../version/version-range.ts';
import { controllerOf, controllerOfImage, rangeText, releaseOf, supports } from '../data/controllers.ts';
import { type Component, preflightCheck, type SeenComponent } from './preflight-check.ts';

interface ComponentJudgement {
  readonly fit: 'absent' | 'fits' | 'misfit' | 'unknown';
  readonly text: string;
}

/** Judges a component for a minor, with the text that scan and step share. */
export function judgeComponent(component: Component, seen: SeenComponent, minor: KubeVersion): ComponentJudgement {
  const name = `The component ${component.name} (${placeOf(component)})`;
  if (seen.type === 'absent') return { fit: 'absent', text: `${name} is not in the cluster.` };
  if (seen.type === 'unread') return { fit: 'unknown', text: `${name} could not be looked at: ${seen.detail}` };
  const wants = (fits: boolean, what: string): ComponentJudgement => ({
    fit: fits ? 'fits' : 'misfit',
    text: `${name} runs ${seen.version}, which ${fits ? 'fits' : 'does not fit'} Kubernetes ${minor}: ${what}.`,
  });
  const range = component.versions[minor.toString()];
  if (range !== undefined) return wants(isInRange(seen.version, range), `the policy wants ${range}`);
  const row = controllerOf(controllerOfImage(seen.image ?? '')?.component ?? '');
  const line = row === undefined ? undefined : releaseOf(row, seen.version);
  // A hook needs a version to move the component to, which no table tells.
  if (line !== undefined && component.hook === undefined)
    return wants(supports(line, minor), `its makers name ${rangeText(line)}`);
  return {
    fit: 'unknown',
    text: `${name} runs ${seen.version}, and nothing says what is right for Kubernetes ${minor}.`,
  };
}

/** `Deployment kube-system/cluster-autoscaler`, `Helm release ingress/traefik`. */
export const placeOf = ({ workload, helm }: Component): string =>
  workload === undefined
    ? `Helm release ${helm?.namespace}/${helm?.release}`
    : `${workload.kind} ${workload.namespace}/${workload.name}`;

/** How much it matters for the hop, and the fix. `now`: whether it fits the minor that the cluster has. */
function meaning(
  { hook, phase, name, versions }: Component,
  fit: ComponentJudgement['fit'],
  to: string,
  now: { readonly fit: ComponentJudgement['fit']; readonly minor: string },
) {
  const when = phase === 'before' ? `before the control plane goes to ${to}` : `once the cluster is at ${to}`;
  if (fit === 'absent')
    return { severity: 'info', fix: 'Correct where the policy looks for it, if it is there.' } as const;
  if (fit === 'unknown')
    return { severity: 'error', fix: `Name a version in the policy: components, ${name}, versions, "${to}".` } as const;
  if (hook !== undefined) return { severity: 'info', fix: `Nothing: its hook is asked to move it ${when}.` } as const;
  const versionFor = (minor: string) => versions[minor] ?? 'a release that supports it';
  // It was to be moved after the hop before this one, and nobody would ever be stopped for it.
  if (phase === 'after' && now.fit === 'misfit') {
    const why = `since it does not fit Kubernetes ${now.minor} either`;
    return { severity: 'error', fix: `Move it to ${versionFor(now.minor)} first, ${why}, or give it a hook.` } as const;
  }
  const fix = `Move it to ${versionFor(to)} ${when}, or give it a hook.`;
  return { severity: phase === 'before' ? 'error' : 'warning', fix } as const;
}

export const componentVersion = preflightCheck({
  name: 'ComponentVersion',
  source: 'server',
  finds:
    'A component of the policy (`components`) does not run a version for the target. It stops the hop where no hook moves it and it has to be right before the control plane moves or does not fit the minor that the cluster has either, or where nothing says what is right; a warning where it has to be right after; to know where a hook moves it, or it is not there.',
  observe({ cluster, target, hasMoved, components = [] }) {
    if (hasMoved) return [];
    return components.flatMap(({ component, seen }) => {
      const { fit, text } = judgeComponent(component, seen, target);
      // A component that could not be read is no finding: the coverage reports it, and that stops the hop.
      if (fit === 'fits' || seen.type === 'unread') return [];
      const { workload, helm } = component;
      const { kind, name: of, namespace } = workload ?? { kind: 'HelmRelease', name: helm?.release, ...helm };
      const subject = given({ kind, namespace, name: of });
      const told = { subject, cause: `component:${component.name}`, message: text };
      const current = KubeVersion.parse(cluster.version);
      const now = judgeComponent(component, seen, current);
      const found = { ...meaning(component, fit, `${target}`, { fit: now.fit, minor: `${current}` }), ...told };
      if (seen.type === 'absent') return [found];
      const rollout = seen.unsettled === undefined ? [] : [`Its rollout is not over: ${seen.unsettled}.`];
      return [{ ...found, ...given({ owner: seen.owner }), evidence: [now.text, ...rollout] }];
    });
  },
});
