import type { FunctionName } from '../../core/contracts/names.ts';
import type { World } from '../process/world.ts';

/** What an invocation does to the outside, as far as a fault can tell it apart. */
export const OPERATIONS = [
  /** Commits an intent. */
  'commit',
  /** Sends a mutating call. */
  'call',
  /** Writes the outcome of a call, or that its update ended. */
  'outcome',
  'grant',
  'close',
  'free',
  /** Ends or parks an upgrade. */
  'settle',
  /** Asks a hook. */
  'ask-hook',
  /** Keeps since when a hook is asked, or what it has said. */
  'keep-hook',
  /** Puts the progress of a scan away. */
  'scan',
  'start-execution',
  'describe-execution',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export type Effect =
  /** The process dies: nothing more of this invocation happens. */
  | { readonly kind: 'crash' }
  /** The process lives, but is told of a time-out: the answer was lost. */
  | { readonly kind: 'error'; readonly name: string }
  /** The process stops for so long and then goes on, while its caller has given up on it. */
  | { readonly kind: 'hang'; readonly seconds: number }
  /** The same payload is invoked once more at the same time. */
  | { readonly kind: 'duplicate' }
  /** The call is answered with this instead, and does not happen: a stale read. */
  | { readonly kind: 'answer'; readonly value: unknown }
  /** Somebody does something right then. */
  | {
      readonly kind: 'act';
      readonly act: (world: World, operation: { readonly clusterKey: string | undefined }) => Promise<void>;
    };

export interface Fault {
  readonly when: 'before' | 'after';
  readonly operation: Operation;
  readonly function?: FunctionName;
  /** Lets so many matching operations pass; 0 when absent. */
  readonly skip?: number;
  /** Hits so many; 1 when absent. */
  readonly times?: number;
  readonly effect: Effect;
}
