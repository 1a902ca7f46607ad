import { retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { ownerReport } from '../../core/queries/owner-report.ts';
import type { World } from '../../simulator/process/world.ts';
import { groupsOf } from './changed-policy.ts';
import { hours, mutationsOf, PERSON, recordOf, rolloutIdOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

/** AWS has moved the control plane of `left` by force, more than once, and its nodes stay where they were. */
const fleet = (version: string, nodes: string, policy: Record<string, unknown>) =>
  smallFleet({ clusters: [{ name: 'left', version, nodegroups: [{ name: 'workers', version: nodes }] }], policy });
const endsOf = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
const callsOf = (world: World) => mutationsOf(world).map(({ operation }) => operation);
async function saidOf(world: World) {
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, 'left'));
  return [state, reasons.map(({ code }) => code), when.condition] as const;
}

test('nodes that are older than their API server may be are brought up, since a finish repairs just that', async () => {
  const world = await fleet('1.37', '1.33', { finish: 'always' });
  await run(world);
  expect(await endsOf(world)).toEqual(['1.37-1.37 Succeeded']);
  expect([callsOf(world), groupsOf(world, 'left')]).toEqual([['UpdateNodegroupVersion'], ['1.37']]);
  expect((await saidOf(world))[0]).toBe('UpToDate');
});

test('nodes that would stop the next hop follow before it, and the next rollout makes the hop', async () => {
  const world = await fleet('1.36', '1.33', { finish: 'always' });
  await run(world);
  expect(await endsOf(world)).toEqual(['1.36-1.36 Succeeded', '1.36-1.37 Succeeded']);
  expect(callsOf(world).slice(0, 3)).toEqual([
    'UpdateNodegroupVersion',
    'UpdateClusterVersion',
    'UpdateNodegroupVersion',
  ]);
  expect((await saidOf(world))[0]).toBe('UpToDate');
});

test('where the policy only proposes it, the hop is blocked and explain names the rollout that brings the nodes first', async () => {
  const world = await fleet('1.36', '1.33', { finish: 'propose' });
  await run(world);
  expect([await endsOf(world), callsOf(world)]).toEqual([['1.36-1.37 Blocked'], []]);
  const id = await rolloutIdOf(world);
  const [state, codes, condition] = await saidOf(world);
  expect([state, codes.slice(0, 2)]).toEqual(['Blocked', ['NodesBehind', 'VersionSkew']]);
  expect(condition).toBe(
    `An approver looks at the wave all and runs: liftlock rollout promote ${id} --reason WHY, and then somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run); once its nodes have followed, somebody removes the cause and runs: liftlock retry cluster left`,
  );
  await promoteRollout(world.ports, id, PERSON, 'only left is in it');
  await run(world);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  await run(world);
  expect(await endsOf(world)).toEqual(['1.36-1.36 Succeeded', '1.36-1.37 Blocked']);
  // The cause is gone, and what blocked the hop is tried again as everything is that ended blocked.
  expect((await saidOf(world))[2]).toBe('Somebody removes the cause and runs: liftlock retry cluster left');
  await retryCluster(world.ports, (await recordOf(world, 'left')).clusterKey, PERSON);
  await run(world);
  expect((await saidOf(world))[0]).toBe('UpToDate');
});

const BEHIND =
  'The control plane of left is at 1.36, and nodes are behind: workers is at 1.33 and stops the hop to 1.37.';
const TOO_OLD =
  'kubelet on workers is 1.33, 4 minors older than an API server at 1.37; at most 3 are allowed. Update it first.';

test.each([
  ['always', `${BEHIND} The next rollout of policy-0 takes it in (by hand: liftlock rollout create policy-0).`],
  ['propose', `${BEHIND} Somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run).`],
  ['never', TOO_OLD],
])(
  'where the policy says finish: %s the owner of the cluster is told who brings its nodes up',
  async (finish, said) => {
    const nodegroups = [{ name: 'workers', version: '1.33' }];
    const clusters = [{ name: 'left', version: '1.36', nodegroups, tags: { team: 'shop' } }];
    const world = await smallFleet({ clusters, policy: { finish }, mode: 'observe' });
    await hours(world, 3);
    await world.invoke('refresh-readiness', {});
    const news = world.bus.published.flatMap(({ event }) => (event.type === 'OwnerNews' ? event.detail.news : []));
    expect(news.map(({ what, reasons }) => [what, ...reasons.map(({ message }) => message)])).toEqual([
      ['blocked', said],
    ]);
    const { items } = await ownerReport(world.ports, 'shop');
    expect(items.filter(({ what }) => what === said).map(({ target, fixes }) => [target, fixes])).toEqual([
      ['1.37', []],
    ]);
  },
);

test('a policy that finishes nothing leaves it to a person', async () => {
  const world = await fleet('1.36', '1.33', { finish: 'never' });
  await run(world);
  expect([await endsOf(world), callsOf(world)]).toEqual([['1.36-1.37 Blocked'], []]);
  expect((await saidOf(world))[2]).toBe('Somebody removes the cause and runs: liftlock retry cluster left');
});

test('a finish that was blocked waits for a retry: no rollout takes it up by itself after the one that tried it', async () => {
  const group = { name: 'workers', version: '1.32', amiType: 'AL2_x86_64' };
  const world = await smallFleet({
    clusters: [{ name: 'left', version: '1.35', nodegroups: [group] }],
    policy: { target: '1.36', finish: 'always' },
  });
  await run(world);
  expect([await endsOf(world), callsOf(world)]).toEqual([['1.35-1.35 Blocked'], []]);
  const retry = 'Somebody removes the cause and runs: liftlock retry cluster left';
  expect((await saidOf(world))[2]).toBe(retry);
  await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'only left is in it');
  await run(world);
  expect([await endsOf(world), (await saidOf(world))[2]]).toEqual([['1.35-1.35 Blocked'], retry]);
});

test('an owner is not told that the next rollout brings nodes up which a finish has not', async () => {
  const nodegroups = [{ name: 'workers', version: '1.32', amiType: 'AL2_x86_64' }];
  const world = await smallFleet({
    clusters: [{ name: 'left', version: '1.35', nodegroups, tags: { team: 'shop' } }],
    policy: { target: '1.36', finish: 'always' },
  });
  await run(world);
  expect(await endsOf(world)).toEqual(['1.35-1.35 Blocked']);
  const { items } = await ownerReport(world.ports, 'shop');
  expect(items.map(({ what }) => what)).toContainEqual(
    expect.stringMatching(
      / which ended Blocked\. What goes on with it says: liftlock explain cluster 111111111111\.eu-central-1\.left$/,
    ),
  );
});
