import type { Timing } from '../eks/operation-context.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import type { StackPlace } from './deployments.ts';
import type { Assembly } from './template/assembly.ts';

export interface CloudOptions {
  readonly assembly: Assembly;
  readonly stacks: readonly StackPlace[];
  /** The state of the fake EKS when no earlier run was kept. */
  readonly eksState: FakeEksState;
  readonly start: Date;
  readonly seed: number;
  readonly timing?: Partial<Timing>;
  /** Simulated seconds per real second; without a limit when absent. */
  readonly speed?: number;
  /** The port of the services; a free one when absent. */
  readonly port?: number;
  /** Whether functions run in this thread, which is faster and smaller but has no memory limit. When absent, each has a thread of its own. */
  readonly functionsHere?: boolean;
  /** Accounts of the organization that the hub belongs to. */
  readonly accounts: readonly string[];
  /** Id of that organization; a generated one when absent. */
  readonly organizationId?: string;
  /** Keeps all state in this folder, and continues from it; in memory when absent. */
  readonly stateFolder?: string;
  /** Reports what a user must see at once: an operation that is not modelled, an event that was lost. */
  readonly onNote: (note: string) => void;
}
