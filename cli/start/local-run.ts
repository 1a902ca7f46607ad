import type { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';
import type { PreparedFleet } from '../../simulator/process/prepare-fleet.ts';
import type { RunView } from '../../simulator/process/run-view.ts';
import type { PersonActs } from '../../simulator/process/stand-in-people.ts';
import type { RunOptions } from '../../simulator/process/until-rest.ts';

interface LocalRunOptions {
  readonly seed: number;
  readonly speed?: number;
  /** The port to serve at; 0 is a free port. When absent, a run in one process serves nothing, and the local cloud takes a free port. */
  readonly port?: number;
  readonly onNote: (note: string) => void;
}

/** A fleet on this machine, in one process or in the local cloud. */
export interface LocalRun extends RunView {
  readonly clock: VirtualClock;
  /** Called for each event that Liftlock publishes. */
  onEvent: (published: PublishedEvent) => void;
  /** Runs until the fleet is at rest; returns whether it is. */
  untilRest(options: RunOptions): Promise<boolean>;
  /** The actions of a user of this machine. */
  readonly person: PersonActs;
  /** Lines to print before it runs, about where and what it is. */
  readonly introduction: readonly string[];
  /** Lines to print after the report of this kind of run; `ok` tells whether it counts as a success. */
  conclusion(): Promise<{ readonly lines: readonly string[]; readonly ok: boolean }>;
  /** Export lines to reach it while it runs; empty when it serves nothing. */
  readonly exports: readonly string[];
  close(): Promise<void>;
}

export type StartLocalRun = (prepared: PreparedFleet, options: LocalRunOptions) => Promise<LocalRun>;
