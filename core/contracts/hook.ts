import { z } from 'zod';
import type { MachineName } from './names.ts';

/** Of requests to hooks and of their answers (docs/hooks.md). What changes the meaning of either is a new one. */
export const HOOK_SCHEMA = 'liftlock.hook/v1';

/** On a function or a state machine: Liftlock may ask it. Its roles may call no other (infra/permissions/function-statements.ts). */
export const HOOK_TAG = { key: 'liftlock:hook', value: 'allowed' } as const;

/** What the name of each execution begins with that Liftlock starts to ask: those are all that it may look at. */
export const HOOK_EXECUTION_PREFIX = 'liftlock-hook-';

/**
 * One execution for one question under one grant: the same however often it is asked and whatever crashes in between, and another one under the
 * next grant, so that no old go is read again. At most 80 characters, as Step Functions has it.
 */
export const hookExecutionName = ({ key, askedSince }: Pick<HookRequest, 'key' | 'askedSince'>): string =>
  `${HOOK_EXECUTION_PREFIX}${key.slice(0, 48)}-${Date.parse(askedSince)}`;

/**
 * The same of a Job, whose name is the label of its pods as well and may have 63 characters. In a cluster there is one question of a key.
 */
export const hookJobName = ({ key, askedSince }: Pick<HookRequest, 'key' | 'askedSince'>): string =>
  `${HOOK_EXECUTION_PREFIX}${key.slice(0, 32)}-${Date.parse(askedSince)}`;

/** Whether the Fleet lists an image: as it is, or its repository alone, with whichever tag and digest. */
export const isListed = (image: string, listed: readonly string[]): boolean =>
  listed.some((one) => image.startsWith(one) && /^(?::[\w.-]+)?(?:@[\w:.+-]+)?$/.test(image.slice(one.length)));

/** Steps that hooks are asked before and after, by the names that events, audit and state machines have for them. */
export const HOOK_STEPS = [
  'upgrade-cluster',
  'update-addons',
  'upgrade-control-plane',
  'roll-node-group',
  'smoke-check',
] as const satisfies readonly MachineName[];
export type HookStep = (typeof HOOK_STEPS)[number];
/** A wave is no step of a cluster's upgrade: the reconciler asks, before it opens one. */
export const WAVE_STEP = 'wave';

/** Seconds; a hook that wants to be left alone for longer says so again. */
const MOST_SECONDS = 3_600;

/**
 * The whole vocabulary of an answer. What has members of its own may mean something else by them, so it is not guessed at. `seconds`: until it
 * is asked again, from 1 to 3,600.
 */
export const hookAnswer = z.strictObject({
  schema: z.literal(HOOK_SCHEMA),
  answer: z.enum(['go', 'wait', 'stop']),
  seconds: z.int().min(1).max(MOST_SECONDS).optional(),
  message: z.string().optional(),
});

/** What a hook has said; `none`: nothing that counts, and `message` says why. */
export interface HookAnswer {
  readonly answer: 'go' | 'wait' | 'stop' | 'none';
  readonly seconds?: number | undefined;
  /** One line, at most 300 characters; empty where it has said nothing. */
  readonly message: string;
  /** Of `none`, where an API server let nobody in to ask: by which error. */
  readonly error?: string | undefined;
}

/** What a hook is sent (docs/hooks.md). It is the same whenever the same question is repeated. */
export interface HookRequest {
  readonly schema: typeof HOOK_SCHEMA;
  /** The same for the same question about the same upgrade, whatever crashes; another one after `liftlock retry`. */
  readonly key: string;
  readonly hook: string;
  readonly at: 'before' | 'after';
  readonly step: HookStep;
  /** Of `roll-node-group`. */
  readonly nodegroup?: string;
  /** Of `update-addons`: it runs before the control plane and after it. */
  readonly phase?: string;
  /** What it moves, where it is the hook of a component: from the version that runs to one that fits `to`. */
  readonly component?: { readonly name: string; readonly from: string; readonly to: string };
  readonly blocking: boolean;
  readonly cluster: { readonly arn: string; readonly name: string; readonly account: string; readonly region: string };
  /** Kubernetes minors. */
  readonly from: string;
  readonly to: string;
  readonly upgrade: string;
  /** Absent of what a person started by hand. */
  readonly rollout?: string;
  readonly wave?: string;
  /** ISO 8601: when it was first asked, and until when it has to answer `go`. */
  readonly askedSince: string;
  readonly answerBy: string;
}

/** The same of a wave, which is of no cluster. */
export interface WaveRequest
  extends Omit<HookRequest, 'step' | 'nodegroup' | 'phase' | 'cluster' | 'from' | 'upgrade'> {
  readonly step: typeof WAVE_STEP;
  readonly policy: string;
}
