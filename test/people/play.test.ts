import type { World } from '../../simulator/process/world.ts';
import { play } from './play.ts';

test('a fleet in which people have done things by chance is whole once somebody does what is printed', async () => {
  const { problems, history, followed } = await play(6, { days: 10 });
  expect(problems).toEqual([]);
  expect(history.length).toBeGreaterThan(5);
  expect(followed).toBeGreaterThan(0);
});

test('a cause that stays is told, with the clusters that are behind for it', async () => {
  const mend = (world: World): void => {
    for (const { tags } of Object.values(world.eks.state.clusters)) tags['liftlock/paused'] = 'true';
  };
  const { problems } = await play(2, { days: 0, rounds: 2, mend });
  expect(problems).toEqual([expect.stringContaining('does not come to an end')]);
  expect(problems[0]).toContain("The cluster's tag liftlock/paused keeps Liftlock away from it.");
});

test('a fleet that nobody has looked at is not whole', async () => {
  const mend = (world: World): void => {
    world.switchedOff = true;
  };
  const { problems } = await play(2, { days: 0, rounds: 1, mend });
  expect(problems[0]).toContain('0 of 5 clusters are in the inventory');
});
