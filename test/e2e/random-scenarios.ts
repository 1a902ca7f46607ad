import { seededRandom } from '../../simulator/eks/seeded-random.ts';
import type { Effect, Fault, Operation } from '../../simulator/faults/fault.ts';
import type { Scenario } from './scenario.ts';

const OPERATIONS: readonly Operation[] = [
  'commit',
  'call',
  'outcome',
  'grant',
  'close',
  'free',
  'settle',
  'start-execution',
  'describe-execution',
];
const EFFECTS: readonly Effect[] = [
  { kind: 'crash' },
  { kind: 'error', name: 'TimeoutError' },
  { kind: 'error', name: 'TransactionConflict' },
  { kind: 'error', name: 'ProvisionedThroughputExceededException' },
  { kind: 'hang', seconds: 45 },
  { kind: 'hang', seconds: 300 },
  { kind: 'duplicate' },
];

/** Several faults at once, at random places: what no list of single crashes thinks of. The same seed makes the same run. */
export function randomScenario(seed: number): Scenario {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const count = 3 + Math.floor(random() * 8);
  const faults = Array.from({ length: count }, (): Fault => {
    const when = random() < 0.5 ? 'before' : 'after';
    const operation = pick(OPERATIONS);
    const effect = pick(EFFECTS);
    // Lambda kills a function at its time-out, so one that froze right before a call does not send it minutes later.
    const frozen = operation === 'call' && when === 'before' && effect.kind === 'hang';
    const skip = Math.floor(random() * 12);
    const times = 1 + Math.floor(random() * 3);
    return { when, operation, skip, times, effect: frozen ? { kind: 'hang', seconds: 20 } : effect };
  });
  return { name: `random faults, seed ${seed}`, seed, faults, quietHours: 3 };
}

export const RANDOM_SCENARIOS: readonly Scenario[] = Array.from({ length: 40 }, (_, index) =>
  randomScenario(index + 1),
);
