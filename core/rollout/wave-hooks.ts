import type { UpgradePolicy } from '../config/types.ts';
import { HOOK_SCHEMA, type WaveRequest } from '../contracts/hook.ts';
import type { HookState } from '../contracts/items/protocol.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { Reason } from '../contracts/step-result.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { isSame } from '../model/is-same.ts';
import { loadFleetInForce } from '../policy/applied.ts';
import { receiverName } from '../policy/hook-answer.ts';
import {
  answerBy,
  askAgainAt,
  type DueHook,
  decideHooks,
  hookWaits,
  isOfHook,
  standing,
} from '../policy/hook-decision.ts';
import type { Ports } from '../ports/ports.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import { changeOnce, NOTHING, rolloutEntry } from '../store/change.ts';
import { Rollouts, Waves } from '../store/entities.ts';
import { load, replace, unchanged } from '../store/entity.ts';
import type { Decision } from './decisions.ts';

type AskHook = Extract<Decision, { readonly type: 'ask-hook' }>;

/** The number of the wave's plan: the answers of its hooks count for that plan only, and another plan has them asked anew. */
const planOf = ({ plan = 0 }: Wave): number => plan;

/**
 * The last wave that has passed, of all waves or of those before `next`, whose clusters were upgraded: it is asked about before the next one opens, or
 * before the rollout ends. Waves that were passed over are left out.
 */
export const lastPassed = (waves: readonly Wave[], next?: Wave): Wave | undefined =>
  waves
    .filter(({ status }) => PASSED_WAVES.includes(status) && status !== 'Skipped')
    .filter(({ index }) => next === undefined || index < next.index)
    .sort((one, other) => one.index - other.index)
    .at(-1);

const besideHooks = ({ reasons }: Wave): Reason[] => reasons.filter((one) => !isOfHook(one));

/**
 * Asks the hooks that are in the way now: those after the wave that has passed last, then those before `next`, the wave that would open. Without `next`
 * the rollout would end. The answers are kept with the waiting wave, or with the last one. Undefined = no hook is in the way.
 */
export function heldByHooks(
  rollout: Rollout,
  waves: readonly Wave[],
  next: Wave | undefined,
  { spec: { hooks = [] } }: Pick<UpgradePolicy, 'spec'>,
  now: Date,
): Decision[] | undefined {
  const past = lastPassed(waves, next);
  const wave = next ?? past;
  if (wave === undefined) return undefined;
  const at = (when: 'before' | 'after', of: Wave | undefined): DueHook[] =>
    hooks.flatMap((hook) =>
      of === undefined || hook.step !== 'wave' || hook.at !== when
        ? []
        : [{ hook, key: [hook.name, when, 'wave', of.name].join('/') }],
    );
  const states = wave.hooks ?? {};
  const due = [...at('after', past), ...at('before', next)];
  const decision = decideHooks(due, states, planOf(wave), now, `liftlock rollout resume ${rollout.id}`);
  if (decision.type === 'pass') return undefined;
  if (decision.type === 'stop') {
    const reasons = [decision.reason, ...besideHooks(wave)];
    // The wave's reasons are written before the rollout halts: they still say that a hook is asked, and nobody corrects them in a halted rollout.
    return isSame(wave.reasons, reasons)
      ? [{ type: 'change-rollout', rollout, waves, status: 'Halted', reasons: [decision.reason] }]
      : [{ type: 'adjust-wave', wave, changes: { reasons }, event: undefined, reasons }];
  }
  const { key, hook } = decision.due;
  const againAt = standing(states[key], hook, planOf(wave))?.againAt;
  return againAt !== undefined && new Date(againAt) > now
    ? []
    : [{ type: 'ask-hook', rollout, wave, due: decision.due }];
}

/** Asks a hook once, and keeps its answer with the wave. Since when it is asked is recorded before. */
export async function askWaveHook(
  ports: Pick<Ports, 'table' | 'clock' | 'events' | 'hooks'>,
  { rollout, wave, due }: AskHook,
): Promise<void> {
  const { hook, key } = due;
  if ('job' in hook.ask) throw new Error(`unreachable: ${hook.name} has no cluster to ask in, and was validated`);
  const known = standing(wave.hooks?.[key], hook, planOf(wave));
  const begun: HookState = known ?? { askedSince: ports.clock.now().toISOString(), grantNumber: planOf(wave) };
  if (known === undefined && !(await keep(ports, { rollout, wave, due }, begun, 'HookAsked'))) return;
  const request: WaveRequest = {
    schema: HOOK_SCHEMA,
    key: sha256Hex(canonicalJson({ rollout: rollout.id, hook: key, askedSince: begun.askedSince })),
    ...{ hook: hook.name, at: hook.at, step: 'wave', blocking: hook.blocking },
    ...{ rollout: rollout.id, policy: rollout.policy, wave: key.split('/').at(-1) ?? '', to: rollout.target },
    ...{ askedSince: begun.askedSince, answerBy: answerBy(hook, begun).toISOString() },
  };
  const fleet = await loadFleetInForce(ports.table);
  const { answer, message, seconds = 0 } = await ports.hooks.ask(hook.ask, fleet?.allowedHosts ?? [], request);
  const now = ports.clock.now();
  const againAt = askAgainAt(hook, begun, seconds, now).toISOString();
  const state = { ...begun, answer, message, answeredAt: now.toISOString(), againAt };
  const asked = known === undefined ? { ...wave, hooks: { ...wave.hooks, [key]: begun } } : wave;
  await keep(ports, { rollout, wave: asked, due }, state, 'HookAnswered');
}

/**
 * Records a state of a hook. False where the rollout no longer runs or the wave has moved: then the hook is not asked, and an answer counts for
 * nothing.
 */
function keep(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  { rollout, wave, due: { hook, key } }: Omit<AskHook, 'type'>,
  state: HookState,
  event: 'HookAsked' | 'HookAnswered',
): Promise<boolean> {
  return changeOnce(ports, async () => {
    const stands = await load(ports.table, Rollouts, rollout.id);
    const read = await load(ports.table, Waves, rollout.id, wave.index);
    const isAsIt = read?.data.status === wave.status && read.data.plan === wave.plan;
    if (stands?.data.status !== 'Running' || !isAsIt || !isSame(read.data.hooks, wave.hooks)) return { result: false };
    const isWaiting = hook.blocking && (state.answer === 'wait' || state.answer === 'none');
    const reasons = [...(isWaiting ? [hookWaits({ hook, key }, state)] : []), ...besideHooks(read.data)];
    const next: Wave = { ...read.data, hooks: { ...read.data.hooks, [key]: state }, reasons };
    const detail = { hook: key, asked: receiverName(hook.ask), blocking: hook.blocking, ...state };
    return {
      ...NOTHING,
      result: true,
      writes: [replace(Waves, read, next), unchanged(Rollouts, stands, rollout.id)],
      record: [rolloutEntry(rollout.id, event, LIFTLOCK, detail)],
    };
  });
}

/** On record, so that no restore brings back what was said before. */
export const HOOKS_FORGOTTEN = 'HooksForgotten';

/**
 * The wave without what hooks have said that they are asked anew, for a rollout that goes on again: all of a wave that has not opened, of another one
 * what was said after it. Undefined where nothing was said.
 */
export function withoutHooks(wave: Wave): Wave | undefined {
  const all = Object.entries(wave.hooks ?? {});
  const kept = wave.status === 'Pending' ? [] : all.filter(([key]) => !key.endsWith(`/after/wave/${wave.name}`));
  if (kept.length === all.length) return undefined;
  return { ...untoldOfHooks(wave), hooks: kept.length === 0 ? undefined : Object.fromEntries(kept) };
}

/** The wave without reasons of hooks, once nobody asks them any more; the same wave where it has none. */
export const untoldOfHooks = (wave: Wave): Wave =>
  wave.reasons.some(isOfHook) ? { ...wave, reasons: besideHooks(wave) } : wave;
