import type { FailState } from '../../definition/states-language.ts';
import type { Strand } from '../execution.ts';
import { StateFailed } from '../failure.ts';
import { evaluateTyped } from '../field-evaluation.ts';
import type { Turn } from '../turn.ts';

/** Fails with the state's error and cause, each of which may be left out. */
export async function beginFail(turn: Turn, strand: Strand, state: FailState): Promise<void> {
  const { Error: error, Cause: cause } = state;
  throw new StateFailed({
    ...(error === undefined ? {} : { error: await evaluateTyped(turn, strand, error, 'Error', 'string') }),
    ...(cause === undefined ? {} : { cause: await evaluateTyped(turn, strand, cause, 'Cause', 'string') }),
  });
}
