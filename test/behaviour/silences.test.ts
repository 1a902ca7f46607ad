import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { UndoEntries } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { muteStatus } from '../../simulator/cloud/alarms/mute-rules.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { calls, minutesLater } from './hooked-fleet.ts';
import {
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
  stopExecutions,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 3 }] };
const ALL = ['upgrade-control-plane', 'update-addons', 'roll-node-group'];
const ERRORS = { alarms: ['{cluster}-errors'], during: ALL };
const PLACE = { account: '111111111111', region: 'eu-central-1' };

interface Given {
  readonly silences?: readonly object[];
  readonly policy?: object;
  readonly armed?: Faults;
  readonly prepare?: (state: FakeEksState) => void;
}

/** Somebody else's rule is there before, and stays whatever happens. */
async function silencing({ silences = [ERRORS], policy = {}, armed, prepare }: Given = {}): Promise<World> {
  const world = await smallFleet({
    ...{ clusters: [web], policy: { silences, ...policy } },
    ...(armed === undefined ? {} : { armed }),
    ...(prepare === undefined ? {} : { prepare }),
  });
  const Rule = { Schedule: { Expression: 'at(2026-11-20T08:00)', Duration: 'P15D' } };
  world.muteRules.put(PLACE, { Name: 'liftlock-night', Description: 'ours', Rule }, [], world.clock.now());
  return world;
}

/** Nothing is silenced but by others, and nothing is left for whoever undoes. */
async function leavesNothing(world: World): Promise<void> {
  expect(world.muteRules.all().map(({ name, description }) => [name, description])).toEqual([
    ['liftlock-night', 'ours'],
  ]);
  expect((await loadKind(world.table, UndoEntries)).filter(({ closed }) => closed === undefined)).toEqual([]);
}

const reasonsOf = async (world: World, step: string) => {
  const upgrade = (await upgradesOf(world)).find(({ machine }) => machine === 'upgrade-cluster');
  return upgrade?.steps[step]?.reasons ?? [];
};
const codes = async (world: World, step: string) => (await reasonsOf(world, step)).map(({ code }) => code);
const committed = async (world: World) =>
  (await world.auditTimeline()).flatMap(({ event, detail }) =>
    event === 'MutationCommitted' ? [(detail.call as { name: string }).name] : [],
  );
const ours = (world: World) => world.muteRules.all().filter(({ name }) => name !== 'liftlock-night');

/** Until a silence stands, so that somebody may do something meanwhile. */
async function untilSilent(world: World, step = ''): Promise<void> {
  for (let looks = 0; looks < 600 && !ours(world).some(({ name }) => name.includes(step)); looks += 1)
    await (looks === 0 ? hours(world, 0.05) : minutesLater(world, 0.2));
  expect(ours(world)).toHaveLength(1);
}

test('each step silences the alarms of the policy before its first change, and lifts that when it ends', async () => {
  const world = await silencing();
  const silent: string[] = [];
  world.eks.faults.beforeOperation.push(({ operation }) => {
    if (/^Update/.test(operation)) silent.push(`${operation} ${ours(world).map(({ alarms }) => alarms)}`);
  });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect(silent).toEqual(calls(world).map((operation) => `${operation} web-errors`));
  const { sent } = world.silences;
  expect(sent).toEqual(sent.map((_, index) => (index % 2 === 0 ? 'mute web-errors' : 'unmute')));
  expect(await codes(world, 'upgrade-control-plane')).toEqual(['Upgraded', 'Silenced']);
  expect((await reasonsOf(world, 'roll-node-group/workers')).at(-1)?.message).toMatch(
    /^web-errors took no actions from 2026-\S+Z to 2026-\S+Z\.$/,
  );
  // A silence is no change of the cluster, and nothing had to be taken back later.
  expect((await upgradesOf(world)).map(({ machine }) => machine)).toEqual(['upgrade-cluster']);
  await leavesNothing(world);
});

test('steps that the policy does not name, and clusters without silences, touch no alarm', async () => {
  const world = await silencing({ silences: [{ ...ERRORS, during: ['roll-node-group'] }] });
  await run(world);
  expect(world.silences.sent).toEqual(['mute web-errors', 'unmute']);
  const none = await smallFleet({ clusters: [web] });
  await run(none);
  expect(none.silences.sent).toEqual([]);
});

test('explain shows what is silent while it is, and until when it ends by itself', async () => {
  const world = await silencing();
  await untilSilent(world, 'roll-node-group');
  const { silences } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(silences).toMatchObject([{ step: 'roll-node-group', part: 'workers', alarms: ['web-errors'], notes: [] }]);
  expect(Date.parse(silences[0]?.until ?? '') - Date.parse(silences[0]?.since ?? '')).toBeLessThan(
    4 * 3_600_000 + 80_000,
  );
  await run(world);
  await leavesNothing(world);
});

test('a step that goes on for longer is not silenced anew', async () => {
  const world = await silencing({ silences: [{ alarms: ['late'], during: ['roll-node-group'], longest: '1m' }] });
  await untilSilent(world);
  await minutesLater(world, 3);
  expect(ours(world).map((rule) => muteStatus(rule, world.clock.now()))).toEqual(['EXPIRED']);
  await run(world);
  expect(world.silences.sent).toEqual(['mute late', 'unmute']);
  expect((await reasonsOf(world, 'roll-node-group/workers')).at(-1)?.message).toMatch(/, when it ended by itself\.$/);
  await leavesNothing(world);
});

test('what rings when the silence is lifted is told, since nobody was', async () => {
  const world = await silencing({ silences: [{ ...ERRORS, during: ['upgrade-control-plane'] }] });
  world.silences.alarms.set('web-errors', { state: 'ALARM' });
  await run(world);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect(await codes(world, 'upgrade-control-plane')).toEqual(['Upgraded', 'SilencedAlarmRings', 'Silenced']);
  expect((await reasonsOf(world, 'upgrade-control-plane'))[1]?.message).toMatch(
    /The alarm web-errors is in ALARM: As the/,
  );
});

describe('what cannot be silenced stops no hop, and is told', () => {
  const SILENCES = [{ alarms: ['errors', 'late'], during: ['upgrade-control-plane'] }];
  const ended = async (world: World) => {
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
    await leavesNothing(world);
    return (await reasonsOf(world, 'upgrade-control-plane')).filter(({ code }) => code === 'NotSilenced');
  };

  test('an alarm without the tag', async () => {
    const world = await silencing({ silences: SILENCES });
    world.silences.alarms.set('late', { is: 'closed' });
    const [told, ...more] = await ended(world);
    expect(told?.message).toMatch(
      /^errors, late could not be silenced: AccessDenied: .*alarm:late\. .*liftlock:silence=allowed/,
    );
    expect([more, world.silences.sent]).toEqual([[], []]);
    // Asked once: what is refused is not asked for again at each look.
    expect((await committed(world)).filter((name) => name === 'MuteAlarms')).toHaveLength(1);
  });

  test('one of two that is not there: the other one is silent', async () => {
    const world = await silencing({ silences: SILENCES });
    world.silences.alarms.set('late', { is: 'none' });
    const told = await ended(world);
    expect(told.map(({ message }) => message)).toEqual([expect.stringMatching(/^late could not be .* no alarm late;/)]);
    expect(world.silences.sent).toEqual(['mute errors', 'unmute']);
    // What was never silent is not on record as if it had been.
    const [entry] = await loadKind(world.table, UndoEntries);
    expect(entry).toMatchObject({ effect: 'silence', alarms: ['errors'] });
  });

  test('none that is there: a rule without names would mute every alarm, so none is made', async () => {
    const world = await silencing({ silences: SILENCES });
    for (const name of ['errors', 'late']) world.silences.alarms.set(name, { is: 'none' });
    expect(await ended(world)).toHaveLength(1);
    expect(world.silences.sent).toEqual([]);
  });

  test.each(['get', 'describe', 'put'] as const)('CloudWatch that does not answer (%s)', async (operation) => {
    const world = await silencing({ silences: SILENCES });
    let asked = 0;
    world.silences.refuse = (one) => {
      if (one !== operation || asked > 0) return;
      asked += 1;
      throw Object.assign(new Error('the line is dead'), { name: 'TimeoutError' });
    };
    const told = await ended(world);
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining('TimeoutError: the line is dead')]);
    expect(world.silences.sent).toEqual([]);
  });

  test('it is told while the step goes on, too', async () => {
    const world = await silencing({ silences: SILENCES });
    world.silences.alarms.set('late', { is: 'closed' });
    await hours(world, 0.05);
    for (let looks = 0; looks < 100 && !calls(world).includes('UpdateClusterVersion'); looks += 1)
      await minutesLater(world, 0.5);
    await minutesLater(world, 0.5);
    expect(await codes(world, 'upgrade-control-plane')).toEqual(['UpdateInProgress', 'NotSilenced']);
  });
});

test('a rule of our name that somebody else has made is neither written over nor deleted', async () => {
  const world = await silencing({ silences: [{ ...ERRORS, during: ['upgrade-control-plane'] }] });
  await untilSilent(world);
  const [rule] = ours(world);
  const theirs = { Name: rule?.name ?? '', Description: 'mine now' };
  const Rule = { Schedule: { Expression: 'at(2026-11-20T08:00)', Duration: 'P15D' } };
  world.muteRules.put(PLACE, { ...theirs, Rule }, [], world.clock.now());
  const state = Object.values(world.eks.state.clusters)[0];
  await run(world);
  expect(state?.version).toBe('1.37');
  expect(ours(world).map(({ description }) => description)).toEqual(['mine now']);
  expect(world.silences.sent).toEqual(['mute web-errors']);
  expect((await loadKind(world.table, UndoEntries)).map(({ closed }) => closed?.how)).toEqual(['notOurs']);
});

const failing =
  (type: 'VersionUpdate', errorCode: 'PodEvictionFailure' | 'NodeCreationFailure') =>
  (state: FakeEksState): void =>
    void state.plannedFailures.push({
      ...{ clusterName: 'web', nodegroupName: 'workers', type },
      ...{ errorCode, errorMessage: 'because' },
    });

describe('nothing stays silent', () => {
  test('after a step that fails, and a retry silences anew', async () => {
    const silences = [{ ...ERRORS, during: ['roll-node-group'] }];
    const world = await silencing({ silences, prepare: failing('VersionUpdate', 'NodeCreationFailure') });
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Failed');
    expect(await codes(world, 'roll-node-group/workers')).toEqual(['NodeCreationFailure', 'Silenced']);
    await leavesNothing(world);
    await retryCluster(world.ports, (await memberOf(world, 'web')).clusterKey, PERSON);
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
    expect(world.silences.sent).toEqual(['mute web-errors', 'unmute', 'mute web-errors', 'unmute']);
    await leavesNothing(world);
  });

  test('while a step waits for its next try', async () => {
    const silences = [{ ...ERRORS, during: ['roll-node-group'] }];
    const nodes = { podEvictionFailure: { retries: 3, pause: '45m' } };
    const prepare = failing('VersionUpdate', 'PodEvictionFailure');
    const world = await silencing({ silences, policy: { nodes }, prepare });
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
    expect(world.silences.sent).toEqual(['mute web-errors', 'unmute', 'mute web-errors', 'unmute']);
    await leavesNothing(world);
  });

  test.each(ALL)('after an execution that somebody stops in %s', async (step) => {
    const world = await silencing({ silences: [{ ...ERRORS, during: [step] }] });
    await untilSilent(world);
    await stopExecutions(world);
    await run(world);
    expect((await upgradesOf(world)).map(({ machine, status }) => [machine, status])).toContainEqual([
      'restore-nodes',
      'Succeeded',
    ]);
    // Which says nothing of where the cluster stands.
    const { held, upgrade } = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect([held === null, upgrade?.id]).toEqual([false, '1.36-1.37']);
    await leavesNothing(world);
  });

  test.each<[string, (world: World) => Promise<unknown>, (world: World) => Promise<unknown>]>([
    [
      'a stop of the fleet',
      (world) => stopFleet(world.ports, PERSON, 'a look'),
      (world) => resumeFleet(world.ports, PERSON),
    ],
    [
      'a pause of the rollout',
      async (world) => pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'a look'),
      async (world) => resumeRollout(world.ports, await rolloutIdOf(world), PERSON),
    ],
    [
      'an abort',
      async (world) => abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'a look'),
      async () => undefined,
    ],
  ])('under %s between the silence and the change that it was for', async (_, forbid, allow) => {
    const armed = new Faults([
      // The first commit is that of the silence, the second one that of the update.
      {
        when: 'before',
        operation: 'commit',
        function: 'upgrade-control-plane',
        skip: 1,
        effect: { kind: 'act', act: async (world) => void (await forbid(world)) },
      },
    ]);
    const world = await silencing({ silences: [{ ...ERRORS, during: ['upgrade-control-plane'] }], armed });
    await hours(world, 3);
    expect(armed.hits).toHaveLength(1);
    expect(calls(world)).not.toContain('UpdateClusterVersion');
    // To silence changed nothing of the cluster, so that its first change is checked as one.
    expect((await upgradesOf(world)).find(({ machine }) => machine === 'upgrade-cluster')?.mutated).toBe(false);
    await leavesNothing(world);
    await allow(world);
    await run(world);
    await leavesNothing(world);
  });

  test('where CloudWatch lets nobody lift it: the upgrade goes on, and it ends by itself', async () => {
    const silences = [{ ...ERRORS, during: ['upgrade-control-plane'], longest: '2h' }];
    const world = await silencing({ silences });
    world.silences.refuse = (operation) => {
      if (operation === 'delete') throw Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
    };
    const Denied = new Date(world.clock.now().getTime() + 12 * 3_600_000);
    while (world.clock.now() < Denied) await hours(world, 1);
    expect(versionOf(world, 'web')).toBe('1.37');
    expect(await codes(world, 'upgrade-control-plane')).toEqual(['Upgraded', 'NotLifted']);
    expect(ours(world).map((rule) => muteStatus(rule, world.clock.now()))).toEqual(['EXPIRED']);
    expect((await upgradesOf(world)).map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded']);
    expect((await loadKind(world.table, UndoEntries)).map(({ closed }) => closed?.how)).toEqual(['gone']);
  });
});

test('a silence that nobody may lift keeps nothing else from being taken back', async () => {
  const updateConfig = { maxUnavailable: 3 };
  const world = await silencing({
    silences: [{ ...ERRORS, during: ['roll-node-group'], longest: '2h' }],
    policy: { nodes: { updateConfig } },
  });
  const settings = () => Object.values(world.eks.state.clusters)[0]?.nodegroups[0]?.updateConfig;
  const own = settings();
  world.silences.refuse = (operation) => {
    if (operation === 'delete') throw Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
  };
  await untilSilent(world);
  for (let looks = 0; looks < 100 && settings()?.maxUnavailable !== 3; looks += 1) await minutesLater(world, 0.5);
  await stopExecutions(world);
  await hours(world, 1);
  // It waits for the end of the silence with nothing else left to do.
  expect([settings(), ours(world).length]).toEqual([own, 1]);
  expect((await explainCluster(world.ports, await recordOf(world, 'web'))).upgrade?.id).toBe('1.36-1.37');
  await hours(world, 3);
  expect((await loadKind(world.table, UndoEntries)).map(({ effect, closed }) => [effect, closed?.how])).toEqual([
    ['silence', 'gone'],
    ['updateConfig', 'undone'],
  ]);
});

test('a rollback silences nothing', async () => {
  const world = await silencing();
  await run(world);
  const before = world.silences.sent.length;
  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.36');
  expect(world.silences.sent).toHaveLength(before);
});

describe('crashes', () => {
  const POINTS = AT_MUTATIONS.flatMap(({ name, faults }) => [0, 1, 2].map((skip) => [name, skip, faults] as const));

  test.each(POINTS)('%s, at commit %i: the hop ends as without, and nothing stays silent', async (_, skip, faults) => {
    const armed = new Faults(faults.map((fault): Fault => ({ ...fault, skip, function: 'upgrade-control-plane' })));
    const world = await silencing({ silences: [{ ...ERRORS, during: ['upgrade-control-plane'] }], armed });
    await run(world);
    expect(armed.hits.length).toBeGreaterThan(0);
    expect(versionOf(world, 'web')).toBe('1.37');
    expect(calls(world).filter((operation) => operation === 'UpdateClusterVersion')).toHaveLength(1);
    await leavesNothing(world);
  });

  test.each(AT_MUTATIONS.map(({ name, faults }) => [name, faults] as const))(
    'of what takes it back: %s',
    async (_, faults) => {
      const armed = new Faults(faults.map((fault): Fault => ({ ...fault, function: 'restore-nodes' })));
      const world = await silencing({ silences: [{ ...ERRORS, during: ['upgrade-control-plane'] }], armed });
      await untilSilent(world);
      await stopExecutions(world);
      await run(world);
      expect(armed.hits.length).toBeGreaterThan(0);
      await leavesNothing(world);
    },
  );
});
