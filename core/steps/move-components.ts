import { done, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { pollSeconds } from '../model/poll-seconds.ts';
import { loadFleetInForce } from '../policy/applied.ts';
import {
  answerBy,
  componentKey,
  type DueHook,
  type Hook,
  hookTitle,
  standing,
  words,
} from '../policy/hook-decision.ts';
import type { Ports } from '../ports/ports.ts';
import { type Component, judgeComponent } from '../scan/preflight/component-version.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { findApiServer } from './api-server.ts';
import { againOf, askDue, askHooks, ended, type HookPorts, refusalsOf } from './ask-hooks.ts';
import { deniedRetryAt, type StepContext } from './context.ts';
import { readComponent } from './read-component.ts';

export type MovePorts = HookPorts & Pick<Ports, 'readers'>;

/** Seconds between two looks at a component that a hook says it has moved. */
const BOUNDS = { least: 10, most: 120 };

/**
 * Has the components of a phase that do not fit the target moved, one after the other, by the hooks that the policy names. The scan deals with
 * components without a hook. The answer of a hook only ends the asking: the step goes on when it sees a version that fits.
 */
export async function moveComponents(
  ports: MovePorts,
  context: StepContext,
  phase: Component['phase'],
): Promise<StepResult> {
  // Once the control plane has moved, it is too late for components that had to be right before.
  if (phase === 'before' && !KubeVersion.parse(context.cluster.version).next().equals(context.target)) return done();
  const { spec, unknown } = await context.policy();
  if (unknown.length > 0) return parked(undefined, ...unknown);
  const server = spec?.verification === 'eks-api' ? undefined : findApiServer(context);
  const told: Reason[] = [];
  for (const component of spec?.components ?? []) {
    const { name, hook: ask, timeout, versions } = component;
    if (component.phase !== phase || ask === undefined) continue;
    const seen = await readComponent(ports, context, server, component);
    const { fit, text } = judgeComponent(component, seen, context.target);
    const to = versions[context.target.toString()];
    const rolls =
      seen.type === 'runs' && seen.unsettled !== undefined ? ` Its rollout is not over: ${seen.unsettled}.` : '';
    const key = componentKey(name, phase);
    // This upgrade does not move a component that fits and that no hook was asked about. The smoke check judges whether its pods are well.
    const isAsked = context.upgrade?.hooks?.[key] !== undefined;
    const isDone = fit === 'absent' || (fit === 'fits' && (rolls === '' || !isAsked));
    // The scan stops a hop to a minor without a version for the hook, unless somebody has waived that.
    if (isDone || to === undefined) told.push(reason(isDone ? 'ComponentFits' : 'ComponentVersion', text));
    else {
      const hook: Hook = { name, at: 'before', step: 'update-addons', ask, blocking: true, timeout };
      const from = seen.type === 'runs' ? seen.version : 'what is not known';
      const due: DueHook = { hook, key, component: { name, from, to } };
      return moveOne(ports, context, phase, due, { isRead: seen.type !== 'unread', text: `${text}${rolls}` });
    }
  }
  return done(...told);
}

async function moveOne(
  ports: MovePorts,
  context: StepContext,
  phase: string,
  due: DueHook,
  seen: { readonly isRead: boolean; readonly text: string },
): Promise<StepResult> {
  const moment = { at: 'before', step: 'update-addons', part: phase } as const;
  const { hook, key } = due;
  const state = standing(context.upgrade?.hooks?.[key], hook, context.grant?.number ?? 0);
  if (state?.answer !== 'go') {
    if (!seen.isRead) return parked(deniedRetryAt(ports), reason('ComponentUnknown', seen.text));
    const held = await askHooks(ports, context, moment);
    return held ?? (await askDue(ports, context, moment, [due], await loadFleetInForce(ports.table))) ?? wait(1);
  }
  const refused = await refusalsOf(ports, context, moment);
  if (refused.length > 0) return parked(undefined, ...refused);
  const [now, by] = [ports.clock.now(), answerBy(hook, state)];
  const said = `${hookTitle(due)} said go at ${state.answeredAt}${words(state.message)}. ${seen.text}`;
  if (now >= by) {
    const next = `Look at what the hook did; once it has moved it, or would: ${againOf(context, moment)}`;
    return ended(context, moment, reason('ComponentNotMoved', `${said} It had ${hook.timeout} in all. ${next}`));
  }
  const left = Math.ceil((by.getTime() - now.getTime()) / 1000);
  const pause = Math.min(left, pollSeconds(new Date(state.answeredAt ?? state.askedSince), now, BOUNDS));
  return wait(Math.max(1, pause), reason('ComponentMoves', `${said} It is looked at until ${by.toISOString()}.`));
}
