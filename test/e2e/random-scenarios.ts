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

interface Storm {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** How many matching operations pass before a fault strikes, at most: small numbers strike the first clusters again and again. */
  readonly skips: number;
}

const SHOWER: Storm = { name: 'random faults', least: 3, most: 10, skips: 12 };
const STORM: Storm = { name: 'a storm of faults', least: 10, most: 39, skips: 5 };

/** Several faults at once, at random places: what no list of single crashes thinks of. The same seed makes the same run. */
export function randomScenario(storm: Storm, seed: number): Scenario {
  const random = seededRandom(seed * 7919);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const count = storm.least + Math.floor(random() * (storm.most - storm.least + 1));
  const faults = Array.from({ length: count }, (): Fault => {
    const when = random() < 0.5 ? 'before' : 'after';
    const operation = pick(OPERATIONS);
    const effect = pick(EFFECTS);
    // Lambda kills a function at its time-out, so one that froze right before a call does not send it minutes later.
    const frozen = operation === 'call' && when === 'before' && effect.kind === 'hang';
    const skip = Math.floor(random() * storm.skips);
    const times = 1 + Math.floor(random() * 3);
    return { when, operation, skip, times, effect: frozen ? { kind: 'hang', seconds: 20 } : effect };
  });
  return { name: `${storm.name}, seed ${seed}`, seed, faults, quietHours: 3 };
}

const seeds = (storm: Storm, from: number, count: number): Scenario[] =>
  Array.from({ length: count }, (_, index) => randomScenario(storm, from + index));

export const RANDOM_SCENARIOS: readonly Scenario[] = [...seeds(SHOWER, 1, 30), ...seeds(STORM, 3000, 25)];
