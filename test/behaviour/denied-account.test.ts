import { rolloutText } from '../../cli/verbs/rollout-text.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { discover, hours, PERSON, smallFleet } from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const WHY = 'It cannot be read: AccessDeniedException: .*\\. Run: liftlock access check';

test('of a fleet whose only account is denied its rollout, and whoever asks for one, are told so, and what to run', async () => {
  const world = await smallFleet({ clusters: [web], policy: { trigger: 'manual' } });
  await hours(world, 1);
  const { id } = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  world.eks.state.deniedAccounts.push('111111111111');
  await discover(world);
  await hours(world, 2);
  const shown = { paint: (_: unknown, text: string) => text, now: world.clock.now() } as never;
  const lines = rolloutText(await loadRolloutDetail(world.table, id, world.clock.now()), shown);
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(` web +1\\.36 -> 1\\.37 +Excluded +${WHY}$`)));
  await abortRollout(world.ports, id, PERSON, 'denied');
  await expect(startRollout(world.ports, 'policy-0', PERSON, { dryRun: true })).rejects.toMatchObject({
    name: 'NothingToDo',
    message: expect.stringMatching(new RegExp(`excluded or held\\. web: ${WHY} Of one of them`)),
  });
});
