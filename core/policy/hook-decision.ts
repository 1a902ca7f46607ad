import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { HookRequest } from '../contracts/hook.ts';
import type { HookState } from '../contracts/items/protocol.ts';
import type { AnyCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { pollSeconds } from '../model/poll-seconds.ts';

export type Hook = NonNullable<UpgradePolicySpec['hooks']>[number];

/** A hook whose turn it is. */
export interface DueHook {
  readonly hook: Hook;
  /** The key under which the upgrade keeps the hook's answer. */
  readonly key: string;
  /** The component that the hook moves, where it is the hook of a component. */
  readonly component?: NonNullable<HookRequest['component']>;
}

type HookDecision =
  /** Nothing stands in the way. */
  | { readonly type: 'pass' }
  | { readonly type: 'ask'; readonly due: DueHook }
  | { readonly type: 'stop'; readonly reason: Reason };

/**
 * What the hooks that are asked at one moment come to, one after the other; pure. An answer counts only under the grant under which it was given, so
 * that none is used after the upgrade was parked; but a hook that has found a finished step well is not asked again.
 *
 * @param again the command that has a hook asked anew after it has said no
 */
export function decideHooks(
  due: readonly DueHook[],
  states: Readonly<Record<string, HookState>>,
  grantNumber: number,
  now: Date,
  again: string,
): HookDecision {
  for (const one of due) {
    const { hook, key } = one;
    const state = standing(states[key], hook, grantNumber);
    const isLate = state !== undefined && now >= answerBy(hook, state);
    if (state?.answer === 'go' || (!hook.blocking && (state?.answer !== undefined || isLate))) continue;
    if (state === undefined || !hook.blocking) return { type: 'ask', due: one };
    if (state.answer === 'stop') return { type: 'stop', reason: refused(one, state, again) };
    return isLate ? { type: 'stop', reason: timedOut(one, state, again) } : { type: 'ask', due: one };
  }
  return { type: 'pass' };
}

/** The state of a hook, if it still counts under this grant. */
export function standing(state: HookState | undefined, hook: Hook, grantNumber: number): HookState | undefined {
  if (state === undefined || state.grantNumber === grantNumber) return state;
  const isSettled = hook.at === 'after' && (state.answer === 'go' || (!hook.blocking && state.answer !== undefined));
  return isSettled ? state : undefined;
}

/** The step stops when the hook has not said go by then. */
export const answerBy = ({ timeout }: Hook, { askedSince }: Pick<HookState, 'askedSince'>): Date =>
  new Date(Date.parse(askedSince) + durationMilliseconds(timeout));

/** Seconds between two questions, unless the hook asks for a longer pause. */
const BOUNDS = { least: 10, most: 900 };
/** A rollout asks in its ticks, one each minute, and the last question must not miss its tick. */
const LAST_QUESTION_MILLISECONDS = 120_000;

/**
 * When a hook that has not said go is asked again: after the seconds that it asks for, at least an eighth of the time since the first question. Before
 * its time is over it is asked once more, or a go that came during the last pause would not be heard.
 */
export function askAgainAt(hook: Hook, state: Pick<HookState, 'askedSince'>, seconds: number, now: Date): Date {
  const by = answerBy(hook, state).getTime();
  const pause = Math.max(seconds, pollSeconds(new Date(state.askedSince), now, BOUNDS));
  const next = now.getTime() + pause * 1000;
  const last = by - LAST_QUESTION_MILLISECONDS;
  return new Date(Math.min(next, now.getTime() < last ? last : by));
}

const isOfWave = ({ step }: Hook): boolean => step === 'wave';
const whatStops = (hook: Hook): string => (isOfWave(hook) ? 'the rollout halts' : 'the step stops');

function refused(due: DueHook, { message, answeredAt }: HookState, again: string): Reason {
  return reason(
    'HookRefused',
    `${hookTitle(due)} said stop at ${answeredAt}${words(message)}. Ask who runs it; once it would say go: ${again}`,
  );
}

function timedOut(due: DueHook, state: HookState, again: string): Reason {
  const said = `${hookTitle(due)} was asked since ${state.askedSince} and did not say go within ${due.hook.timeout}; ${lastWords(state)}.`;
  return reason('HookTimedOut', `${said} Look at what answers there; once it would say go: ${again}`);
}

/** The reason while a hook is asked again and again, until its time is over. */
export function hookWaits(due: DueHook, state: HookState): Reason {
  const by = answerBy(due.hook, state).toISOString();
  const said = `${hookTitle(due)} is asked since ${state.askedSince}; ${lastWords(state)}.`;
  return reason('HookWaits', `${said} Without a go by ${by} ${whatStops(due.hook)}.`);
}

/** Whether a reason says that a hook has ended something: it was refused, or not allowed in time. */
export const isHookEnd = ({ code }: { readonly code: AnyCode }): boolean =>
  code === 'HookRefused' || code === 'HookTimedOut';

/** Whether a reason is of a hook, be it still asked or not. */
export const isOfHook = (one: { readonly code: AnyCode }): boolean => isHookEnd(one) || one.code === 'HookWaits';

/** The key under which an upgrade keeps the answer of a component's hook; no hook of a policy can have such a name. */
export const componentKey = (name: string, phase: string): string => `component:${name}/before/update-addons/${phase}`;
export const isOfComponent = (key: string, phase?: string): boolean =>
  key.startsWith('component:') && (phase === undefined || key.endsWith(`/${phase}`));

/** `The hook change-ticket before roll-node-group/workers`. */
export const hookTitle = ({ hook: { name, at }, key, component }: DueHook): string =>
  component === undefined
    ? `The hook ${name} ${at} ${key.split('/').slice(2).join('/')}`
    : `The hook that moves the component ${name} from ${component.from} to ${component.to}`;

const lastWords = ({ answer, message }: HookState): string =>
  answer === undefined || answer === 'none'
    ? `it gives no answer that counts${words(message)}`
    : `it says ${answer}${words(message)}`;

/** The sentence of somebody else, unchanged, in quotes. */
export const words = (message: string | undefined): string =>
  message === undefined || message === '' ? '' : `: “${message.replace(/\.$/, '')}”`;
