import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { apply, at, spec } from './changed-policy.ts';
import { hours, PERSON, rolloutIdOf, smallFleet } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

const said = ({ message }: Error): string => message;
const approval = { approval: { approvals: 1 } };

async function halted() {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('dev'), at('prod', approval)),
    prepare: failing('d'),
  });
  await hours(world, 3);
  return { world, id: await rolloutIdOf(world) };
}

test('a halted rollout whose policy has changed tells to resume it, as that is not refused, and not to approve a wave', async () => {
  const { world, id } = await halted();
  await apply(world, at('dev'), at('prod', { ...approval, soak: '1h' }));
  await hours(world, 1);
  const { standings = [] } = await loadRolloutDetail(world.table, id, world.clock.now());
  const refused = await voteOnWave(world.ports, id, 'prod', { decision: 'Approved', by: PERSON }).catch(said);
  expect(refused).toMatch(new RegExp(`First: liftlock rollout resume ${id} --accept-failures$`));
  expect(standings.flatMap(({ approvalReasons }) => approvalReasons.map(({ message }) => message))).toEqual([refused]);
  const resumed = await resumeRollout(world.ports, id, PERSON, 'seen', { acceptFailures: true });
  expect(resumed.status).toBe('Running');
});

test('what a rejection is refused with names no pause that is refused', async () => {
  const { world, id } = await halted();
  const refused = await voteOnWave(world.ports, id, 'dev', { decision: 'Rejected', by: PERSON }).catch(said);
  expect(refused).toBe('The wave dev asks for no approval: its policy says none.');
  expect(await pauseRollout(world.ports, id, PERSON, 'why').catch(said)).toMatch(/only Planned or Running/);
});
