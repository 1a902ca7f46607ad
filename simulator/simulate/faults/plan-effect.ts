import { TABLE_DENIED } from '../../../core/contracts/errors.ts';
import { OPERATIONS, type Operation } from '../../faults/fault.ts';
import type { SeededChoices } from '../fleet/seeded-choices.ts';
import type { FaultOf } from './planned-fault.ts';

type EffectFault = FaultOf<'effect'>;

const EFFECTS: readonly EffectFault['effect'][] = [
  { kind: 'crash' },
  { kind: 'crash' },
  { kind: 'error', name: 'TimeoutError' },
  { kind: 'error', name: 'TransactionConflict' },
  { kind: 'error', name: 'ProvisionedThroughputExceededException' },
  // EKS uses these names too, for calls that it has not accepted.
  { kind: 'error', name: 'ThrottlingException' },
  { kind: 'error', name: 'AccessDeniedException' },
  { kind: 'hang', seconds: 45 },
  { kind: 'hang', seconds: 300 },
  { kind: 'duplicate' },
];

/** Operations of the table, whose client has a name of its own for a denial. */
const OF_TABLE: readonly Operation[] = ['commit', 'outcome', 'grant', 'close', 'free', 'settle', 'keep-hook', 'scan'];
const NOT_TAKEN: readonly string[] = ['ThrottlingException', 'AccessDeniedException'];

/** A fault between two effects of a function, at any possible place. */
export function planEffect(choices: SeededChoices): EffectFault {
  const when = choices.pick(['before', 'after'] as const);
  const operation = choices.pick(OPERATIONS);
  const skip = choices.integer(0, choices.pick([5, 60, 250]));
  const times = choices.integer(1, 3);
  if (operation === 'describe-execution' && choices.chance(0.5))
    return { kind: 'effect', when: 'before', operation, skip, times, effect: { kind: 'stale' } };
  const drawn = choices.pick(EFFECTS);
  const isUntrue = operation === 'call' && when === 'after' && drawn.kind === 'error' && NOT_TAKEN.includes(drawn.name);
  const isDenied = OF_TABLE.includes(operation) && drawn.kind === 'error' && drawn.name === 'AccessDeniedException';
  const name = isUntrue ? 'TimeoutError' : isDenied ? TABLE_DENIED : undefined;
  const effect = name === undefined ? drawn : ({ kind: 'error', name } as const);
  // Lambda kills a function at its timeout, so a function that froze right before a call does not send it minutes later.
  const frozen = operation === 'call' && when === 'before' && effect.kind === 'hang';
  return { kind: 'effect', when, operation, skip, times, effect: frozen ? { kind: 'hang', seconds: 20 } : effect };
}
