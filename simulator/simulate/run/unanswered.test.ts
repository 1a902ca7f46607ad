import { run, smallFleet } from '../../../test/behaviour/small-fleet.ts';
import { unanswered } from './run-simulation.ts';

test('a run whose functions make no mistake, and whose clusters are explained, is answered', async () => {
  const world = await smallFleet({ clusters: [{ name: 'web', version: '1.36' }] });
  await run(world);
  expect(await unanswered(world)).toEqual([]);
  const fault = { at: world.clock.now(), function: 'scan-cluster' as const };
  world.faults.push({ ...fault, error: Object.assign(new Error('no'), { name: 'ThrottlingException' }) });
  expect(await unanswered(world)).toEqual([]);
  world.faults.push({ ...fault, error: new TypeError('undefined is not a function') });
  expect(await unanswered(world)).toMatchObject([{ invariant: 'answered' }]);
});
