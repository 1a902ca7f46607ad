import { unlessGone } from '../contracts/eks-errors.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import { blocked, done, failed, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { addonFits } from '../model/addon-target.ts';
import { given } from '../model/given.ts';
import { isRollback } from '../model/hop.ts';
import { issueTexts } from '../model/issue-text.ts';
import type { Addon } from '../ports/eks.ts';
import { intentsOf, loadNewestIntent } from '../protocol/intent-store.ts';
import type { Mutation } from '../protocol/mutate.ts';
import type { Read } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ActPorts, act } from './act.ts';
import { afterHooks } from './ask-hooks.ts';
import { waitForFault } from './compare-with-before.ts';
import { foreignStop, type StepContext } from './context.ts';
import { type AddonPhase, decideAddon, upgradePins } from './decide-addon.ts';
import { findUpdatesInFlight, foreignReason, stopBeside, withSettled } from './foreign-updates.ts';
import { type MovePorts, moveComponents } from './move-components.ts';
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
