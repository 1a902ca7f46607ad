import { applyConfig } from '../../core/operations/apply-documents.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, clusterOf, fleetOf, groupsOf, lookAround, retag, spec } from './changed-policy.ts';
import {
  beforeCommit,
  hours,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const OTHER = '222222222222';
const ORGANIZATION = { organizationId: 'o-a1b2c3d4e5' };
const clusters = [...staged('dev', ['stays']), ...staged('dev', ['leaves']).map((one) => ({ ...one, account: OTHER }))];
const policy = { selector: {}, target: 'latest', trigger: 'automatic', waves: [{ name: 'dev', maxConcurrency: 10 }] };

const apply = async (world: World, more: object) => void (await applyConfig(world.ports, [fleetOf(more)], PERSON));
const both = { accounts: ['111111111111', OTHER] };
/** Two clusters in the inventory, and nothing planned: a policy that begins nothing by itself. */
async function known(more: object = {}): Promise<World> {
  const world = await smallFleet({ clusters, policy: { ...policy, trigger: 'manual' }, ...more });
  await hours(world, 1);
  return world;
}
const automatic = (world: World) => applySpec(world, policy);

test('a cluster of an account that is taken out of the Fleet is left alone, also by rollouts that are planned afterwards', async () => {
  const world = await known();
  await apply(world, {});
  await automatic(world);
  await run(world);
  expect([touched(world, 'stays'), touched(world, 'leaves')]).toEqual([true, false]);
  expect(await memberOf(world, 'leaves')).toMatchObject({ status: 'Excluded', reasons: [{ code: 'NotInFleet' }] });
  const { state, reasons } = await explainCluster(world.ports, await recordOf(world, 'leaves'));
  expect([state, reasons.map(({ code }) => code)]).toEqual(['Excluded', ['NotInFleet']]);
});

test('nothing is upgraded by hand in a Region that the Fleet does not name any more', async () => {
  const world = await known();
  await apply(world, { ...both, regions: ['us-east-1'] });
  await automatic(world);
  await hours(world, 12);
  expect(mutationsOf(world)).toEqual([]);
  const { refusals } = await requestUpgrade(world.ports, await recordOf(world, 'stays'), '1.37', PERSON, {
    approve: false,
  });
  expect(refusals.map(({ code }) => code)).toContain('NotInFleet');
});

test('an account of the organization is upgraded though no list names it', async () => {
  const world = await known(ORGANIZATION);
  Object.assign(world.ports, { organization: { listAccounts: async () => both.accounts } });
  await apply(world, { accounts: [], ...ORGANIZATION });
  await automatic(world);
  await hours(world, 12);
  expect([versionOf(world, 'stays'), versionOf(world, 'leaves')]).toEqual(['1.37', '1.37']);
});

test('an account that is taken out right before the first change keeps it from being made', async () => {
  const world = await smallFleet({
    clusters,
    policy,
    faults: [beforeCommit((one) => apply(one, {}).then(() => undefined))],
  });
  await run(world);
  expect([touched(world, 'stays'), touched(world, 'leaves')]).toEqual([true, false]);
  expect((await memberOf(world, 'leaves')).status).toBe('Excluded');
});

test('what was half done there waits, and goes on when the account is in the Fleet again', async () => {
  const takenOut = beforeCommit((one) => apply(one, {}).then(() => undefined));
  const world = await smallFleet({ clusters, policy, faults: [{ ...takenOut, function: 'roll-node-group' }] });
  await hours(world, 12);
  expect([versionOf(world, 'leaves'), groupsOf(world, 'leaves')]).toEqual(['1.37', ['1.36']]);
  expect((await memberOf(world, 'leaves')).status).toBe('Parked');
  await apply(world, both);
  await run(world);
  expect(groupsOf(world, 'leaves')).toEqual(['1.37']);
  expect((await memberOf(world, 'leaves')).status).toBe('Succeeded');
});

describe('of a cluster that was taken out of its rollout by what is gone by now, explain names what takes it in again', () => {
  type Change = (world: World) => Promise<void>;
  const untag: Change = async (world) => {
    delete clusterOf(world, 'leaves')?.tags['liftlock/paused'];
    await lookAround(world);
  };
  const ways: [string, Change, Change][] = [
    ['an account', (world) => apply(world, { accounts: ['111111111111'] }), (world) => apply(world, both)],
    ['a tag', (world) => retag(world, 'leaves', { 'liftlock/paused': 'true' }), untag],
  ];
  const slow = { nodegroups: Array.from({ length: 20 }, (_, i) => ({ name: `w${i}` })) };
  const taken = async (name: string, out: Change, back: Change) => {
    const leaves = staged(name, ['leaves']).map((one) => ({ ...one, account: OTHER }));
    const world = await smallFleet({
      clusters: [...staged('dev', ['first']).map((one) => ({ ...one, ...slow })), ...leaves],
      policy: spec(at('dev', { maxConcurrency: 1 }), ...(name === 'dev' ? [] : [at(name)])),
    });
    await hours(world, 0.2);
    await out(world);
    await hours(world, 0.2);
    expect((await memberOf(world, 'leaves')).status).toBe('Excluded');
    await back(world);
    return world;
  };

  test('of a wave that has begun, under a policy that begins none by itself, a person has to', async () => {
    const [[, out, back]] = ways as [(typeof ways)[number]];
    const world = await taken('dev', out, back);
    await applySpec(world, { ...spec(at('dev', { maxConcurrency: 1 })), trigger: 'manual' });
    await hours(world, 0.2);
    const { when } = await explainCluster(world.ports, await recordOf(world, 'leaves'));
    expect(when.condition).toBe('That rollout ends; then somebody runs: liftlock rollout create policy-0.');
  });

  test.each(ways)('of a wave that has begun, the rollout after it: %s', async (_, out, back) => {
    const world = await taken('dev', out, back);
    await hours(world, 0.2);
    const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, 'leaves'));
    const because = expect.stringMatching(/ is Running and goes on without it\.$/);
    expect([state, reasons]).toEqual(['Behind', [{ code: 'RolloutBusy', message: because }]]);
    expect(when).toEqual({ at: null, condition: 'That rollout ends; then another one takes it.' });
    await hours(world, 24);
    expect(versionOf(world, 'leaves')).toBe('1.37');
  });

  test('of a wave that has not, the next plan', async () => {
    const world = await taken('prod', ways[0]?.[1] ?? untag, (one) => apply(one, both));
    const { when } = await explainCluster(world.ports, await recordOf(world, 'leaves'));
    expect(when.condition).toBe('The next full look of the reconciler plans it anew, within the hour.');
    await hours(world, 1);
    expect((await memberOf(world, 'leaves')).status).toBe('Pending');
  });
});

test.each([
  ['comes back', true],
  ['was never seen', false],
])(
  'no rollout is planned over what was known of an account that %s before it is looked at again',
  async (_, comesBack) => {
    const waves = [at('dev'), at('prod', { approval: { approvals: 2 } })];
    const world = await known({
      ...(comesBack ? {} : { accounts: ['111111111111'] }),
      policy: { ...spec(...waves), trigger: 'manual' },
    });
    if (comesBack) await apply(world, {});
    await hours(world, 2);
    // While nobody of Liftlock looks there, its owners make it production.
    Object.assign(clusterOf(world, 'leaves')?.tags ?? {}, { stage: 'prod' });
    await hours(world, 1);
    await applySpec(world, spec(...waves));
    await apply(world, both);
    await hours(world, 6);
    expect((await recordOf(world, 'leaves')).labels).toEqual({ stage: 'prod' });
    expect([touched(world, 'stays'), touched(world, 'leaves')]).toEqual([true, false]);
  },
);
