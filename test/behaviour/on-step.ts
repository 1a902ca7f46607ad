import type { World } from '../../simulator/process/world.ts';

/** Does something once, in an event of its own, when a step of a cluster gets a status. */
export function onStep(world: World, step: string, status: string, cluster: string, act: () => unknown): void {
  let done = false;
  const before = world.bus.onEvent;
  world.bus.onEvent = (published) => {
    before(published);
    const { event } = published;
    const isIt =
      event.type === 'StepChanged' &&
      event.detail.step === step &&
      event.detail.status === status &&
      event.detail.cluster.endsWith(`/${cluster}`);
    if (done || !isIt) return;
    done = true;
    world.clock.schedule(world.clock.now(), async () => void (await act()));
  };
}
