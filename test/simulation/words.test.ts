import type { Reason } from '../../core/contracts/step-result.ts';
import { planFaults } from '../../simulator/simulate/faults/plan-faults.ts';
import type { FaultLevel, PlannedFault } from '../../simulator/simulate/faults/planned-fault.ts';
import { clustersByName } from '../../simulator/simulate/fleet/synthetic-clusters.ts';
import { type PreparedSimulation, prepareSimulation } from '../../simulator/simulate/run/prepare-simulation.ts';
import { runSimulation } from '../../simulator/simulate/run/run-simulation.ts';
import { watchWords } from './watch-words.ts';

// Whole rollouts, on machines that may be busy.
jest.setTimeout(120_000);

const fleet = { clusters: 5, target: '1.37' };
/** Runs each seed with its faults. Gives what was said and not so, how many grants were compared, and what upgrades were blocked for. */
async function judged(
  seeds: readonly number[],
  isDisturbed: boolean,
  faultsOf: (seed: number, prepared: PreparedSimulation) => readonly PlannedFault[],
) {
  const messages: string[] = [];
  let granted = 0;
  const blocked: unknown[] = [];
  for (const seed of seeds) {
    const prepared = await prepareSimulation({ seed, fleet });
    const faults = [...faultsOf(seed, prepared)];
    let words: ReturnType<typeof watchWords> | undefined;
    const { result, world } = await runSimulation({ seed, fleet, faults }, prepared, {
      watch: (world) => {
        words = watchWords(world, isDisturbed);
        return words.violations;
      },
    });
    granted += words?.granted.length ?? 0;
    const ended = world.table.auditTimeline().filter(({ event }) => event === 'UpgradeBlocked');
    blocked.push(...ended.flatMap(({ detail }) => (detail.reasons as Reason[]).map(({ code }) => code)));
    messages.push(...result.violations.map(({ message }) => `seed ${seed}: ${message}`));
  }
  return { messages, granted, blocked };
}

test.each<[FaultLevel, readonly number[]]>([
  ['none', [1, 2]],
  ['heavy', [7]],
  ['heavy', [8]],
])(
  'what explain says of every cluster is what the next look does with it, with faults: %s, seeds %j',
  async (level, seeds) => {
    const { messages, granted } = await judged(seeds, level !== 'none', (seed, { state }) =>
      planFaults(level, seed, state),
    );
    expect(messages).toEqual([]);
    expect(granted).toBeGreaterThan(3);
  },
);

test('what blocks and goes away again is said as long as it stands', async () => {
  // The policy of the one fleet asks EKS alone, that of the other one looks into the cluster, too.
  const { messages, granted, blocked } = await judged([9, 14], false, (seed, { state }) =>
    clustersByName(state).flatMap(({ name: cluster }, index): PlannedFault[] => [
      { kind: 'blocked', by: seed === 9 ? 'insights' : 'budget', cluster, minute: index, minutes: 240 + seed },
      { kind: 'person', does: 'retry', minute: 250 + 30 * index, minutes: 0 },
    ]),
  );
  expect(messages).toEqual([]);
  expect(granted).toBeGreaterThan(3);
  expect(blocked).toEqual(expect.arrayContaining(['InsightUnknown', 'DrainStuck']));
});
