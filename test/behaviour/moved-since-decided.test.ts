import type { Wave } from '../../core/contracts/items/rollout.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { applySpec, at, clusterOf, keyOf, onceBefore, spec, three } from './changed-policy.ts';
import {
  controlsOf,
  hours,
  memberOf,
  membersOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  smallFleet,
  touched,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

const blockedIn = (stage: string, ...names: string[]) =>
  staged(stage, names).map((one) => ({ ...one, objects: [attributesClass(OLD)] }));
/** Does something right before the reconciler reads the rollout that it is about to end, which it decided by what it has read before. */
function beforeRolloutIsRead(
  world: World,
  isMeant: (waves: readonly Wave[]) => boolean,
  act: () => Promise<unknown>,
): () => boolean {
  const get = world.table.get.bind(world.table);
  let isDone = false;
  let busy = false;
  world.table.get = async (key) => {
    if (!isDone && !busy && key.sk === 'ROLLOUT') {
      busy = true;
      const waves = await wavesOf(world);
      const rollouts = await rolloutsOf(world);
      if (rollouts[0]?.status === 'Running' && isMeant(waves)) {
        isDone = true;
        await act();
      }
      busy = false;
    }
    return get(key);
  };
  return () => isDone;
}
const unblock = (world: Parameters<typeof clusterOf>[0], name: string) =>
  Object.assign((clusterOf(world, name) as { kubernetes: { objects: unknown[] } }).kubernetes, { objects: [] });

describe('a retry between what the reconciler has read and the end of the rollout that it writes', () => {
  test('does not leave a member that waits in a rollout that is Completed', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...blockedIn('dev', 'b'), ...staged('prod', ['p'])],
      policy: spec(at('dev', { maxConcurrency: 5 }), at('prod')),
    });
    const passed = (waves: readonly Wave[]) => waves.length > 0 && waves.every(({ status }) => status === 'Completed');
    const happened = beforeRolloutIsRead(world, passed, async () => {
      unblock(world, 'b');
      await retryCluster(world.ports, await keyOf(world, 'b'), PERSON);
    });
    await hours(world, 30);
    expect(happened()).toBe(true);
    const b = (await membersOf(world)).find(({ name }) => name === 'b');
    expect([(await rolloutsOf(world))[0]?.status, b?.status, versionOf(world, 'b')]).toEqual([
      'Completed',
      'Succeeded',
      '1.37',
    ]);
  });

  test('does not halt the rollout of a wave that it has opened again', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d', 'e'])],
      policy: spec(at('dev', { maxConcurrency: 1 })),
      prepare: failing('d'),
    });
    const halted = ([wave]: readonly Wave[]) => wave?.status === 'Halted' && wave.inFlight === 0;
    const happened = beforeRolloutIsRead(world, halted, async () => {
      await retryCluster(world.ports, await keyOf(world, 'd'), PERSON);
    });
    await hours(world, 30);
    expect(happened()).toBe(true);
    // Stuck: `resume` says that no wave is halted, `retry` that nothing has failed; only an abort is left, and no other rollout begins.
    const [rollout] = await rolloutsOf(world);
    expect([rollout?.status, (await wavesOf(world))[0]?.status, versionOf(world, 'd')]).toEqual([
      'Completed',
      'Completed',
      '1.37',
    ]);
  });
});

describe('a retry of the last rollout while the next one is created', () => {
  test('two rollouts of one policy never run at once', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...blockedIn('dev', 'b')],
      policy: spec(at('dev', { maxConcurrency: 1 })),
    });
    await hours(world, 12);
    expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed']);
    unblock(world, 'b');
    const [another] = staged('dev', ['n']);
    if (another === undefined) throw new Error('none');
    addCluster(world.eks.state, another);
    const happened = onceBefore(world, ['"RolloutCreated"'], async () => {
      await retryCluster(world.ports, await keyOf(world, 'b'), PERSON);
    });
    let most = 0;
    let inFlight = 0;
    for (let minute = 0; minute < 120; minute += 1) {
      await hours(world, 1 / 60);
      const running = (await rolloutsOf(world)).filter(({ status }) => status === 'Running');
      most = Math.max(most, running.length);
      inFlight = Math.max(
        inFlight,
        (await wavesOf(world)).reduce((sum, wave) => sum + wave.inFlight, 0),
      );
    }
    expect(happened()).toBe(true);
    expect([most, inFlight]).toEqual([1, 1]);
  });
});

describe('a retry while the reconciler writes what it has decided before', () => {
  test('is not taken back by the hold that it has taken off', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev', { soak: '6h' }), at('prod', { failureBudget: { maxFailures: 1 } })),
      prepare: failing('p'),
    });
    await hours(world, 3);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    const get = world.table.get.bind(world.table);
    let isDone = false;
    world.table.get = async (key) => {
      const found = await get(key);
      if (!isDone && key.sk === 'ROLLOUT') {
        const [held] = (await controlsOf(world)).filter((one) => one.held !== undefined);
        const p = await memberOf(world, 'p');
        if (held !== undefined && p.status === 'Pending' && new Error().stack?.includes('changeMember') === true) {
          isDone = true;
          await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
        }
      }
      return found;
    };
    await hours(world, 30);
    expect(isDone).toBe(true);
    expect([(await memberOf(world, 'p')).status, versionOf(world, 'p')]).toEqual(['Succeeded', '1.37']);
  });
});

describe('a wave that the reconciler is about to open', () => {
  const others = at('prod');
  const bank = { name: 'bank', clusters: ['p'], approval: { approvals: 1 } };

  async function world(act: (world: World) => Promise<unknown>) {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev'), others),
    });
    const get = world.table.get.bind(world.table);
    let isDone = false;
    world.table.get = async (key) => {
      if (!isDone && key.sk === 'ROLLOUT' && new Error().stack?.includes('changeWave') === true) {
        const [dev, prod] = await wavesOf(world);
        if (dev?.status === 'Completed' && prod?.status === 'Pending') {
          isDone = true;
          await act(world);
        }
      }
      return get(key);
    };
    await hours(world, 6);
    expect(isDone).toBe(true);
    return world;
  }
  const move = (world: World) => applySpec(world, spec(at('dev'), bank, others));

  test('is not opened where the policy has changed (control)', async () => {
    const it = await world(move);
    await hours(it, 10);
    expect(touched(it, 'p')).toBe(false);
  });

  test('is not opened in a rollout that a person has paused', async () => {
    const it = await world(async (one) =>
      pauseRollout(one.ports, (await rolloutsOf(one))[0]?.id ?? '', PERSON, 'look'),
    );
    expect((await wavesOf(it)).map(({ status }) => status)).toEqual(['Completed', 'Pending']);
  });

  test('is not opened in a rollout that a person has paused, applied another policy to, and resumed', async () => {
    const it = await world(async (one) => {
      await pauseRollout(one.ports, (await rolloutsOf(one))[0]?.id ?? '', PERSON, 'another policy comes');
      await move(one);
    });
    await resumeRollout(it.ports, (await rolloutsOf(it))[0]?.id ?? '', PERSON);
    await hours(it, 10);
    // p waits for the approval that its policy has asked for since before its wave began.
    expect(touched(it, 'p')).toBe(false);
  });
});

describe('a soak that a person makes longer while the reconciler is about to end it', () => {
  test('goes on, and the next wave does not open', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
      policy: spec(at('dev', { soak: '2h' }), at('prod')),
    });
    const happened = onceBefore(world, ['"WaveCompleted"'], () =>
      applySpec(world, spec(at('dev', { soak: '48h' }), at('prod'))),
    );
    await hours(world, 12);
    expect(happened()).toBe(true);
    expect([(await wavesOf(world)).map(({ status }) => status), touched(world, 'p')]).toEqual([
      ['Soaking', 'Pending'],
      false,
    ]);
  });
});

describe('a policy that a person takes the automatic trigger from while its rollout is about to be created', () => {
  const waves = [at('dev'), at('prod')];
  test.each(['before', 'while'])('begins no rollout by itself any more (%s)', async (when) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
      policies: [],
    });
    await hours(world, 1.2);
    const manual = () => applySpec(world, { ...spec(...waves), trigger: 'manual' });
    const happened = onceBefore(world, ['"RolloutPlanned"'], manual);
    await applySpec(world, spec(...waves));
    if (when === 'before') await manual();
    await hours(world, 6);
    expect(happened()).toBe(when === 'while');
    expect([(await rolloutsOf(world)).length, touched(world, 'd'), touched(world, 'p')]).toEqual([0, false, false]);
  });
});

const eventsOf = async (world: World, subject: string) =>
  (await world.table.auditOf(subject)).map(({ event }) => event);

describe('a retry of a cluster whose upgrade by hand was stopped before its first change', () => {
  test.each([false, true])('is not taken back by the reconciler (in between: %s)', async (between) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev', { soak: '6h' }), at('prod')),
    });
    await hours(world, 3);
    const { execution } = await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, {
      approve: true,
    });
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 5_000));
    await world.runner.stopExecution({ executionArn: execution ?? '' });
    const get = world.table.get.bind(world.table);
    let isDone = false;
    world.table.get = async (key) => {
      const found = await get(key);
      if (between && !isDone && key.sk === 'ROLLOUT' && new Error().stack?.includes('changeMember') === true) {
        const [held] = (await controlsOf(world)).filter((one) => one.held !== undefined);
        if (held !== undefined && (await memberOf(world, 'p')).status === 'Pending') {
          isDone = true;
          await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
        }
      }
      return found;
    };
    if (!between) {
      await hours(world, 0.2);
      expect([(await memberOf(world, 'p')).status, touched(world, 'p')]).toEqual(['Blocked', false]);
      await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
    }
    await hours(world, 30);
    expect(isDone).toBe(between);
    expect([(await memberOf(world, 'p')).status, versionOf(world, 'p')]).toEqual(['Succeeded', '1.37']);
  });
});

describe('an abort while the reconciler is about to open a wave', () => {
  test('opens no wave of a rollout that is aborted', async () => {
    const world = await smallFleet({ clusters: three, policy: spec(at('dev'), at('prod')) });
    const get = world.table.get.bind(world.table);
    let isDone = false;
    world.table.get = async (key) => {
      if (!isDone && key.sk === 'ROLLOUT' && new Error().stack?.includes('changeWave') === true) {
        const [dev, prod] = await wavesOf(world);
        if (dev?.status === 'Completed' && prod?.status === 'Pending') {
          isDone = true;
          await abortRollout(world.ports, (await rolloutsOf(world))[0]?.id ?? '', PERSON, 'stop it');
        }
      }
      return get(key);
    };
    await hours(world, 8);
    expect(isDone).toBe(true);
    const events = await eventsOf(world, `rollout/${await rolloutIdOf(world)}`);
    expect(events.slice(events.indexOf('RolloutAborted'))).not.toContain('WaveOpen');
  });
});
