import type { Grant } from '../../core/contracts/items/protocol.ts';
import { MACHINE_NAMES } from '../../core/contracts/names.ts';
import { CONTRACT } from '../../core/contracts/step-input.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { holderOf } from '../../core/protocol/execution-name.ts';
import { lookAfterGrant } from '../../core/rollout/carry-out.ts';
import { Grants } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { MACHINE_ARN_PREFIX, machineDefinitions } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { clusterArn, discover, run, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const UPGRADE = `${MACHINE_ARN_PREFIX}upgrade-cluster`;

const nestedIn = (world: World): string[] =>
  MACHINE_NAMES.filter((name) => name !== 'upgrade-cluster')
    .flatMap((name) => world.runner.listExecutions({ machineArn: `${MACHINE_ARN_PREFIX}${name}` }).executions)
    .map(({ name }) => name)
    .sort();

const ofHand = (world: World, name: string) =>
  world.runner.startExecution({
    machineArn: UPGRADE,
    name,
    input: JSON.stringify({ cluster: clusterArn('web'), targetVersion: '1.37' }),
  });

/** What upgrade-cluster was before: its children had dots in their names, and spoke contract 1. */
function earlierDefinition(): object {
  const { definition } = machineDefinitions().find(({ name }) => name === 'upgrade-cluster') ?? {};
  const text = JSON.stringify(definition).replaceAll(/'--([a-z-]+)-([a-z]+)-'/g, "'.$1.$2.'");
  return JSON.parse(text.replaceAll(' : 2 %}', ' : 1 %}')) as object;
}

test('every execution of an upgrade has a name that AWS logs and that says what it is nested in', async () => {
  const world = await smallFleet({ clusters: [web] });
  await run(world);
  const [holder] = world.runner.listExecutions({ machineArn: UPGRADE }).executions;
  const nested = nestedIn(world);
  expect(nested).toEqual(
    [
      'roll-node-group-all-0',
      'scan-cluster-cluster-0',
      'smoke-check-cluster-0',
      'update-addons-after-0',
      'update-addons-before-0',
      'upgrade-control-plane-cluster-0',
    ].map((last) => `${holder?.name}--${last}`),
  );
  for (const name of nested) {
    expect(name).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
    expect(holderOf(name)).toBe(holder?.name);
  }
});

test('what a person starts speaks the contract of the definition that runs', async () => {
  const world = await smallFleet({ clusters: [web], policy: { trigger: 'manual' } });
  await discover(world);
  await ofHand(world, 'by-hand');
  await run(world);
  const [scan] = world.runner.listExecutions({ machineArn: `${MACHINE_ARN_PREFIX}scan-cluster` }).executions;
  expect(JSON.parse(scan?.input ?? '')).toMatchObject({ contract: CONTRACT });
});

test('the longest name that a person may give leaves room for those nested in it', async () => {
  const world = await smallFleet({ clusters: [web], policy: { trigger: 'manual' } });
  await discover(world);
  await ofHand(world, 'x'.repeat(46));
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect(Math.max(...nestedIn(world).map((name) => name.length))).toBeLessThanOrEqual(80);
});

test.each([
  ['scan', 5],
  ['control plane', 1_200],
])('an upgrade that began under the names of before goes on through a new release, from its %s', async (_, seconds) => {
  const world = await smallFleet({ clusters: [web], policy: { trigger: 'manual' } });
  world.runner.machines.update(UPGRADE, { definition: earlierDefinition() });
  await discover(world);
  await ofHand(world, 'early');
  await world.clock.runUntil(new Date(world.clock.now().getTime() + seconds * 1_000));
  const [before] = await loadKind(world.table, Grants);
  expect(before).toMatchObject({ status: 'open', executionName: 'early' });
  for (const { arn, definition } of machineDefinitions()) world.runner.machines.update(arn, { definition });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect(nestedIn(world).every((name) => name.startsWith('early.'))).toBe(true);
  expect((await upgradesOf(world)).map(({ id, status }) => [id, status])).toEqual([['1.36-1.37', 'Succeeded']]);
  const [after] = await loadKind(world.table, Grants);
  expect(after?.status).toBe('free');
});

test.each([
  ['as here', (name: string) => name, 1],
  ['not one that a person named alike', () => 'upgrade-of-friday', 0],
])('an execution that does not exist is started again if the reconciler named it: %s', async (_, named, starts) => {
  const world = await smallFleet({ clusters: [web] });
  await run(world);
  const [grant] = await loadKind(world.table, Grants);
  if (grant === undefined) throw new Error('nothing was granted');
  const executionName = named(grant.executionName);
  const open: Grant = { ...grant, status: 'open', executionName, holder: `arn:of:${executionName}` };
  const started: string[] = [];
  const executions: Ports['executions'] = {
    ...world.ports.executions,
    start: async (_machine, name) => void started.push(name),
    describe: async () => undefined,
  };
  const ports = { ...world.ports, executions, clock: { now: () => new Date(open.grantedAt) } };
  expect(await lookAfterGrant(ports, open, undefined, undefined)).toBe('kept');
  expect(started).toEqual(Array.from({ length: starts }, () => executionName));
});
