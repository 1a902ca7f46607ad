import type { World } from '../../simulator/process/world.ts';
import { applySpec } from './changed-policy.ts';
import { answering, hook, URL } from './hooked-fleet.ts';
import { hours, rolloutsOf, smallFleet } from './small-fleet.ts';

const cluster = (name: string) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }], tags: { stage: name } });
const waves = ['dev', 'prod'].map((name) => ({ name, selector: { matchLabels: { stage: name } } }));
const replans = async (world: World) =>
  (await world.auditTimeline()).filter(({ event }) => event === 'RolloutReplanned').length;

test.each(['before', 'after'] as const)(
  'a hook %s a wave that says wait for hours is asked one question, changes no plan, and halts the rollout when its time is over',
  async (when) => {
    const world = await smallFleet({
      clusters: [cluster('dev'), cluster('prod')],
      policy: { waves, hooks: [hook(when, 'wave', { timeout: '4h' })] },
    });
    const asked = answering(world, { answer: 'wait', message: 'the board meets on Friday' });
    await hours(world, 13);
    const keys = new Set(asked.map(({ key }) => key)).size;
    expect([keys, await replans(world), (await rolloutsOf(world))[0]?.status]).toEqual([1, 0, 'Halted']);
  },
);

test('a policy that changes nothing of the plan has nobody asked anew, and what was said counts under the number that the plan has by then', async () => {
  const spec = (more: object) => ({
    ...{ selector: {}, target: 'latest', trigger: 'automatic' },
    waves: waves.map((one) => ({ ...one, ...more })),
    hooks: [hook('before', 'wave', { name: 'a', timeout: '4h' }), hook('before', 'wave', { name: 'b', timeout: '4h' })],
  });
  const world = await smallFleet({ clusters: [cluster('dev'), cluster('prod')], policy: spec({}) });
  const asked: string[] = [];
  world.hooks.set(URL, ({ key, hook: name, wave }) => {
    asked.push(`${name} ${wave} ${key}`);
    return JSON.stringify({ schema: 'liftlock.hook/v1', answer: name === 'a' || wave === 'dev' ? 'go' : 'wait' });
  });
  await hours(world, 3);
  const ofProd = () => new Set(asked.filter((one) => / prod /.test(one)));
  expect(ofProd().size).toBe(2);
  await applySpec(world, spec({ maxConcurrency: 2 }));
  await hours(world, 1);
  const [plans, questions] = [await replans(world), ofProd().size];
  expect([plans, questions]).toEqual([1, 2]);
});
