import type { Move, NodeOwner, OwnerTypes } from '../../core/nodes/node-owner.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';

/** How the unit is found: its nodes at a minor, under a control plane that has come to its own by an upgrade two days ago. */
export interface Situation {
  readonly controlPlane: string;
  readonly nodesAt: string;
  /** 4 where nothing is said. */
  readonly nodes?: number;
  readonly zones?: number;
  /** `broken`: an update has failed and left half of the nodes at this minor. */
  readonly broken?: { readonly half: string };
  readonly state?: 'being created' | 'being deleted' | 'never made';
  /** Minors that nobody has an image of. */
  readonly noImageOf?: string;
  /** What is set on it, as the owner of the nodes has it. */
  readonly set?: 'new nodes first, 2 at once' | 'old nodes first, 2 at once' | 'a quarter at once';
}

/** One unit with the fake cluster that it is of. Time goes by in `send` alone. */
export interface UnitWorld<T extends OwnerTypes> {
  /** For a way to this minor. @param atOnce what the policy wants, where it says something */
  observe(minor: string, atOnce?: number): Promise<T['unit']>;
  /** A unit of this name, which there is none of. */
  observeOther(name: string): Promise<T['unit']>;
  /** Makes a call and lets it come to its end; `look` is told each minute how many nodes are Ready. */
  send(call: T['call'], look?: (ready: number) => void): Promise<void>;
  /** Somebody who is not Liftlock begins to change it, and is not done. */
  changedByOthers(): void;
  /** Sets what a plan wants, and gives the journal's entry of it. */
  set(plan: T['plan']): Promise<T['entry']>;
  undo(undo: T['undo']): Promise<void>;
  /** Somebody sets what neither the unit had nor Liftlock has set. */
  setByOthers(): Promise<void>;
  /** Minors of its nodes' kubelets. */
  kubelets(): string[];
  /** All that the fake has of it but its updates and times, for a diff. */
  state(): unknown;
}

export interface NodeOwnerUnderTest<T extends OwnerTypes> {
  readonly name: string;
  readonly owner: NodeOwner<T>;
  begin(situation: Situation): UnitWorld<T>;
}

/** More calls than any kind needs for one way. */
const MOST_CALLS = 4;

/** Goes on until nothing is left to do; gives the names of the calls and how it ended. */
export async function goTo<T extends OwnerTypes>(
  { owner }: NodeOwnerUnderTest<T>,
  world: UnitWorld<T>,
  way: 'roll' | 'takeBack',
  version: string,
  look?: (ready: number) => void,
): Promise<{ readonly calls: readonly T['call'][]; readonly end: Move<T['call']> }> {
  const target = KubeVersion.parse(version);
  const calls: T['call'][] = [];
  for (;;) {
    const end = owner[way](await world.observe(version), target);
    if (end.type !== 'call' || calls.length === MOST_CALLS) return { calls, end };
    calls.push(end.call);
    await world.send(end.call, look);
  }
}
