import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import type { Timing } from '../eks/timing.ts';
import type { StackPlace } from './deployments.ts';
import type { Assembly } from './template/assembly.ts';

export interface CloudOptions {
  readonly assembly: Assembly;
  readonly stacks: readonly StackPlace[];
  /** Of the fake EKS when nothing is kept from an earlier run. */
  readonly eksState: FakeEksState;
  readonly start: Date;
  readonly seed: number;
  readonly timing?: Partial<Timing>;
  /** Simulated seconds per real second; absent = as fast as it goes. */
  readonly speed?: number;
  /** Of the services; absent = a free one. */
  readonly port?: number;
  /** Whether functions run in this thread: quicker and smaller, but none has a limit of memory. Absent = each has a thread of its own. */
  readonly functionsHere?: boolean;
  /** Accounts of the organization that the hub belongs to. */
  readonly accounts: readonly string[];
  /** Of that organization; absent = an id of its own. */
  readonly organizationId?: string;
  /** Keeps everything in this folder, and goes on from it. Absent = in memory. */
  readonly stateFolder?: string;
  /** Something that whoever watches must see at once: an operation that is not modelled, an event that got lost. */
  readonly onNote: (note: string) => void;
}
