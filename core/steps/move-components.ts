import { done, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { answerBy, componentKey, type DueHook, type Hook, hookTitle, standing } from '../policy/hook-decision.ts';
import { loadPolicyForUpgrade } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';
import { type Component, judgeComponent, type SeenComponent } from '../scan/preflight/component-version.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { findApiServer } from './api-server.ts';
import { askDue, askHooks, ended, type HookPorts, refusalsOf } from './ask-hooks.ts';
import { deniedRetryAt, pollSeconds, type StepContext } from './context.ts';
import { readComponent } from './read-component.ts';

export type MovePorts = HookPorts & Pick<Ports, 'readers'>;

/** Seconds between two looks at what a hook says it has moved. */
const BOUNDS = { least: 10, most: 120 };

/**
 * Has the components of a phase moved that do not fit the target, one after the other, by the hooks that the policy names for them. Those without
 * a hook are the scan's matter. What a hook says only ends the asking: the step goes on when a version that fits is seen to run.
 */
export async function moveComponents(
  ports: MovePorts,
  context: StepContext,
  phase: Component['phase'],
): Promise<StepResult> {
  // Where the control plane has moved it is too late for what had to be right before.
  if (phase === 'before' && !KubeVersion.parse(context.cluster.version).next().equals(context.target)) return done();
  const { spec, unknown } = await loadPolicyForUpgrade(ports.table, context.record, context.upgrade);
  if (unknown.length > 0) return parked(undefined, ...unknown);
  const server = spec?.verification === 'eks-api' ? undefined : findApiServer(context);
  const told: Reason[] = [];
  for (const component of spec?.components ?? []) {
    if (component.phase !== phase || component.hook === undefined) continue;
    const seen = await readComponent(ports, context, server, component);
    const { fit, text } = judgeComponent(component, seen, context.target);
    const to = component.versions[context.target.toString()];
    const isThere = fit === 'fits' && seen.type === 'runs' && seen.unsettled === undefined;
    // The scan stops a hop to where nobody could tell the hook, unless somebody has waived that.
    if (to === undefined) told.push(reason('ComponentVersion', text));
    else if (isThere || fit === 'absent') told.push(reason('ComponentFits', text));
    else return moveOne(ports, context, { component, ask: component.hook, to }, seen, text);
  }
  return done(...told);
}

async function moveOne(
  ports: MovePorts,
  context: StepContext,
  { component, ask, to }: { readonly component: Component; readonly ask: Hook['ask']; readonly to: string },
  seen: SeenComponent,
  text: string,
): Promise<StepResult> {
  const { name, phase, timeout } = component;
  const moment = { at: 'before', step: 'update-addons', part: phase } as const;
  const hook: Hook = { name, at: moment.at, step: moment.step, ask, blocking: true, timeout };
  const key = componentKey(name, phase);
  const state = standing(context.upgrade?.hooks?.[key], hook, context.grant?.number ?? 0);
  const from = seen.type === 'runs' ? seen.version : 'what is not known';
  const due: DueHook = { hook, key, component: { name, from, to } };
  if (state?.answer !== 'go') {
    if (seen.type === 'unread') return parked(deniedRetryAt(ports), reason('ComponentUnknown', text));
    const held = await askHooks(ports, context, moment);
    return held ?? (await askDue(ports, context, moment, [due])) ?? wait(1);
  }
  const refused = await refusalsOf(ports, context, moment);
  if (refused.length > 0) return parked(undefined, ...refused);
  const now = ports.clock.now();
  const by = answerBy(hook, state);
  const rolls =
    seen.type === 'runs' && seen.unsettled !== undefined ? ` Its rollout is not over: ${seen.unsettled}.` : '';
  const said = `${hookTitle(due)} said go at ${state.answeredAt}. ${text}${rolls}`;
  if (now >= by) {
    const next = 'Look at what the hook did; once it has moved it, or would, liftlock retry looks and asks anew.';
    return ended(context, moment, reason('ComponentNotMoved', `${said} It had ${timeout} in all. ${next}`));
  }
  const left = Math.ceil((by.getTime() - now.getTime()) / 1000);
  const pause = Math.min(left, pollSeconds(new Date(state.answeredAt ?? state.askedSince), now, BOUNDS));
  return wait(Math.max(1, pause), reason('ComponentMoves', `${said} It is looked at until ${by.toISOString()}.`));
}
