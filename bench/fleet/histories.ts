import { MACHINE_NAMES, type MachineName } from '../../core/contracts/names.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';

/** History events of the longest execution of each machine, and how many waits it made. */
export function longestHistories(world: World): { machine: MachineName; events: number; waits: number }[] {
  return MACHINE_NAMES.map((machine) => {
    const { executions } = world.runner.listExecutions({ machineArn: `${MACHINE_ARN_PREFIX}${machine}` });
    const counts = executions.map(({ executionArn }) => countOf(world, executionArn));
    const longest = counts.sort((a, b) => b.events - a.events)[0];
    return { machine, events: longest?.events ?? 0, waits: longest?.waits ?? 0 };
  });
}

function countOf(world: World, executionArn: string): { events: number; waits: number } {
  let events = 0;
  let waits = 0;
  let nextToken: string | undefined;
  do {
    const page = world.runner.getExecutionHistory({ executionArn, ...(nextToken === undefined ? {} : { nextToken }) });
    events += page.events.length;
    waits += page.events.filter((event) => event.type === 'WaitStateEntered').length;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return { events, waits };
}
