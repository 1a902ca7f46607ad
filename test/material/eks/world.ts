import { emptyState } from '../../../simulator/eks/empty-state.ts';
import { FakeEks, type FakeEksOptions } from '../../../simulator/eks/fake-eks.ts';
import type { Caller } from '../../../simulator/eks/operation-context.ts';
import type { OperationInput, OperationName, OperationOutput } from '../../../simulator/eks/operations/catalog.ts';
import { seededRandom } from '../../../simulator/eks/seeded-random.ts';
import type { FakeEksState } from '../../../simulator/eks/state/fake-eks-state.ts';

/** The day of the tests: 1.34 is in standard support for 12 more days, 1.33 in extended support, 1.37 the newest. */
export const testDay = new Date('2026-11-20T08:00:00Z');

export const testCaller: Caller = {
  account: '111111111111',
  region: 'eu-central-1',
  principal: 'arn:aws:sts::111111111111:assumed-role/LiftlockSpoke/upgrade',
};

/** A fake EKS with a clock that the test moves. */
export function testWorld(prepare: (state: FakeEksState) => void, options: Partial<FakeEksOptions> = {}) {
  const state = emptyState(testDay);
  prepare(state);
  const fake = new FakeEks(state, { random: seededRandom(7), ...options });
  let now = testDay.getTime();
  return {
    fake,
    state,
    now: () => new Date(now),
    call<N extends OperationName>(name: N, input: OperationInput<N>, caller: Caller = testCaller): OperationOutput<N> {
      return fake.operation(name, input, caller, new Date(now));
    },
    pass(minutes: number): void {
      now += minutes * 60_000;
      fake.advance(new Date(now));
    },
    /** Passes the time until nothing is in progress any more. */
    settle(): void {
      const busy = () =>
        Object.values(state.clusters).some((cluster) => cluster.updates.some((each) => each.status === 'InProgress'));
      for (let minutes = 0; busy() && minutes < 20_000; minutes++) this.pass(1);
    },
  };
}

/** The name of the error that the call ends with; `none` when it is accepted. */
export function refusal(call: () => unknown): string {
  try {
    call();
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
