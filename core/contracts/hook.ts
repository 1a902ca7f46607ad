import { z } from 'zod';
import type { MachineName } from './names.ts';

/** The schema of requests to hooks and of their answers (docs/hooks.md). A change of the meaning of either is a new schema. */
export const HOOK_SCHEMA = 'liftlock.hook/v1';

/** An owner tags a function or a state machine that Liftlock may ask; no role may call another (infra/permissions/function-statements.ts). */
export const HOOK_TAG = { key: 'liftlock:hook', value: 'allowed' } as const;

/** The prefix of executions that Liftlock starts to ask hooks. It may read no others. */
export const HOOK_EXECUTION_PREFIX = 'liftlock-hook-';

/**
 * The execution for one question under one grant. The name is the same however often the question is asked, also after crashes. Another grant gives
 * another name, so that no old go is read again. At most 80 characters, the limit of Step Functions.
 */
export const hookExecutionName = ({ key, askedSince }: Pick<HookRequest, 'key' | 'askedSince'>): string =>
  `${HOOK_EXECUTION_PREFIX}${key.slice(0, 48)}-${Date.parse(askedSince)}`;

/** The same for a Job. Its name is also a label of its pods, so it may have 63 characters; a cluster has only one question with each key. */
export const hookJobName = ({ key, askedSince }: Pick<HookRequest, 'key' | 'askedSince'>): string =>
  `${HOOK_EXECUTION_PREFIX}${key.slice(0, 32)}-${Date.parse(askedSince)}`;

/** Whether the Fleet lists an image: exactly, or by its repository, with any tag and digest. */
export const isListed = (image: string, listed: readonly string[]): boolean =>
  listed.some((one) => image.startsWith(one) && /^(?::[\w.-]+)?(?:@[\w:.+-]+)?$/.test(image.slice(one.length)));

/** The steps before and after which hooks are asked, by their names in events, the audit and state machines. */
export const HOOK_STEPS = [
  'upgrade-cluster',
  'update-addons',
  'upgrade-control-plane',
  'roll-node-group',
  'smoke-check',
] as const satisfies readonly MachineName[];
export type HookStep = (typeof HOOK_STEPS)[number];
/** A wave is no step of a cluster's upgrade: the reconciler asks before it opens a wave. */
export const WAVE_STEP = 'wave';

/** Seconds. A hook that needs longer answers `wait` again. */
const MOST_SECONDS = 3_600;

/**
 * All members of an answer. An answer with other members may mean something else by them, so it does not count. `seconds`: until it is asked again,
 * from 1 to 3,600.
 */
export const hookAnswer = z.strictObject({
  schema: z.literal(HOOK_SCHEMA),
  answer: z.enum(['go', 'wait', 'stop']),
  seconds: z.int().min(1).max(MOST_SECONDS).optional(),
  message: z.string().optional(),
});

/** The answer of a hook. `none` = no answer that counts, and `message` says why. */
export interface HookAnswer {
  readonly answer: 'go' | 'wait' | 'stop' | 'none';
  readonly seconds?: number | undefined;
  /** One line of at most 300 characters; empty where the hook gave no message. */
  readonly message: string;
  /** For `none`: the error by which an API server refused the access that asking needs. */
  readonly error?: string | undefined;
}

/** The request to a hook (docs/hooks.md). It is the same whenever the same question is repeated, but for `scan`, which is the newest one. */
export interface HookRequest {
  readonly schema: typeof HOOK_SCHEMA;
  /** The same for the same question about the same upgrade, also after crashes; `liftlock retry` changes it. */
  readonly key: string;
  readonly hook: string;
  readonly at: 'before' | 'after';
  readonly step: HookStep;
  /** For `roll-node-group` only. */
  readonly nodegroup?: string;
  /** For `update-addons` only, which runs before the control plane and after it. */
  readonly phase?: string;
  /** For the hook of a component: it moves the component from the version that runs to one that fits `to`. */
  readonly component?: { readonly name: string; readonly from: string; readonly to: string };
  /** Only `before` `upgrade-cluster`: what the last scan for `to` has found. Absent where none is kept. */
  readonly scan?: FoundByScan;
  readonly blocking: boolean;
  readonly cluster: { readonly arn: string; readonly name: string; readonly account: string; readonly region: string };
  /** Kubernetes minors. */
  readonly from: string;
  readonly to: string;
  readonly upgrade: string;
  /** Absent for upgrades that a person has started. */
  readonly rollout?: string;
  readonly wave?: string;
  /** ISO 8601: when it was first asked, and by when it has to answer `go`. */
  readonly askedSince: string;
  readonly answerBy: string;
}

/** The last scan in short: how many findings there are, and the causes of errors and warnings, the worst first; at most 20. */
export interface FoundByScan {
  /** ISO 8601: when it began. */
  readonly scannedAt: string;
  /** Errors that the policy lets pass; others stop the hop before anybody is asked. */
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Findings that a waiver covers. They count nowhere else. */
  readonly waived: number;
  readonly causes: readonly {
    readonly severity: 'error' | 'warning' | 'info';
    /** At most 300 characters. */
    readonly cause: string;
    readonly findings: number;
    /** Ids of its first findings, by which waivers name them; at most five. */
    readonly ids: readonly string[];
  }[];
}

/** The same for a wave, which concerns no single cluster. */
export interface WaveRequest
  extends Omit<HookRequest, 'step' | 'nodegroup' | 'phase' | 'scan' | 'cluster' | 'from' | 'upgrade'> {
  readonly step: typeof WAVE_STEP;
  readonly policy: string;
}
