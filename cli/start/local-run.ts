import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';
import type { PreparedFleet } from '../../simulator/process/prepare-fleet.ts';
import type { RunView } from '../../simulator/process/run-view.ts';
import type { PersonActs } from '../../simulator/process/stand-in-people.ts';
import type { RunOptions } from '../../simulator/process/until-rest.ts';

interface LocalRunOptions {
  readonly seed: number;
  readonly speed?: number;
  /** Where to serve; 0 = a free port. Absent: in one process nothing is served, the local cloud takes a free port. */
  readonly port?: number;
  readonly onNote: (note: string) => void;
}

/** A fleet on this machine, in one process or in the local cloud. */
export interface LocalRun extends RunView {
  readonly clock: VirtualClock;
  /** What Liftlock publishes from now on. */
  onEvent: (published: PublishedEvent) => void;
  /** Runs until the fleet is at rest; gives whether it came to rest. */
  untilRest(options: RunOptions): Promise<boolean>;
  /** What a person of this machine does. */
  readonly person: PersonActs;
  /** What to say before it runs, about where and what it is. */
  readonly introduction: readonly string[];
  /** What is to be said of this kind of run after its report; `ok` is whether it counts as a success. */
  conclusion(): Promise<{ readonly lines: readonly string[]; readonly ok: boolean }>;
  /** How to reach it while it runs; empty when it serves nothing. */
  readonly exports: readonly string[];
  close(): Promise<void>;
}

export type StartLocalRun = (prepared: PreparedFleet, options: LocalRunOptions) => Promise<LocalRun>;
