import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { FLEET } from '../../core/policy/applied.ts';
import { Configs } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, channel, fleetOf, keyOf, spec, waveNamed } from './changed-policy.ts';
import {
  hours,
  onRecord,
  PERSON,
  recordOf,
  rolloutsOf,
  smallFleet,
  touched,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

async function changeSpec(
  world: World,
  kind: 'Fleet' | 'UpgradePolicy',
  name: string,
  change: (spec: object) => object,
) {
  const read = await load(world.table, Configs, kind, name);
  if (read === undefined) throw new Error(`there is no ${kind} ${name}`);
  const document = { ...read.data.document, spec: change(read.data.document.spec as object) };
  await onRecord(world, 'ConfigApplied', replace(Configs, read, { ...read.data, document }));
}

const makeUnreadable = (world: World, kind: 'Fleet' | 'UpgradePolicy', name: string) =>
  changeSpec(world, kind, name, (one) => ({ ...one, somethingNew: true }));
const makeReadable = (world: World, kind: 'Fleet' | 'UpgradePolicy', name: string) =>
  changeSpec(world, kind, name, ({ somethingNew: _, ...one }: { somethingNew?: true }) => one);

describe.each([
  ['UpgradePolicy', 'policy-0'],
  ['Fleet', FLEET],
] as const)('while the %s could not be read', (kind, name) => {
  test('a cluster was moved to a wave that asks for two approvals: it does not go without', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev', { soak: '4h' }), at('prod'), at('careful', { approval: { approvals: 2 } })),
    });
    await hours(world, 2);
    const success = (await waveNamed(world, 'dev'))?.lastSuccessAt ?? '';
    expect((await waveNamed(world, 'dev'))?.status).toBe('Soaking');
    const over = Date.parse(success) + 4 * 3_600_000;
    const until = async (minutes: number) => {
      const left = (over + minutes * 60_000 - world.clock.now().getTime()) / 3_600_000;
      if (left > 0) await hours(world, left);
    };
    await until(-40);
    await makeUnreadable(world, kind, name);
    for (const one of Object.values(world.eks.state.clusters)) if (one.name === 'q') one.tags.stage = 'careful';
    // The event of CloudTrail brings it, whatever of the configuration can be read.
    await recordCluster(world.ports, { account: '111111111111', region: 'eu-central-1', name: 'q', depth: 'deep' });
    expect((await recordOf(world, 'q')).tags).toEqual({ stage: 'careful' });
    await ticks(world, 5);
    await until(-3);
    await makeReadable(world, kind, name);
    await ticks(world, 15);
    const waves = (await wavesOf(world)).map((one) => [one.name, one.status]);
    await hours(world, 10);
    expect([touched(world, 'q'), waves]).toEqual([false, expect.anything()]);
  });
});

/** A second policy that only a later release can read but for what it selects. */
async function applyOfTomorrow(world: World, one: object): Promise<void> {
  const read = await load(world.table, Configs, 'UpgradePolicy', 'policy-0');
  const document = { apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name: 'newer' }, spec: one };
  const second = { ...(read?.data as NonNullable<typeof read>['data']), name: 'newer', document };
  await onRecord(world, 'ConfigApplied', replace(Configs, undefined, second as never));
}

test('a wave whose only cluster is selected by a policy too that cannot be read proves nothing to the next', async () => {
  const world = await smallFleet({
    clusters: [...staged('first', ['f']), ...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('first', { soak: '4h' }), at('dev'), at('prod')),
  });
  await hours(world, 2);
  await applyOfTomorrow(world, {
    ...spec({ name: 'all' }),
    selector: { matchLabels: { stage: 'dev' } },
    somethingNew: true,
  });
  await hours(world, 24);
  const dev = await waveNamed(world, 'dev');
  expect([touched(world, 'd'), dev?.status, touched(world, 'p')]).toEqual([false, 'Undecided', false]);
});

test('an ended rollout is not taken up again where a policy that cannot be read selects the cluster too', async () => {
  const world = await smallFleet({
    clusters: staged('prod', ['p', 'q']),
    policy: spec(at('prod', { failureBudget: { maxFailures: 1 } })),
    prepare: failing('p'),
  });
  await hours(world, 8);
  expect((await rolloutsOf(world))[0]?.status).toBe('CompletedWithFailures');
  await applyOfTomorrow(world, { ...spec(at('prod', { approval: { approvals: 2 } })), somethingNew: true });
  await hours(world, 1.5);
  const before = versionOf(world, 'p');
  const said = await retryCluster(world.ports, await keyOf(world, 'p'), PERSON).then(
    () => 'retried',
    (error: Error) => error.message,
  );
  await hours(world, 12);
  expect([before, versionOf(world, 'p'), said]).toEqual(['1.36', '1.36', expect.not.stringMatching(/^retried$/)]);
});

/** Minutes in which nothing but the reconciler looks. */
async function ticks(world: World, minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i += 1) {
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
    await world.tick();
  }
}

test('a retry takes nothing on while the Channel, which may say less by now, cannot be read', async () => {
  const world = await smallFleet({
    clusters: staged('prod', ['a', 'b']),
    policy: { trigger: 'manual' },
    prepare: failing('a'),
  });
  await applyConfig(world.ports, [channel('mine', '1.37')], PERSON);
  await applySpec(world, {
    ...spec(at('prod', { failureBudget: { maxFailures: 1 } })),
    target: { channel: 'mine' },
  });
  await hours(world, 8);
  expect((await rolloutsOf(world))[0]?.status).toBe('CompletedWithFailures');
  const read = await load(world.table, Configs, 'Channel', 'mine');
  const data = read?.data as NonNullable<typeof read>['data'];
  await onRecord(
    world,
    'ConfigApplied',
    replace(Configs, read, { ...data, document: { ...data.document, spec: { target: '1.36', somethingNew: true } } }),
  );
  await hours(world, 1.5);
  const said = await retryCluster(world.ports, await keyOf(world, 'a'), PERSON).then(
    () => 'retried',
    (error: Error) => error.message,
  );
  await hours(world, 8);
  expect([versionOf(world, 'a'), said]).toEqual(['1.36', expect.not.stringMatching(/^retried$/)]);
});

test('what is known of an account from before it left the Fleet lets no cluster go without the approvals of its wave', async () => {
  const other = staged('prod', ['q']).map((one) => ({ ...one, account: '222222222222' }));
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p']), ...other],
    policy: spec(at('dev', { soak: '6h' }), at('prod'), at('careful', { approval: { approvals: 2 } })),
  });
  const both = { accounts: ['111111111111', '222222222222'] };
  await hours(world, 2);
  await applyConfig(world.ports, [fleetOf({})], PERSON);
  await hours(world, 0.5);
  expect((await waveNamed(world, 'dev'))?.status).toBe('Soaking');
  for (const one of Object.values(world.eks.state.clusters)) if (one.name === 'q') one.tags.stage = 'careful';
  const over = Date.parse((await waveNamed(world, 'dev'))?.lastSuccessAt ?? '') + 6 * 3_600_000;
  await ticks(world, (over - world.clock.now().getTime()) / 60_000 - 10);
  await applyConfig(world.ports, [fleetOf(both)], PERSON);
  // Discovery comes hourly: not in the half hour in which the wave opens.
  await ticks(world, 30);
  await hours(world, 12);
  expect((await recordOf(world, 'q')).labels).toEqual({ stage: 'careful' });
  expect([touched(world, 'p'), touched(world, 'q')]).toEqual([true, false]);
});
