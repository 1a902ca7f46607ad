import { breakGlassOfCluster } from '../../core/operations/break-glass.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { recoverAfterRestore } from '../../core/operations/restore.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { ClusterControls, Grants, Intents, Members, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import type { World } from '../../simulator/process/world.ts';
import { ANA, at, keyOf, spec } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const HOUR = 3_600_000;

/** A hop of `p` fails half-way, is retried, goes on under a broken glass, and its rollout is aborted. */
const STORY: readonly [string, (world: World) => Promise<unknown>][] = [
  ['the failure', (world) => hours(world, 4)],
  ['the retry', async (world) => retryCluster(world.ports, await keyOf(world, 'p'), PERSON)],
  [
    'the glass is broken',
    async (world) =>
      breakGlassOfCluster(world.ports, await recordOf(world, 'p'), { by: ANA, reason: 'x', milliseconds: HOUR }),
  ],
  ['the pause', async (world) => pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'wait')],
  ['the resumption', async (world) => resumeRollout(world.ports, await rolloutIdOf(world), PERSON)],
  ['the next try begins', (world) => hours(world, 0.2)],
  ['it goes on', (world) => hours(world, 0.5)],
  ['the abort', async (world) => abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'enough')],
  ['an hour goes by', (world) => hours(world, 1)],
];
const LAST = STORY.length - 1;

const fleet = () =>
  smallFleet({
    clusters: [
      ...staged('dev', ['d'], '1.35'),
      { name: 'p', version: '1.35', tags: { stage: 'dev' }, nodegroups: [{ name: 'one' }, { name: 'two' }] },
      ...staged('prod', ['q', 'r'], '1.35'),
    ],
    policy: {
      ...spec(at('dev', { maxConcurrency: 2, failureBudget: { maxFailures: 0 } }), { name: 'rest' }),
      target: '1.36',
    },
    prepare: (state) =>
      void state.plannedFailures.push({
        clusterName: 'p',
        nodegroupName: 'one',
        type: 'VersionUpdate',
        errorCode: 'NodeCreationFailure',
        errorMessage: 'no nodes',
      }),
  });

const DECIDED: readonly string[] = [Rollouts, Waves, Members, Upgrades, Intents, Grants, ClusterControls].map(
  ({ kind }) => kind,
);

/** Everything that was decided or ordered, but for what the epoch has made void: which nested executions a grant waits for. */
async function decidedIn({ table }: World): Promise<unknown[]> {
  const items = await Promise.all(DECIDED.map((kind) => table.queryKind(kind)));
  return items.flat().map(({ pk, sk, data }) => [pk, sk, { ...(data as object), children: [] }]);
}

test.each(
  [5, LAST].flatMap((end) =>
    STORY.slice(0, end + 1).map(([name], point) => [name, STORY[end]?.[0], point, end] as const),
  ),
)('a table restored to before %s, when all is told up to "%s", says what it said', async (_, __, point, end) => {
  const world = await fleet();
  await hours(world, 0.2);
  let copy = world.table.snapshot();
  let restoredTo = world.clock.now();
  for (const [index, [, happen]] of STORY.slice(0, end + 1).entries()) {
    if (index === point) [copy, restoredTo] = [world.table.snapshot(), world.clock.now()];
    await happen(world);
  }
  world.switchedOff = true;
  const mutatorsOffSince = world.clock.now();
  await hours(world, 2 / 60);
  const before = await decidedIn(world);
  expect(before.length).toBeGreaterThan(10);
  world.table.resetTo(copy);
  await recoverAfterRestore(world, { restoredTo, mutatorsOffSince, by: PERSON });
  expect(await decidedIn(world)).toEqual(before);
});
