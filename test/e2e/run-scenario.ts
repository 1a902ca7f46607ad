import { readFileSync } from 'node:fs';
import { parseConfig } from '../../core/config/parse-config.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { type PreparedFleet, prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { startFleet } from '../../simulator/process/start-fleet.ts';
import type { World } from '../../simulator/process/world.ts';
import { differences, type EndState, endState } from './end-state.ts';
import type { Scenario } from './scenario.ts';

export interface Outcome {
  readonly scenario: string;
  readonly problems: readonly string[];
  readonly end: EndState;
  readonly world: World;
}

export const EXAMPLE_FLEET = new URL('../../examples/fleet/', import.meta.url).pathname;

/** Virtual time in which every run of the example fleet comes to rest, people's delays in scenarios included. */
const DAYS = 21;

/** Its own policies make people and calendars wait; here it goes without them, so that hundreds of runs stay short. */
function withPolicies(prepared: PreparedFleet, folder: string): PreparedFleet {
  if (folder !== EXAMPLE_FLEET) return prepared;
  const path = new URL('policies.yaml', import.meta.url);
  const { policies } = parseConfig([{ path: path.pathname, text: readFileSync(path, 'utf8') }]);
  return { ...prepared, policies, others: [] };
}

/** Runs the example fleet under one scenario and judges where it ends against the run without faults. */
export async function runScenario(
  scenario: Scenario,
  expected: EndState | undefined,
  folder = EXAMPLE_FLEET,
): Promise<Outcome> {
  const faults = new Faults(scenario.faults);
  const prepared = withPolicies(await prepareFleet(folder), folder);
  const world = await startFleet(prepared, { seed: scenario.seed ?? 1, around: faults.around });
  faults.attach(world);
  await scenario.prepare?.(world);
  const problems: string[] = [];
  const rested = await runWorld(world, {
    until: new Date(prepared.loaded.now.getTime() + DAYS * 86_400_000),
    quietHours: scenario.quietHours ?? 3,
  });
  if (!rested) problems.push(`it did not come to rest within ${DAYS} days`);
  if (scenario.faults.length > 0 && faults.hits.length === 0)
    problems.push('its fault was never reached, so it proves nothing');
  problems.push(...(await checkInvariants(world)).map((violation) => `${violation.invariant}: ${violation.message}`));
  problems.push(...world.queue.deadLetters.map((letter) => `dead letter: ${letter.body}`));
  const end = await endState(world);
  if (expected !== undefined && scenario.compare !== false) problems.push(...differences(expected, end));
  problems.push(...((await scenario.check?.(world)) ?? []));
  return { scenario: scenario.name, problems, end, world };
}
