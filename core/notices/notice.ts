import type { LiftlockEvent } from '../contracts/events.ts';
import type { Reason } from '../contracts/step-result.ts';
import { visibleLine } from '../model/visible.ts';

/** The event of one type. */
export type Of<Type extends LiftlockEvent['type']> = Extract<LiftlockEvent, { readonly type: Type }>;

/** What a person is told of a change. Plain sentences without double quotes: mail shows them as they are. */
export interface Notice {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
  /** The same for the same change: a message that comes twice with it tells of one thing. */
  readonly reference: string;
}

export const NOTHING = 'Nothing.';

/** `change` of the event, or what else makes it one of its kind. */
export function notice(event: LiftlockEvent, what: string, why: string, todo: string, reference?: string): Notice {
  const change = 'change' in event.detail ? event.detail.change : undefined;
  const plain = (text: string) => visibleLine(text).replaceAll('"', "'");
  return { what: plain(what), why: plain(why), todo: plain(todo), reference: reference ?? change ?? event.type };
}

export function because(reasons: readonly Reason[]): string {
  return reasons.length === 0 ? 'No reason was given.' : reasons.map(({ message }) => message).join(' ');
}
