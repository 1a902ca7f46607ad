import { Rollouts } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { PERSON, recordOf, smallFleet } from '../../test/behaviour/small-fleet.ts';
import { runWorld } from './run-world.ts';
import { personIn, StandInPeople } from './stand-in-people.ts';

const DAY = 86_400_000;

/** A cluster that no hop can begin for, one that every hop can, and the necessary actions of people in between. */
async function rehearsed(prod: object, nodegroup: object = {}) {
  const world = await smallFleet({
    clusters: [
      {
        name: 'old',
        version: '1.32',
        tags: { stage: 'dev' },
        nodegroups: [{ name: 'workers', amiType: 'AL2_x86_64' }],
      },
      { name: 'web', version: '1.36', tags: { stage: 'prod' }, nodegroups: [{ name: 'workers', ...nodegroup }] },
    ],
    policy: {
      target: '1.37',
      trigger: 'manual',
      waves: [
        { name: 'dev', selector: { matchLabels: { stage: 'dev' } }, failureBudget: { maxFailures: 1 } },
        { name: 'prod', ...prod },
      ],
    },
  });
  const people = new StandInPeople(world, personIn(world));
  const until = new Date(world.clock.now().getTime() + 7 * DAY);
  const rested = await runWorld(world, { until, quietHours: 1, onRest: () => people.act() });
  const [rollout] = await loadKind(world.table, Rollouts);
  return { rested, said: people.said, status: rollout?.status, version: (await recordOf(world, 'web')).version };
}

const created = 'The policy policy-0 has trigger: manual; its rollout was created as a person would.';
const promoted = 'The wave dev of the policy policy-0 ended undecided, and was promoted as a person would.';
const approved = 'The wave prod of the policy policy-0 waited for an approval, and was approved as a person would.';

test('one rehearsal judges every cluster: what waits for a person goes on as if there were one, and that is said', async () => {
  expect(await rehearsed({ approval: { approvals: 1 } })).toEqual({
    rested: true,
    said: [created, promoted, approved],
    status: 'Completed',
    version: '1.37',
  });
});

test('a wave that asks for two approvals is given both, by two people', async () => {
  const { said, version } = await rehearsed({ approval: { approvals: 2 } });
  expect([version, said[2]]).toEqual([
    '1.37',
    'The wave prod of the policy policy-0 waited for 2 approvals, and was approved as so many people would.',
  ]);
});

test('what nobody here may do is tried once, and is said with why it was refused', async () => {
  const { rested, said, version } = await rehearsed({ approval: { approvals: 1, from: [PERSON] } });
  expect([rested, version, said.slice(0, 2)]).toEqual([true, '1.36', [created, promoted]]);
  expect(said).toHaveLength(3);
  expect(said[2]).toContain(`${approved} It was refused: `);
});

const looked =
  'The wave prod of the policy policy-0 waited for looks at its clusters (requireReady), and each was scanned as a person would.';

test('a wave that waits for looks gets them before its approval, and opens', async () => {
  expect(await rehearsed({ requireReady: '24h', approval: { approvals: 1 } })).toEqual({
    rested: true,
    said: [created, promoted, looked, approved],
    status: 'Completed',
    version: '1.37',
  });
});

test('a wave whose cluster is not ready waits as it would, and the rehearsal ends', async () => {
  const wave = { requireReady: '24h', approval: { approvals: 1 } };
  const { rested, said, version } = await rehearsed(wave, { amiType: 'AL2_x86_64' });
  expect([rested, version, said]).toEqual([true, '1.36', [created, promoted, looked, approved]]);
});
