import { since } from '../conditions/condition.ts';
import { rolloutConditions } from '../conditions/rollout-conditions.ts';
import { waveConditions } from '../conditions/wave-conditions.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Rollouts, Waves } from './entities.ts';

/** A rollout or wave is written together with what its state means, in the same write: nobody can forget it, and none is older than its item. */
export function withConditions(operation: WriteOperation, at: Date): WriteOperation {
  if (operation.type !== 'put') return operation;
  const { item } = operation;
  if (item.kind === Waves.kind) {
    const wave = item.data as Wave;
    const conditions = since(wave.conditions, waveConditions(wave), at);
    return { ...operation, item: { ...item, data: { ...wave, conditions } } };
  }
  if (item.kind === Rollouts.kind) {
    const rollout = item.data as Rollout;
    const conditions = since(rollout.conditions, rolloutConditions(rollout), at);
    return { ...operation, item: { ...item, data: { ...rollout, conditions } } };
  }
  return operation;
}
