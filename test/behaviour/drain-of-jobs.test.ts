import { cancelDrain } from '../../core/operations/request-drain.ts';
import { cordoned, drain, drainedShop, drainsOf } from './drained-shop.ts';
import { minutes, recordOf } from './small-fleet.ts';

test('a pod that is to complete is waited for beyond podTimeout and all looks of one execution, by name, until somebody cancels', async () => {
  const rules = [{ selector: { matchLabels: { app: 'api' } }, action: 'waitUntilCompleted' }];
  const world = await drainedShop([], { policy: { drain: { pause: '0s', podTimeout: '10m', rules } } });
  await drain(world);
  await minutes(world, 14 * 60);
  const [{ status = 'none', steps = {} } = {}] = await drainsOf(world);
  expect(status).toBe('Running');
  expect(steps['drain-nodes/legacy']?.reasons[0]).toMatchObject({
    code: 'DrainAwaitsCompletion',
    message: expect.stringMatching(/^Pod shop\/api-.* for 8\d\d min: a rule waits until it has completed\.$/),
  });
  expect(world.bus.published.filter(({ event }) => event.type === 'DrainBlocked')).toHaveLength(1);
  await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no time for that');
  await minutes(world, 5);
  expect([cordoned(world), (await drainsOf(world))[0]?.status]).toEqual([[], 'Canceled']);
});
