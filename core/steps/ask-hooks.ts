import type { FleetSpec } from '../config/types.ts';
import { HOOK_SCHEMA, type HookAnswer, type HookRequest, type HookStep } from '../contracts/hook.ts';
import type { HookState, Intent, Upgrade } from '../contracts/items/protocol.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import {
  blocked,
  cutText,
  failed,
  parked,
  type Reason,
  reason,
  type StepResult,
  wait,
} from '../contracts/step-result.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { given } from '../model/given.ts';
import { hopTo, isFinish, isRollback } from '../model/hop.ts';
import { loadFleetInForce } from '../policy/applied.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { receiverName } from '../policy/hook-answer.ts';
import {
  answerBy,
  askAgainAt,
  type DueHook,
  decideHooks,
  type Hook,
  hookTitle,
  hookWaits,
  isOfComponent,
  standing,
} from '../policy/hook-decision.ts';
import { selects } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';
import { refusalsNow } from '../protocol/commit.ts';
import { hasActed } from '../protocol/hop-before.ts';
import { intentsOf, isOfUpgrade } from '../protocol/intent-store.ts';
import { hasFailedHalfWay, wayToTryAgain } from '../protocol/left-half-done.ts';
import { change } from '../store/change.ts';
import { Upgrades, Waves } from '../store/entities.ts';
import { load, type Read, replace } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type StepContext, type StepPorts, wantedFor } from './context.ts';
import { askJob, endJob } from './hook-job.ts';
import { notSent } from './not-sent.ts';
import type { StepOutcome } from './run-step.ts';

export type HookPorts = StepPorts & Pick<Ports, 'hooks' | 'jobs'>;

/** The moment at which hooks are asked. */
interface HookMoment {
  readonly at: Hook['at'];
  readonly step: Exclude<HookStep, 'upgrade-cluster'>;
  /** The node group, or the phase of add-ons. */
  readonly part?: string | undefined;
}

/**
 * Asks the hooks of a moment, one in each invocation; undefined = no hook is in the way. An invocation that has asked never changes anything: the
 * next one reads everything anew and commits with every check, so that a go replaces none of them (docs/hooks.md).
 */
export async function askHooks(
  ports: HookPorts,
  context: StepContext,
  moment: HookMoment,
): Promise<StepResult | undefined> {
  const { upgrade, grant } = context;
  // A read-only machine that a person started belongs to no upgrade. Before a rollback nobody is asked, since the cluster may be worse than before.
  if (upgrade === undefined || grant === undefined || isRollback(upgrade)) return undefined;
  const { spec, unknown } = await context.policy();
  // It is unknown whether a hook is to be asked, and that is never taken for no hook.
  if (unknown.length > 0) return parked(undefined, ...unknown);
  const hooks = (spec?.hooks ?? []).filter((hook) => isOf(hook, moment, upgrade));
  if (hooks.length === 0 || (moment.at === 'after' && !(await hasChanged(ports, context, moment)))) return undefined;
  const fleet = await loadFleetInForce(ports.table);
  const record = labeled(await context.record(), fleet);
  const due = hooks.filter((hook) => isAbout(hook, record)).map((hook) => ({ hook, key: keyOf(hook, moment) }));
  return askDue(ports, context, moment, due, fleet);
}

/** Asks hooks that the caller has chosen for a moment. */
export async function askDue(
  ports: HookPorts,
  context: StepContext,
  moment: HookMoment,
  due: readonly DueHook[],
  fleet: FleetSpec | undefined,
): Promise<StepResult | undefined> {
  const { upgrade, grant } = context;
  if (upgrade === undefined || grant === undefined) return undefined;
  const again = againOf(context, moment);
  const decide = (states: Upgrade['hooks'] = {}) => decideHooks(due, states, grant.number, ports.clock.now(), again);
  const decision = decide(upgrade.hooks);
  if (decision.type === 'pass') return undefined;
  if (decision.type === 'stop') return ended(context, moment, decision.reason);
  const { hook, key } = decision.due;
  // Everything that ends a grant also ends the waiting, and nobody is asked about a change that is forbidden anyway.
  if (moment.at === 'before' || standing(upgrade.hooks?.[key], hook, grant.number) !== undefined) {
    const refused = await refusalsOf(ports, context, moment);
    if (refused.length > 0) return notSent(ports, context, { type: 'forbidden', reasons: refused });
  }
  const asked = await keepAsked(ports, context, decision.due);
  if (asked === undefined) return parked(undefined, SUPERSEDED);
  const request = await requestOf(ports, context, moment, decision.due, asked);
  const answer =
    'job' in hook.ask
      ? await askJob(ports, context, hook, hook.ask, fleet?.hooks?.jobs, request)
      : await ports.hooks.ask(hook.ask, fleet?.allowedHosts ?? [], request);
  if ('status' in answer) return answer;
  const states = await keepAnswer(ports, context, decision.due, answer);
  if ('job' in hook.ask && (answer.answer === 'go' || answer.answer === 'stop'))
    await endJob(ports, context, hook, request);
  const next = decide(states);
  if (next.type === 'stop') return ended(context, moment, next.reason);
  if (next.type === 'pass' && moment.at === 'after') return undefined;
  if (next.type === 'ask' && next.due.key === key) return later(ports, next.due, states?.[key] ?? asked, answer);
  return wait(1, reason('HookPassed', `${hookTitle(decision.due)} was asked; the step looks anew.`));
}

/** The end of a step that is done, unless a hook that is asked after it is in the way. */
export async function afterHooks(
  ports: HookPorts,
  context: StepContext,
  moment: Omit<HookMoment, 'at'>,
  outcome: StepOutcome,
): Promise<StepOutcome> {
  if (outcome.status !== 'done') return outcome;
  const held = await askHooks(ports, context, { ...moment, at: 'after' });
  return held === undefined ? outcome : { ...outcome, ...held, reasons: [...held.reasons, ...outcome.reasons] };
}

/** When the last hook that is asked before a step has let it begin under this grant: it may have taken hours. Without one it is the execution's start. */
export async function hooksPassedAt(
  { upgrade, grant, policy, startedAt }: StepContext,
  step: HookMoment['step'],
): Promise<Date> {
  const moment = { at: 'before', step } as const;
  const hooks = ((await policy()).spec?.hooks ?? []).filter((one) => one.at === moment.at && one.step === step);
  const passed = hooks.flatMap((hook) => {
    const state = upgrade?.hooks?.[keyOf(hook, moment)];
    if (state === undefined || state.grantNumber !== grant?.number) return [];
    return state.answeredAt === undefined ? answerBy(hook, state) : new Date(state.answeredAt);
  });
  return [startedAt, ...passed].reduce((last, one) => (one > last ? one : last));
}

/** Hooks of the whole upgrade are asked in its first step that changes something, in each attempt, and in its last step. */
function isOf({ at, step }: Hook, moment: HookMoment, upgrade: Upgrade): boolean {
  if (at !== moment.at) return false;
  if (step === moment.step) return true;
  if (step !== 'upgrade-cluster' || upgrade.machine !== step) return false;
  return at === 'before' ? !hasActed(upgrade) && moment.step !== 'smoke-check' : moment.step === 'smoke-check';
}

/**
 * No hook is asked after a step that had nothing to change in this upgrade; the smoke check, which only looks, always has them asked. Changes of
 * earlier attempts count, so that neither a retry nor an upgrade that finishes it passes a hook that has said stop.
 */
async function hasChanged(
  { table }: HookPorts,
  { clusterKey, upgrade }: StepContext,
  { step, part }: HookMoment,
): Promise<boolean> {
  if (step === 'smoke-check') return true;
  const failed = await failedHop(table, upgrade);
  const attempts = [upgrade, failed];
  const isOurs = ({ data }: Read<Intent>) =>
    data.outcome?.type === 'accepted' && attempts.some((one) => one !== undefined && isOfUpgrade(one, data));
  const changes = (await intentsOf(table, clusterKey, step)).filter(isOurs);
  if (step === 'roll-node-group') return changes.some(({ data }) => data.subject === part);
  if (step === 'upgrade-control-plane') return changes.length > 0;
  // A hook may move its component before it says go. Once the component fits, it is not asked any more.
  if (Object.keys(upgrade?.hooks ?? {}).some((key) => isOfComponent(key, part))) return true;
  // Add-ons are changed before the control plane and after it.
  const moved = (await intentsOf(table, clusterKey, 'upgrade-control-plane')).findLast(isOurs)?.data.committedAt;
  // An upgrade inside a minor has no phase before the control plane.
  if (moved === undefined && failed === undefined && upgrade && isFinish(upgrade))
    return part === 'after' && changes.length > 0;
  return changes.some(({ data }) => moved === undefined || (part === 'before') === data.committedAt < moved);
}

/** The hop that an upgrade finishes after it has failed half-way: the finish does not pass a hook that has said stop to the hop's changes. */
async function failedHop(table: HookPorts['table'], upgrade: Upgrade | undefined): Promise<Upgrade | undefined> {
  if (upgrade === undefined || !isFinish(upgrade)) return undefined;
  const hop = await load(table, Upgrades, upgrade.clusterKey, hopTo(KubeVersion.parse(upgrade.to)));
  return hop !== undefined && hasFailedHalfWay(hop.data, upgrade) ? hop.data : undefined;
}

/** An expression without an answer excludes nothing: the hook is asked. */
function isAbout({ selector }: Hook, record: Parameters<typeof selects>[1]): boolean {
  if (selector === undefined) return true;
  const { matches, error } = selects(selector, record);
  return matches || error !== undefined;
}

const keyOf = ({ name, at, step }: Hook, { part }: HookMoment): string =>
  [name, at, step, ...(step === 'upgrade-cluster' || part === undefined ? [] : [part])].join('/');

/** After a step, stop fails what was done; before it, stop fails the upgrade if that has changed something, and blocks it otherwise. */
export const ended = ({ upgrade }: StepContext, moment: HookMoment, why: Reason): StepResult =>
  isFailure(upgrade, moment) ? failed(why) : blocked(why);

const isFailure = (upgrade: Upgrade | undefined, { at }: HookMoment): boolean =>
  at === 'after' || upgrade?.mutated === true;

/** How to try the step again after such an end. */
export const againOf = ({ name, upgrade }: StepContext, moment: HookMoment): string =>
  wayToTryAgain(name, upgrade, isFailure(upgrade, moment));

export function refusalsOf(ports: HookPorts, context: StepContext, { step, part }: HookMoment): Promise<Reason[]> {
  return refusalsNow(ports, { ...wantedFor(context), step, subject: part ?? 'cluster' });
}

function later(ports: HookPorts, due: DueHook, state: HookState, { seconds = 0 }: HookAnswer): StepResult {
  const now = ports.clock.now();
  const pause = askAgainAt(due.hook, state, seconds, now).getTime() - now.getTime();
  return wait(Math.max(1, Math.ceil(pause / 1000)), hookWaits(due, state));
}

async function requestOf(
  ports: HookPorts,
  context: StepContext,
  { step, part }: HookMoment,
  { hook, key, component }: DueHook,
  state: HookState,
): Promise<HookRequest> {
  const { clusterKey, scope, name, input, upgrade } = context;
  const { id = '', from = '', to = '', startedAt, rolloutId, waveIndex } = upgrade ?? {};
  const isMember = rolloutId !== undefined && waveIndex !== undefined;
  const wave = isMember ? (await load(ports.table, Waves, rolloutId, waveIndex))?.data.name : undefined;
  const isWhole = hook.step === 'upgrade-cluster';
  const scan = isWhole && hook.at === 'before' ? await foundByScan(ports, clusterKey, to) : undefined;
  const partName = step === 'roll-node-group' ? 'nodegroup' : 'phase';
  return {
    schema: HOOK_SCHEMA,
    key: sha256Hex(canonicalJson({ clusterKey, upgrade: id, startedAt: startedAt ?? '', hook: key })),
    ...{
      hook: hook.name,
      at: hook.at,
      step: isWhole ? 'upgrade-cluster' : step,
      blocking: hook.blocking,
    },
    ...(part === undefined || hook.step !== step ? {} : { [partName]: part }),
    ...given({ component, scan }),
    cluster: { arn: input.cluster, name, ...scope },
    ...{ from, to, upgrade: id },
    ...given({ rollout: rolloutId, wave }),
    askedSince: state.askedSince,
    answerBy: answerBy(hook, state).toISOString(),
  };
}

const LONGEST_CAUSE = 300;

/** What the last scan for a target has found. The whole report may be large, and names more of a cluster than a receiver needs. */
async function foundByScan({ table }: HookPorts, clusterKey: string, to: string): Promise<HookRequest['scan']> {
  const latest = await load(table, LatestScanItems, clusterKey);
  const scan = latest?.data.scans.find(({ target }) => target === to);
  if (scan === undefined) return undefined;
  const { scannedAt, errors, warnings, infos, waived } = scan;
  const causes = scan.causes.map(({ severity, cause, findings, ids = [] }) => ({
    ...{ severity, cause: cutText(cause, LONGEST_CAUSE), findings, ids },
  }));
  return { scannedAt, errors, warnings, infos, waived, causes };
}

const SUPERSEDED = reason('Superseded', 'A newer grant of the cluster has asked its hooks meanwhile.');

/** Records since when the hook is asked before it is asked, so that no crash starts its timeout anew; undefined under an older grant. */
async function keepAsked(ports: HookPorts, context: StepContext, due: DueHook): Promise<HookState | undefined> {
  const states = await keepState(ports, context, due, 'HookAsked', (before, now, grantNumber) =>
    before === undefined ? { askedSince: now.toISOString(), grantNumber } : before,
  );
  return states?.[due.key];
}

/** A stop stands, whatever a late invocation has received, and a go unless that is a stop. A repeated answer is not written again. */
function keepAnswer(
  ports: HookPorts,
  context: StepContext,
  due: DueHook,
  { answer, message, error }: HookAnswer,
): Promise<Upgrade['hooks']> {
  return keepState(ports, context, due, 'HookAnswered', (before, now) => {
    if (before === undefined || before.answer === 'stop') return before;
    if (before.answer === 'go' && answer !== 'stop') return before;
    if (before.answer === answer && (before.message === message || !due.hook.blocking)) return before;
    return { ...before, answer, message, error, answeredAt: now.toISOString() };
  });
}

/** All answers of hooks about the upgrade after the change; undefined where the upgrade is gone, or a newer grant has written the answer. */
function keepState(
  ports: HookPorts,
  { clusterKey, upgrade, grant }: StepContext,
  { hook, key, component }: DueHook,
  event: 'HookAsked' | 'HookAnswered',
  next: (before: HookState | undefined, now: Date, grantNumber: number) => HookState | undefined,
): Promise<Upgrade['hooks']> {
  return change(ports, async (now) => {
    const read = await load(ports.table, Upgrades, clusterKey, upgrade?.id ?? '');
    const known = read?.data.hooks?.[key];
    if (read === undefined || grant === undefined || (known?.grantNumber ?? 0) > grant.number)
      return { result: undefined };
    const before = standing(known, hook, grant.number);
    const state = next(before, now, grant.number);
    if (state === undefined || state === before) return { result: read.data.hooks };
    // What nothing waits for is in the record alone: twenty hooks of thirty node groups would make the upgrade larger than an item may be. After its go
    // the hook of a component is quoted until that fits.
    const { message: _, ...unsaid } = state;
    const isPassed = state.answer === 'go' ? component === undefined : state.answer !== undefined && !hook.blocking;
    const hooks = { ...read.data.hooks, [key]: isPassed ? unsaid : state };
    const detail = {
      hook: key,
      asked: receiverName(hook.ask),
      blocking: hook.blocking,
      upgradeId: read.data.id,
      ...given({ component }),
      ...state,
    };
    return {
      result: hooks,
      writes: [replace(Upgrades, read, { ...read.data, hooks })],
      record: [{ subject: clusterKey, event, principal: LIFTLOCK, detail }],
    };
  });
}
