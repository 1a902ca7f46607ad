/** What a step returns; a Choice state of its machine switches on `status`. Exceptions are faults, these are outcomes. */
export type StepStatus = 'done' | 'wait' | 'parked' | 'blocked' | 'failed';

export interface StepResult {
  readonly status: StepStatus;
  /** One sentence each, for people. Never empty unless `done`. */
  readonly reasons: readonly Reason[];
  /** With `wait`: seconds until the next look, ≥ 1. */
  readonly waitSeconds?: number;
  /** With `parked`: RFC 3339; absent = when what is in the way is gone. */
  readonly resumeAt?: string;
}

/** `code` is CamelCase and stable (API: alarms, tests and `explain` use it); `message` is a sentence. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

export const done = (...reasons: Reason[]): StepResult => ({ status: 'done', reasons });
export const wait = (waitSeconds: number, ...reasons: Reason[]): StepResult => ({
  status: 'wait',
  waitSeconds,
  reasons,
});
export const blocked = (...reasons: Reason[]): StepResult => ({ status: 'blocked', reasons });
export const failed = (...reasons: Reason[]): StepResult => ({ status: 'failed', reasons });
export const parked = (resumeAt: Date | undefined, ...reasons: Reason[]): StepResult =>
  resumeAt === undefined
    ? { status: 'parked', reasons }
    : { status: 'parked', reasons, resumeAt: resumeAt.toISOString() };

export const reason = (code: string, message: string): Reason => ({ code, message });
