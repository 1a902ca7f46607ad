import type { World } from '../../process/world.ts';
import { openGrants } from './people.ts';
import type { FaultOf } from './planned-fault.ts';

/** Lets an execution under the newest grant come to the end of its history: its next event fails it. */
export async function fillHistory(world: World, { nested }: FaultOf<'history-limit'>): Promise<void> {
  const [grant] = (await openGrants(world)).slice(-1);
  const executionArn = nested ? grant?.children.at(-1) : grant?.holder;
  if (executionArn !== undefined) world.runner.fillHistory(executionArn);
}
