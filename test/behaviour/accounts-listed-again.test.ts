import { applyConfig } from '../../core/operations/apply-documents.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { ReconcileMarkers } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { LISTED, MEMBER, ofMember, throttle } from './accidents.ts';
import { applySpec, at, clusterOf, fleetOf, spec } from './changed-policy.ts';
import {
  clustersOf,
  hours,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  smallFleet,
  touched,
  upgradesOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

describe('an account beside an organization that comes back into the list of the Fleet', () => {
  /** MEMBER is of no organization of the Fleet; it is listed, left out for two days, and listed again. */
  async function comesBack(organizationId: string | undefined, refused = false) {
    const world = await smallFleet({
      clusters: [...ofMember('dev', 'd'), ...staged('dev', ['e']), ...staged('prod', ['p'])],
      policies: [],
      accounts: [LISTED],
      ...(organizationId === undefined ? {} : { organizationId }),
    });
    let refusing = false;
    Object.assign(world.ports, {
      organization: {
        listAccounts: async () => {
          if (refusing) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
          return [LISTED];
        },
      },
    });
    const more = organizationId === undefined ? {} : { organizationId };
    const fleet = (...accounts: string[]) => applyConfig(world.ports, [fleetOf({ ...more, accounts })], PERSON);
    await fleet(LISTED, MEMBER);
    await hours(world, 2);
    expect((await clustersOf(world)).map(({ name }) => name).sort()).toEqual(['d', 'e', 'p']);
    refusing = refused;
    await fleet(LISTED);
    await hours(world, 1);
    // Its owner retags it while nobody looks.
    Object.assign(clusterOf(world, 'd')?.tags ?? {}, { stage: refused ? 'prod' : 'dev' });
    await hours(world, 48.5);
    await fleet(LISTED, MEMBER);
    await applySpec(world, spec(at('dev', { soak: '48h', maxConcurrency: 5 }), at('prod')));
    return world;
  }

  test.each([undefined, 'o-a1b2c3d4e5'])('no rollout is planned before the next look (organization %s)', async (id) => {
    const world = await comesBack(id);
    await minutes(world, 10);
    const planned = await rolloutsOf(world);
    const why = (await recordOf(world, 'd')).lastSeenAt;
    expect([planned.length, why]).toEqual([0, '1970-01-01T00:00:00.000Z']);
  });

  test.each([undefined, 'o-a1b2c3d4e5'])('dev goes before production (organization %s)', async (id) => {
    const world = await comesBack(id);
    await minutes(world, 10);
    await hours(world, 80);
    const order = [...new Set(mutationsOf(world).map(({ clusterArn }) => clusterArn.split('/').at(-1)))];
    expect(order.indexOf('d') >= 0 && order.indexOf('d') < order.indexOf('p')).toBe(true);
  });

  test.each([undefined, 'o-a1b2c3d4e5'])(
    'a tag that changed meanwhile is read before anything begins (organization %s, not listed for two days)',
    async (id) => {
      const world = await comesBack(id, true);
      await minutes(world, 10);
      expect([touched(world, 'd'), touched(world, 'p')]).toEqual([false, false]);
    },
  );
});

describe('an account beside the organization that was out of the Fleet, and whose first look is throttled once', () => {
  test.each([
    [0, undefined],
    [1, undefined],
    [0, 'o-a1b2c3d4e5'],
    [1, 'o-a1b2c3d4e5'],
  ])('has its clusters in the order of its waves (throttled: %i, organization %s)', async (times, organizationId) => {
    const more = organizationId === undefined ? {} : { organizationId };
    const world = await smallFleet({
      clusters: [...ofMember('dev', 'd'), ...staged('dev', ['e']), ...staged('prod', ['p'])],
      policies: [],
      accounts: [LISTED],
      ...more,
    });
    Object.assign(world.ports, { organization: { listAccounts: async () => [LISTED] } });
    const fleet = (...accounts: string[]) => applyConfig(world.ports, [fleetOf({ ...more, accounts })], PERSON);
    await fleet(LISTED, MEMBER);
    await hours(world, 2);
    await fleet(LISTED);
    await hours(world, 3);
    await fleet(LISTED, MEMBER);
    throttle(world, 'listClusters', ({ account }) => account === MEMBER, times);
    await applySpec(world, spec(at('dev', { maxConcurrency: 5 }), at('prod')));
    let isFirst: string | undefined;
    for (let quarter = 0; quarter < 48 && isFirst === undefined; quarter += 1) {
      await hours(world, 0.25);
      isFirst = ['p', 'd'].find((name) => touched(world, name));
    }
    expect(isFirst).toBe('d');
  });
});

describe('an account that came back into the Fleet and was taken out again before anybody looked there', () => {
  /** Its cluster d is half done: a rollout that was aborted has left it. */
  test.each([false, true])('is waited for by nobody (came back: %s)', async (cameBack) => {
    const world = await smallFleet({
      clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
      policy: spec(at('dev', { bake: '12h' })),
      accounts: [LISTED, MEMBER],
    });
    const isLeft = async () => (await upgradesOf(world)).some(({ status, mutated }) => status === 'Parked' && mutated);
    for (let step = 0; step < 90 && !(await isLeft()); step += 1) await hours(world, 1 / 20);
    expect(await isLeft()).toBe(true);
    await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'enough');
    const name = (...accounts: string[]) => applyConfig(world.ports, [fleetOf({ accounts })], PERSON);
    await name(LISTED);
    await hours(world, 0.5);
    if (cameBack) await name(LISTED, MEMBER);
    await name(LISTED);
    await hours(world, 30);
    const marker = (await load(world.table, ReconcileMarkers))?.data;
    // Otherwise each tick reads the whole fleet with its history, for ever, and nothing is learned any more.
    expect(marker?.lookBegunAt).toBeUndefined();
    expect(world.clock.now().getTime() - Date.parse(marker?.lastFullAt ?? '')).toBeLessThan(2 * 3_600_000);
  });
});
