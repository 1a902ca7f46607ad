import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { Grants } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import {
  discover,
  hours,
  memberOf,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
} from './small-fleet.ts';

const SEEDS = 60;
const GROUPS = ['a', 'b'] as const;
const OWN = { maxUnavailable: 1 };
const STEPS = ['roll-node-group', 'restore-nodes', 'conclude-upgrade', 'request-grant', 'reconcile-rollouts'] as const;
const ACTS = ['stop', 'resume', 'pause', 'go-on', 'kill', 'retry', 'set', 'fail', 'wait', 'wait', 'wait'] as const;
/** One that sleeps between its look at the group and its commit decides by what was: EKS takes no precondition, and no function runs for so long. */
const POINTS = AT_MUTATIONS.filter(({ name }) => name !== 'timed out but running, before commit');

function draw(seed: number) {
  const choices = new SeededChoices(seed);
  const faults = Array.from({ length: choices.integer(0, 4) }, () => {
    const { faults: some } = choices.pick(POINTS);
    const name = choices.pick(STEPS);
    return some.map((fault): Fault => ({ ...fault, function: name, skip: choices.integer(0, 6) }));
  });
  const people = Array.from({ length: choices.integer(2, 14) }, () => ({
    what: choices.pick(ACTS),
    group: choices.pick(GROUPS),
    quarters: choices.integer(1, 10),
    maxUnavailable: choices.integer(2, 3),
  }));
  return { faults: faults.flat(), people, staysStopped: choices.chance(0.4) };
}

/** Somebody does something. What they set, where EKS takes it, is from then on the group's own: `own` follows. */
async function act(
  world: World,
  { what, group, maxUnavailable }: ReturnType<typeof draw>['people'][number],
  own: Map<string, object>,
) {
  const { ports } = world;
  const [cluster] = Object.values(world.eks.state.clusters);
  const key = (await recordOf(world, 'web')).clusterKey;
  const quietly = (promise: Promise<unknown>) => promise.catch(() => undefined);
  if (what === 'stop') await stopFleet(ports, PERSON, 'look');
  if (what === 'resume') await quietly(resumeFleet(ports, PERSON));
  if (what === 'pause') await quietly(pauseRollout(ports, await rolloutIdOf(world), PERSON, 'look'));
  if (what === 'go-on') await quietly(resumeRollout(ports, await rolloutIdOf(world), PERSON));
  if (what === 'retry') await quietly(retryCluster(ports, key, PERSON));
  if (what === 'fail')
    world.eks.state.plannedFailures.push({
      ...{ clusterName: 'web', nodegroupName: group, type: 'VersionUpdate' },
      ...{ errorCode: 'PodEvictionFailure', errorMessage: 'stuck' },
    });
  if (what === 'kill') {
    const holder = (await load(world.table, Grants, key))?.data.holder ?? '';
    await quietly((async () => world.runner.stopExecution({ executionArn: holder }))());
  }
  if (what !== 'set' || cluster === undefined) return;
  const caller = { account: '111111111111', region: 'eu-central-1', principal: PERSON };
  const input = { clusterName: 'web', nodegroupName: group, updateConfig: { maxUnavailable } };
  try {
    world.eks.operation('UpdateNodegroupConfig', input, caller, world.clock.now());
    own.set(group, { maxUnavailable });
  } catch {
    // EKS works on the group, or on the control plane.
  }
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  'whatever fails and whoever acts, each group ends with its own settings, and is rolled with those of the policy: seed %i',
  async (seed) => {
    const { faults, people, staysStopped } = draw(seed);
    const world = await smallFleet({
      clusters: [
        {
          ...{ name: 'web', version: '1.36' },
          nodegroups: GROUPS.map((name) => ({ name, nodes: 3, updateConfig: OWN })),
        },
      ],
      policy: { nodes: { updateConfig: { maxUnavailable: 4 } } },
      armed: new Faults(faults),
    });
    await discover(world);
    const own = new Map<string, object>(GROUPS.map((name) => [name, OWN]));
    await minutes(world, 11);
    for (const one of people) {
      for (let quarter = 0; quarter < one.quarters; quarter += 1) {
        if (quarter % 4 === 0) await world.tick();
        await world.clock.runUntil(new Date(world.clock.now().getTime() + 15_000));
      }
      await act(world, one, own);
    }
    if (staysStopped) await stopFleet(world.ports, PERSON, 'look').catch(() => undefined);
    else await resumeFleet(world.ports, PERSON).catch(() => undefined);
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON).catch(() => undefined);
    // What waits for a stopped fleet looks again and again, and is never at rest.
    if (staysStopped) {
      await hours(world, 12);
      expect(await checkInvariants(world)).toEqual([]);
    } else await run(world, 3);

    const [cluster] = Object.values(world.eks.state.clusters);
    expect(cluster?.nodegroups.map(({ name, updateConfig }) => [name, updateConfig])).toEqual([...own]);
    expect(await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).toEqual([]);
    expect((await memberOf(world, 'web')).status).not.toBe('Running');
    // What a group was set to last before each of its rolls, by whomever.
    for (const roll of mutationsOf(world).filter(({ operation }) => operation === 'UpdateNodegroupVersion')) {
      const before = cluster?.updates.findLast(
        ({ type, nodegroupName, status, createdAt }) =>
          type === 'ConfigUpdate' &&
          nodegroupName === roll.request.nodegroupName &&
          status === 'Successful' &&
          createdAt < roll.at,
      );
      expect(before?.params).toEqual([{ type: 'MaxUnavailable', value: '4' }]);
    }
  },
);
