import { applyConfig } from '../../core/operations/apply-documents.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { FLEET } from '../../core/policy/applied.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Configs } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { channel, spec } from './changed-policy.ts';
import {
  discover,
  hours,
  membersOf,
  mutationsOf,
  onRecord,
  PERSON,
  recordOf,
  run,
  smallFleet,
  versionOf,
} from './small-fleet.ts';

type Kind = 'Fleet' | 'UpgradePolicy' | 'Channel';

async function changeSpec(world: World, kind: Kind, name: string, change: (spec: object) => object): Promise<void> {
  const read = await load(world.table, Configs, kind, name);
  if (read === undefined) throw new Error(`there is no ${kind} ${name}`);
  const document = { ...read.data.document, spec: change(read.data.document.spec as object) };
  await onRecord(world, 'ConfigApplied', replace(Configs, read, { ...read.data, document }));
}
const makeUnreadable = (world: World, kind: Kind, name: string) =>
  changeSpec(world, kind, name, (spec) => ({ ...spec, somethingNew: true }));
const makeReadable = (world: World, kind: Kind, name: string) =>
  changeSpec(world, kind, name, ({ somethingNew: _, ...spec }: { somethingNew?: true }) => spec);

test('a Fleet that this version cannot read decides nothing about anybody, and nothing is lost by it', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], tags: { owner: 'shop' } }],
    faults: [
      {
        when: 'before',
        operation: 'grant',
        effect: {
          kind: 'act',
          act: (world) => makeUnreadable(world, 'Fleet', FLEET),
        },
      },
    ],
  });
  await run(world);
  expect(mutationsOf(world)).toEqual([]);
  expect((await membersOf(world)).map((member) => member.status)).toEqual(['Pending']);
  await makeReadable(world, 'Fleet', FLEET);
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
});

test('no tag of a cluster is taken for one of Liftlock while the Fleet, which says how those begin, cannot be read', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', tags: { owner: 'shop', paused: 'true' } }],
    policy: { trigger: 'manual' },
  });
  await discover(world);
  await makeUnreadable(world, 'Fleet', FLEET);
  const { state, reasons, tagEffects } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([state, reasons.map(({ code }) => code), tagEffects]).toEqual(['Behind', ['FleetNotConfigured'], []]);
});

describe('a policy that this version cannot read', () => {
  const rolling = () => smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }] });
  const POLICY = ['UpgradePolicy', 'policy-0'] as const;

  test('is one whose calendars nobody knows: explain does not call what it may select always open', async () => {
    const world = await rolling();
    await discover(world);
    expect((await explainCluster(world.ports, await recordOf(world, 'web'))).calendars).toEqual([]);
    await makeUnreadable(world, ...POLICY);
    const { calendars, placement } = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect(calendars).toBeNull();
    expect(placement.map(({ code }) => code)).toEqual(['PolicyNotConfigured']);
  });

  test('lets nobody begin in a wave that is open', async () => {
    const world = await rolling();
    await stopFleet(world.ports, PERSON, 'test');
    await discover(world);
    await makeUnreadable(world, ...POLICY);
    await resumeFleet(world.ports, PERSON);
    await hours(world, 2);
    expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Pending']);
    const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect([state, reasons.map(({ code }) => code)]).toEqual(['Waiting', ['PolicyNotConfigured']]);
    expect(when.condition).toBe('Once every reason above is gone.');
    expect(mutationsOf(world)).toEqual([]);
    await makeReadable(world, ...POLICY);
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
  });

  test('has what was begun wait for it', async () => {
    const world = await rolling();
    await discover(world);
    await world.tick();
    await hours(world, 0.1);
    await makeUnreadable(world, ...POLICY);
    await hours(world, 3);
    expect(mutationsOf(world).map(({ operation }) => operation)).toEqual(['UpdateClusterVersion']);
    const [member] = await membersOf(world);
    expect([member?.status, member?.reasons[0]?.code]).toEqual(['Parked', 'PolicyNotConfigured']);
    await makeReadable(world, ...POLICY);
    await run(world);
    expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Succeeded']);
  });
});

test('a Channel that this version cannot read moves nobody: it is not the one that comes with Liftlock under its name', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] }],
    policy: { target: { channel: 'rapid' } },
  });
  await applyConfig(world.ports, [channel('rapid', '1.35')], PERSON);
  await hours(world, 2);
  await makeUnreadable(world, 'Channel', 'rapid');
  await hours(world, 12);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(reasons.map(({ code }) => code)).toEqual(['UnknownChannel']);
  expect(reasons[0]?.message).toContain('cannot read the channel rapid');
  expect(mutationsOf(world)).toEqual([]);
  await applyConfig(world.ports, [channel('rapid', '1.36')], PERSON);
  await hours(world, 6);
  expect(versionOf(world, 'web')).toBe('1.36');
});

test('a cluster that two policies select is left alone, also when this version cannot read one of them any more', async () => {
  const clusters = [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }];
  const world = await smallFleet({ clusters, policies: [spec({ name: 'all' }), spec({ name: 'careful' })] });
  await hours(world, 2);
  await makeUnreadable(world, 'UpgradePolicy', 'policy-1');
  await hours(world, 8);
  const { state, placement, reasons, when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([state, placement, reasons.map(({ code }) => code)]).toEqual(['Excluded', [], ['AmbiguousPolicy']]);
  expect(when.condition).toBe('Selectors are changed so that one policy alone selects it.');
  expect(reasons[0]?.message).toContain('policy-1 that this version cannot read');
  expect(mutationsOf(world)).toEqual([]);
});
