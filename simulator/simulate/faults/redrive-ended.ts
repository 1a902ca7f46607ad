import { STARTED_BY } from '../../../core/contracts/step-input.ts';
import type { World } from '../../process/world.ts';
import { tried } from '../people/tried.ts';
import type { Later } from './later.ts';
import { openGrants } from './people.ts';
import type { FaultOf } from './planned-fault.ts';

/** Redrives the next execution that ends without success, of an upgrade or nested in one. */
export function redriveEnded(world: World, { minutes, nested }: FaultOf<'redriven'>, later: Later): void {
  const before = world.onEnded;
  let isArmed = true;
  world.onEnded = (execution) => {
    before(execution);
    const { executionArn, input, redriveStatus } = execution;
    if (!isArmed || redriveStatus !== 'REDRIVABLE' || input.includes(STARTED_BY) !== nested) return;
    isArmed = false;
    // Somebody may have redriven it meanwhile, and it runs again or has succeeded.
    later(minutes, async () => void (await tried(world.runner.redriveExecution({ executionArn }))));
  };
}

/** Stops the newest upgrade, or what runs nested in it. */
export async function stopToRedrive(world: World, { nested }: FaultOf<'redriven'>): Promise<void> {
  const granted = (await openGrants(world)).flatMap(({ holder, children }) => (nested ? children : [holder]));
  const executionArn = granted.findLast((arn) => statusOf(world, arn) === 'RUNNING');
  if (executionArn !== undefined) await tried(world.runner.stopExecution({ executionArn, error: 'StoppedByHand' }));
}

/** Undefined for an execution that was granted and has not been started. */
function statusOf({ runner }: World, executionArn: string): string | undefined {
  try {
    return runner.describeExecution(executionArn).status;
  } catch {
    return undefined;
  }
}
