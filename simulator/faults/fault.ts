import type { FunctionName } from '../../core/contracts/names.ts';
import type { World } from '../process/world.ts';

/** The operations of an invocation that faults can distinguish. */
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
  /** Writes since when a hook is asked, or its answer. */
  'keep-hook',
  /** Saves the progress of a scan. */
  'scan',
  'start-execution',
  'describe-execution',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export type Effect =
  /** The process dies, so that the rest of this invocation does not run. */
  | { readonly kind: 'crash' }
  /** The process continues, but gets a timeout: the answer was lost. */
  | { readonly kind: 'error'; readonly name: string }
  /** The process stops for this time and then continues, while its caller has given up on it. */
  | { readonly kind: 'hang'; readonly seconds: number }
  /** The same payload is invoked again at the same time. */
  | { readonly kind: 'duplicate' }
  /** The call gets this answer instead, and does not happen: a stale read. */
  | { readonly kind: 'answer'; readonly value: unknown }
  /** Another actor does something at that moment. */
  | {
      readonly kind: 'act';
      readonly act: (world: World, operation: { readonly clusterKey: string | undefined }) => Promise<void>;
    };

export interface Fault {
  readonly when: 'before' | 'after';
  readonly operation: Operation;
  readonly function?: FunctionName;
  /** The number of matching operations that it skips; 0 when absent. */
  readonly skip?: number;
  /** The number of operations that it hits; 1 when absent. */
  readonly times?: number;
  readonly effect: Effect;
}
