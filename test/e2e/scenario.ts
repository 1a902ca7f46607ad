import type { Fault } from '../../simulator/faults/fault.ts';
import type { World } from '../../simulator/process/world.ts';

/** A run of the example fleet with something going wrong in it. */
export interface Scenario {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly seed?: number;
  readonly prepare?: (world: World) => Promise<void>;
  /** Hours without a move after which the run ends; longer than any delay that the scenario makes. */
  readonly quietHours?: number;
  /** False where the scenario itself changes what the end should be; `check` then says what must hold. */
  readonly compare?: boolean;
  readonly check?: (world: World) => Promise<string[]>;
}
