import { type AnyCode, kindOf, type ReasonCode, readCode } from './reasons.ts';

/** The result of a step. A Choice state of its machine reads `status`. These are outcomes; an exception is a fault. */
export type StepStatus = 'done' | 'wait' | 'parked' | 'blocked' | 'failed';

export interface StepResult {
  readonly status: StepStatus;
  /** One sentence each, for people. Never empty unless `done`. */
  readonly reasons: readonly Reason[];
  /** With `wait`: seconds until the next look, ≥ 1. */
  readonly waitSeconds?: number;
  /** With `parked`: RFC 3339; absent = until nothing is in the way any more. */
  readonly resumeAt?: string;
}

/** `code` is stable (API: alarms, tests and `explain` use it) and listed in docs/reasons.md; `message` is a sentence. */
export interface Reason {
  readonly code: AnyCode;
  readonly message: string;
}

/** So many reasons fit into every item, record and answer that carries them. Some clusters have thousands of nodes. */
const MOST_REASONS = 12;
const LONGEST_MESSAGE = 600;

/** Puts reasons that are in the way before those that only tell something, each in their order. Lists and holds show only the first one. */
export const standingFirst = (reasons: readonly Reason[]): Reason[] =>
  reasons.toSorted((a, b) => Number(kindOf(a.code) === 'told') - Number(kindOf(b.code) === 'told'));

/** The first reasons, each shortened to a readable length, and the number of the others. */
export function bounded(reasons: readonly Reason[]): Reason[] {
  const kept: Reason[] = reasons.slice(0, MOST_REASONS).map(({ code, message }) => ({
    code,
    message: message.length > LONGEST_MESSAGE ? `${cutText(message, LONGEST_MESSAGE)}…` : message,
  }));
  const left = reasons.length - kept.length;
  return left > 0 ? [...kept, { code: 'MoreReasons', message: `${left} more reasons are not shown.` }] : kept;
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

export const reason = (code: ReasonCode, message: string): Reason => ({ code, message });
/** A reason with somebody else's code: the name of an error of AWS or of an exception, which no table of Liftlock lists. */
export const quoted = (word: string, message: string): Reason => ({ code: readCode(word), message });

/**
 * The first so many characters of a text of somebody else. No half of an emoji stays at the cut: JSON has no canonical form of it, so nothing that
 * contains it can be recorded.
 */
export const cutText = (text: string, length: number): string => text.slice(0, length).replace(/\p{Cs}$/u, '');
