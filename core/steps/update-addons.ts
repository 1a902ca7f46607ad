import { unlessGone } from '../contracts/errors.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import { blocked, done, failed, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { addonFits } from '../model/addon-target.ts';
import { given } from '../model/given.ts';
import { isRollback } from '../model/hop.ts';
import { issueTexts } from '../model/issue-text.ts';
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
import type { Addon } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { intentsOf, loadNewestIntent } from '../protocol/intent-store.ts';
import type { Mutation } from '../protocol/mutate.ts';
import { judgeComponent } from '../scan/preflight/component-version.ts';
import type { Component } from '../scan/preflight/preflight-check.ts';
import type { Read } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ActPorts, act } from './act.ts';
import { findApiServer } from './api-server.ts';
import { afterHooks, againOf, askDue, askHooks, ended, type HookPorts, refusalsOf } from './ask-hooks.ts';
import { waitForFault } from './compare-with-before.ts';
import { deniedRetryAt, foreignStop, type StepContext } from './context.ts';
import { type AddonPhase, decideAddon, upgradePins } from './decide-addon.ts';
import { findUpdatesInFlight, foreignReason, stopBeside, withSettled } from './foreign-updates.ts';
import { readComponent } from './read-component.ts';
import { readControlPlaneAtRest } from './read-control-plane.ts';
import { runStep } from './run-step.ts';
import { silenceOf, withSilenceLifted } from './silence-alarms.ts';

const STEP = 'update-addons' as const;
/** Pods are replaced one after the other, so no add-on is done within a minute. */
const BOUNDS = { least: 30, most: 120, first: 60 };

/**
 * Updates every add-on that EKS manages, one at a time: before the control plane to a version valid on N and N+1, after it to that of N+1, and before
 * a rollback to a version that fits there. `resolveConflicts` is PRESERVE, and the add-on's role and configuration are sent again as they were read.
 */
export function updateAddons(ports: ActPorts & MovePorts, stepInput: StepInput): Promise<StepResult> {
  const phase = parseMachineInput(stepInput.input).phase ?? 'after';
  const moment = { step: STEP, part: phase };
  const body = async (context: StepContext) => {
    if (isRollback(context.upgrade) !== (phase === 'back')) return blocked(otherPhase(context));
    if (phase === 'back') return everyAddon(ports, context, phase);
    const addons = await everyAddon(ports, context, phase);
    const moved = addons.status === 'done' ? await moveComponents(ports, context, phase) : undefined;
    const result = moved === undefined ? addons : { ...moved, reasons: [...moved.reasons, ...addons.reasons] };
    const told = await withSilenceLifted(ports, context, moment, result);
    return afterHooks(ports, context, moment, told);
  };
  return runStep(ports, stepInput, 'grant', `${STEP}-${phase}`, body, silenceOf(moment));
}

const otherPhase = ({ upgrade, input }: StepContext): Reason =>
  reason(
    'OtherDirection',
    `Add-ons go back in a rollback and only there: the phase ${input.phase ?? 'after'} is none of the upgrade ${upgrade?.id}.`,
  );

async function everyAddon(ports: ActPorts, context: StepContext, phase: AddonPhase): Promise<StepResult> {
  const { scope, name, target } = context;
  const current = KubeVersion.parse(context.cluster.version);
  if (phase === 'after' && !current.equals(target)) {
    return blocked(
      reason('NotTheControlPlanesVersion', `${name} is at ${current}; its add-ons go there, not to ${target}.`),
    );
  }
  // A cluster that is at the target already needs nothing before it.
  if (phase === 'before' && !current.next().equals(target))
    return done(reason('AtTarget', `The control plane of ${name} is at ${current}.`));
  if (phase === 'back' && !target.next().equals(current))
    return done(reason('AtTarget', `The control plane of ${name} is at ${current}: nothing goes back before it.`));
  const kept: Reason[] = [];
  let intents = await intentsOf(ports.table, context.clusterKey, STEP);
  const update = (known: StepContext, addonName: string) => {
    const newest = intents.findLast(({ data }) => data.subject === addonName);
    return oneAddon(ports, known, addonName, phase, newest);
  };
  const running = new Set(
    intents.flatMap(({ data }) =>
      data.outcome?.type === 'accepted' && data.outcome.observed === undefined ? [data.subject] : [],
    ),
  );
  // Running updates are asked about first. Meanwhile nothing else is read, since others use the account's API quota as well.
  for (const addonName of running) {
    const result = await unlessGone(() => update(context, addonName));
    if (result !== undefined && result.status !== 'done') return result;
    kept.push(...(result?.reasons ?? []));
  }
  const ended = await Promise.all(
    [...running].map((addonName) => loadNewestIntent(ports.table, context.clusterKey, STEP, addonName)),
  );
  intents = [...intents.filter(({ data }) => !running.has(data.subject)), ...ended.flatMap((one) => one ?? [])];
  const names = (await ports.eks.listAddons(scope, { clusterName: name })).sort();
  const known = await withSettled(ports, context, names);
  for (const addonName of names) {
    const result = await update(known, addonName);
    if (result.status !== 'done') return result;
    // An add-on that was asked about first is asked a second time, with the same answer.
    kept.push(...result.reasons.filter(({ message }) => !kept.some((one) => one.message === message)));
  }
  return names.length === 0
    ? done(reason('Looked', `EKS has no add-ons for ${name}: none was asked for.`))
    : done(...kept);
}

async function oneAddon(
  ports: ActPorts,
  context: StepContext,
  addonName: string,
  phase: AddonPhase,
  newest: Read<Intent> | undefined,
): Promise<StepResult> {
  const { scope, name } = context;
  const prepare = async (): ReturnType<Mutation['prepare']> => {
    const addon = await ports.eks.describeAddon(scope, { clusterName: name, addonName });
    const decision = await decideAddon(ports, context, addon, phase);
    // An ACTIVE add-on at its version is left alone, so its updates by others do not matter.
    if (decision.type === 'keep' && addon.status === 'ACTIVE') return { stop: done(decision.reason) };
    const updates = await findUpdatesInFlight(ports, context, { name, addonName });
    const what = `the add-on ${addonName}`;
    const beside = stopBeside(ports, context, what, updates);
    if (beside !== undefined) return { stop: beside };
    if (addon.status === 'UPDATING' || addon.status === 'DELETING')
      return { stop: foreignStop(ports, context, foreignReason(what, [])) };
    if (decision.type === 'stuck') return { stop: blocked(decision.reason) };
    // On the way back one that may stay is none of the way's: the newer minor may be what has broken it.
    if (decision.type === 'keep' && phase === 'back' && addon.status !== 'CREATING')
      return { stop: done(decision.reason, notActive(addon)) };
    if (decision.type === 'keep') return { stop: unsettled(ports, context, addon, phase) };
    const rests = await readControlPlaneAtRest(ports, context);
    if ('stop' in rests) return rests;
    const { serviceAccountRoleArn, configurationValues } = addon;
    return {
      call: (clientRequestToken) => ({
        name: 'UpdateAddon',
        input: {
          clusterName: name,
          addonName,
          addonVersion: decision.version,
          resolveConflicts: 'PRESERVE',
          clientRequestToken,
          ...given({ serviceAccountRoleArn, configurationValues }),
        },
      }),
      knownUpdateIds: updates.ids,
    };
  };
  const mutation = { step: STEP, subject: addonName, prepare };
  const result = await act(ports, context, `Update of ${addonName}`, mutation, BOUNDS, async () => done(), { newest });
  // A version that a rollout has fixed is the purpose of the upgrade.
  const isOptional = phase === 'after' && upgradePins(context)?.addons?.[addonName] === undefined;
  return isOptional && result.status === 'failed' ? unlessOptional(ports, context, addonName, result) : result;
}

/** After the control plane, a version that fits is no failure: where EKS refused a newer one, or took it back, the add-on stays. */
async function unlessOptional(
  { eks }: ActPorts,
  { scope, name, target }: StepContext,
  addonName: string,
  result: StepResult,
): Promise<StepResult> {
  const addon = await unlessGone(() => eks.describeAddon(scope, { clusterName: name, addonName }));
  const [info] = (await unlessGone(() => eks.describeAddonVersions(scope, { addonName }))) ?? [];
  if (addon?.status !== 'ACTIVE' || info === undefined || !addonFits(addon, info, target.toString())) return result;
  const why = result.reasons.map(({ message }) => message).join(' ');
  return done(reason('AddonNotMoved', `${addonName} stays at ${addon.addonVersion}, which fits ${target}. ${why}`));
}

/** An add-on that needs no other version must be healthy too. One that was broken before concerns its owner. */
function unsettled(ports: ActPorts, context: StepContext, addon: Addon, phase: AddonPhase): StepResult {
  if (addon.status === 'CREATING')
    return foreignStop(
      ports,
      context,
      reason('NotActive', `The add-on ${addon.addonName} is CREATING.`),
      addon.createdAt,
    );
  const why = notActive(addon);
  // EKS also calls an add-on DEGRADED that lacks replicas, while its pods come back from nodes that were just replaced.
  const mayPass = addon.status === 'DEGRADED' && context.upgrade?.mutated === true;
  const waits = mayPass ? waitForFault(ports, context, `${STEP}-${phase}`, BOUNDS.first, why) : undefined;
  return waits ?? failed(why);
}

const notActive = ({ addonName, status, health }: Addon): Reason =>
  reason('AddonStatus', `The add-on ${addonName} is ${status}. ${issueTexts(health).join('; ')}`.trim());

type MovePorts = HookPorts & Pick<Ports, 'readers'>;

/** Seconds between two looks at a component that a hook says it has moved. */
const PAUSES = { least: 10, most: 120 };

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
  const pause = Math.min(left, pollSeconds(new Date(state.answeredAt ?? state.askedSince), now, PAUSES));
  return wait(Math.max(1, pause), reason('ComponentMoves', `${said} It is looked at until ${by.toISOString()}.`));
}
