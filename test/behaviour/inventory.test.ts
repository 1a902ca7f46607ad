import { clusterItemsFromEvent } from '../../core/inventory/cluster-events.ts';
import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { watchVersions } from '../../core/inventory/watch-versions.ts';
import { Accounts } from '../../core/store/entities.ts';
import { loadKind, put } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { applyNewerConfig } from '../../simulator/simulate/faults/operations-faults.ts';
import { applySpec, at, clusterOf, lookAround, spec } from './changed-policy.ts';
import {
  clustersOf,
  DAY,
  discover,
  hours,
  memberOf,
  mutationsOf,
  observedTags,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const HOUR = 3_600_000;
const manual = { trigger: 'manual' };
const setTags = (world: World, tags: Record<string, string>) => {
  for (const cluster of Object.values(world.eks.state.clusters)) cluster.tags = { ...tags };
};

describe('discovery', () => {
  test('records what a cluster is and who manages it', async () => {
    const world = await smallFleet({
      clusters: [
        {
          ...web,
          supportType: 'STANDARD',
          tags: { 'aws:cloudformation:stack-name': 'x', 'alpha.eksctl.io/cluster-name': 'web', stage: 'dev' },
        },
      ],
      policy: manual,
    });
    await discover(world);
    expect(await recordOf(world, 'web')).toMatchObject({
      version: '1.36',
      status: 'ACTIVE',
      supportType: 'STANDARD',
      labels: { stage: 'dev' },
      managedBy: ['eksctl', 'CloudFormation'],
      nodegroups: [{ name: 'workers', version: '1.36' }],
      insights: { error: 0, unknown: 0 },
      unreadable: [],
    });
  });

  test('while no Fleet can be read, a cluster keeps its labels, and a change of any tag is recorded', async () => {
    const world = await smallFleet({ clusters: [{ ...web, tags: { stage: 'dev' } }], policy: manual });
    await discover(world);
    const item = { account: '111111111111', region: 'eu-central-1', name: 'web', depth: 'deep' as const };
    let end = async () => {};
    await applyNewerConfig(world, { kind: 'newer-config', minute: 0, minutes: 60 }, (_, act) => {
      end = act;
    });
    await recordCluster(world.ports, item);
    expect((await recordOf(world, 'web')).labels).toEqual({ stage: 'dev' });
    setTags(world, { stage: 'prod', 'acme/calendar': 'nights' });
    await recordCluster(world.ports, item);
    expect((await recordOf(world, 'web')).labels).toEqual({ stage: 'dev' });
    const tags = { stage: 'prod', 'acme/calendar': 'nights' };
    expect(observedTags(world)).toEqual([{ tags, before: { stage: 'dev' } }]);
    await end();
    await recordCluster(world.ports, item);
    expect((await recordOf(world, 'web')).labels).toEqual({ stage: 'prod' });
  });

  test('a change of a tag that gives a label is recorded, and one that says nothing to Liftlock is not', async () => {
    const world = await smallFleet({ clusters: [{ ...web, tags: { stage: 'dev' } }], policy: manual });
    await discover(world);
    setTags(world, { stage: 'prod', owner: 'search' });
    await discover(world);
    setTags(world, { stage: 'prod', owner: 'data' });
    await discover(world);
    expect(observedTags(world)).toEqual([{ tags: { stage: 'prod' }, before: { stage: 'dev' } }]);
  });

  test('a denied account is recorded with its reason and makes no cluster disappear', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    await discover(world);
    world.eks.state.deniedAccounts.push('111111111111');
    await discover(world);
    const record = await recordOf(world, 'web');
    expect(record.deletedAt).toBeUndefined();
    expect(record.conditions[0]).toMatchObject({ type: 'Reachable', status: 'False', reason: 'Denied' });
    const [account] = await loadKind(world.table, Accounts);
    expect(account).toMatchObject({
      status: 'Denied',
      reason: expect.stringContaining('AccessDeniedException') as string,
    });
  });

  test('what is as it was is written again only every six hours, so that people see that it is looked at', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    const discoverIn = async (count: number) => {
      await world.clock.runUntil(new Date(world.clock.now().getTime() + count * HOUR));
      await discover(world);
      const kinds = ['Cluster', 'Account', 'RegionVersions'];
      const items = await Promise.all(kinds.map((kind) => world.table.queryKind(kind)));
      return items.flat().map(({ revision }) => revision);
    };
    const first = await discoverIn(0);
    expect(first).toHaveLength(3);
    expect(await discoverIn(1)).toEqual(first);
    const later = await discoverIn(6);
    expect(later).toHaveLength(3);
    for (const [index, revision] of later.entries()) expect(revision).toBeGreaterThan(first[index] ?? 0);
  });

  test('an unreachable cluster is never touched, and is upgraded once it can be read again', async () => {
    const world = await smallFleet({ clusters: [web] });
    await world.invoke('discover-clusters', {});
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 1_000));
    world.eks.state.deniedAccounts.push('111111111111');
    await run(world);
    expect((await recordOf(world, 'web')).conditions[0]?.status).toBe('False');
    expect(mutationsOf(world)).toEqual([]);
    world.eks.state.deniedAccounts.length = 0;
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
  });

  test('a cluster goes only when DescribeCluster says so', async () => {
    const world = await smallFleet({ clusters: [web, { ...web, name: 'shop' }], policy: manual });
    await discover(world);
    world.eks.faults.add({ operation: 'ListClusters', effect: { kind: 'error', name: 'ServerException' } });
    await discover(world);
    expect(await clustersOf(world)).toHaveLength(2);
    world.eks.addActor({
      at: world.clock.now().getTime(),
      account: '111111111111',
      region: 'eu-central-1',
      do: 'delete-cluster',
      cluster: 'shop',
    });
    await world.clock.runUntil(new Date(world.clock.now().getTime() + HOUR));
    await discover(world);
    expect((await clustersOf(world)).find((record) => record.name === 'shop')?.deletedAt).toBeDefined();
    expect((await clustersOf(world)).find((record) => record.name === 'web')?.deletedAt).toBeUndefined();
  });

  test('a cluster that is not listed any more is asked about at the next discovery', async () => {
    const world = await smallFleet({ clusters: [web, { ...web, name: 'shop' }], policy: manual });
    await discover(world);
    const at = world.clock.now().getTime();
    const place = { account: '111111111111', region: 'eu-central-1' };
    world.eks.addActor({ ...place, at, do: 'delete-cluster', cluster: 'shop' });
    await world.clock.runUntil(new Date(at + HOUR));
    await discover(world);
    const gone = (await clustersOf(world)).filter(({ deletedAt }) => deletedAt !== undefined);
    expect(gone.map(({ name }) => name)).toEqual(['shop']);
  });

  test('a cluster deleted and recreated under its name is another one', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    await discover(world);
    world.eks.addActor({
      at: world.clock.now().getTime() + 1,
      account: '111111111111',
      region: 'eu-central-1',
      do: 'recreate-cluster',
      cluster: 'web',
      version: '1.35',
    });
    await world.clock.runUntil(new Date(world.clock.now().getTime() + HOUR));
    await discover(world);
    const records = await clustersOf(world);
    expect(records.map((record) => [record.version, record.deletedAt === undefined])).toEqual(
      expect.arrayContaining([
        ['1.36', false],
        ['1.35', true],
      ]),
    );
  });

  test('a read that keeps failing is a dead letter, and nothing is lost', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    world.eks.faults.add({
      operation: 'DescribeCluster',
      times: 50,
      effect: { kind: 'error', name: 'ServerException' },
    });
    await world.invoke('discover-clusters', {});
    await world.clock.runUntil(new Date(world.clock.now().getTime() + HOUR));
    expect(world.queue.deadLetters).toHaveLength(1);
    expect(world.queue.deadLetters[0]?.body).toContain('"name":"web"');
  });

  test('poison messages are dead letters and do not keep their batch from being recorded', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    const good = JSON.stringify({ account: '111111111111', region: 'eu-central-1', name: 'web', depth: 'deep' });
    world.queue.sendBodies(['not json', '{"account":"x"}', good]);
    await world.clock.runUntil(new Date(world.clock.now().getTime() + HOUR));
    expect(world.queue.deadLetters.map((letter) => letter.body)).toEqual(['not json', '{"account":"x"}']);
    expect((await recordOf(world, 'web')).version).toBe('1.36');
  });

  test('a forwarded CloudTrail event has its cluster read at once', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    const event = {
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.eks',
      account: '111111111111',
      region: 'eu-central-1',
      detail: { eventName: 'UpdateClusterVersion', requestParameters: { name: 'web' } },
    };
    world.queue.sendBodies([JSON.stringify(event)]);
    await world.clock.runUntil(new Date(world.clock.now().getTime() + HOUR));
    expect((await recordOf(world, 'web')).nodegroups).toHaveLength(1);
  });

  test('throttled reads come again', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    world.eks.faults.add({ operation: 'DescribeNodegroup', times: 2, effect: { kind: 'throttle' } });
    await discover(world);
    await world.clock.runUntil(new Date(world.clock.now().getTime() + HOUR));
    expect((await recordOf(world, 'web')).nodegroups).toHaveLength(1);
  });

  test('a part that is denied keeps what was known and says so', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    await discover(world);
    world.eks.faults.add({
      operation: 'ListAddons',
      times: 5,
      effect: { kind: 'error', name: 'AccessDeniedException' },
    });
    await recordCluster(world.ports, { account: '111111111111', region: 'eu-central-1', name: 'web', depth: 'deep' });
    const record = await recordOf(world, 'web');
    expect(record.addons).toHaveLength(3);
    expect(record.unreadable[0]?.message).toContain('add-ons: AccessDeniedException');
  });
});

describe('version news', () => {
  test('the first look is a baseline; a version that comes later is announced once in its Region', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    const { supportCalendar } = world.eks.state;
    const newest = supportCalendar.findIndex((row) => row.minor === '1.37');
    const [row] = supportCalendar.splice(newest, 1);
    await discover(world);
    if (row !== undefined) supportCalendar.push(row);
    await watchVersions(world.ports);
    await watchVersions(world.ports);
    const news = world.bus.published.filter(({ event }) => event.type === 'VersionAvailable');
    expect(news.map(({ event }) => event.detail)).toEqual([
      { version: 1, region: 'eu-central-1', kubernetesVersion: '1.37' },
    ]);
  });

  test('a nearing end of support is announced once for each of 90, 60, 30 and 7 days', async () => {
    const world = await smallFleet({ clusters: [{ ...web, version: '1.34' }], policy: manual });
    await discover(world);
    for (let day = 1; day <= 11; day += 1) {
      await world.clock.runUntil(new Date(DAY.getTime() + day * 24 * HOUR));
      await watchVersions(world.ports);
      await world.tick();
    }
    const days = world.bus.published.flatMap(({ event }) =>
      event.type === 'SupportDeadlineApproaching' ? [event.detail.daysLeft] : [],
    );
    expect(days).toHaveLength(2);
    expect(days[0]).toBeLessThanOrEqual(30);
    expect(days[1]).toBeLessThanOrEqual(7);
  });

  test('a change that AWS Health tells of a part of a cluster is announced, and taken back when it is over', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    await discover(world);
    const health = (at: number, statusCode: string) => ({
      source: 'aws.health',
      'detail-type': 'AWS Health Event',
      detail: {
        eventArn: 'arn:aws:health:eu-central-1::event/EKS/AWS_EKS_MAINTENANCE_SCHEDULED/1',
        eventTypeCode: 'AWS_EKS_MAINTENANCE_SCHEDULED',
        eventTypeCategory: 'scheduledChange',
        startTime: new Date(at).toUTCString(),
        statusCode,
        affectedEntities: [
          { entityValue: 'arn:aws:eks:eu-central-1:111111111111:nodegroup/web/workers/0a1b', status: 'PENDING' },
        ],
      },
    });
    const hear = async (event: object) => {
      for (const item of clusterItemsFromEvent(event)) await recordCluster(world.ports, item);
    };
    const at = DAY.getTime() + 10 * 24 * HOUR;
    await hear(health(at, 'upcoming'));
    await hear(health(at, 'upcoming'));
    await discover(world);
    expect((await recordOf(world, 'web')).plannedChanges).toMatchObject([{ at: new Date(at).toISOString() }]);
    for (const day of [0, 1, 4, 5]) {
      await world.clock.runUntil(new Date(DAY.getTime() + day * 24 * HOUR + HOUR));
      await watchVersions(world.ports);
      await world.tick();
    }
    const told = world.bus.published.flatMap(({ event }) =>
      event.type === 'PlannedChangeApproaching' ? [event.detail.daysLeft] : [],
    );
    expect(told).toEqual([10, 6]);
    await hear(health(at, 'closed'));
    expect(await recordOf(world, 'web')).not.toHaveProperty('plannedChanges');
  });

  test('where no account answers that the Fleet names, one of its organization with clusters there is asked', async () => {
    const world = await smallFleet({ clusters: [web], policy: manual });
    world.eks.state.deniedAccounts.push('111111111111');
    expect((await watchVersions(world.ports)).unreadable).toHaveLength(1);
    const state = { region: 'eu-central-1', status: 'Ok', checkedAt: DAY.toISOString() } as const;
    const states = [
      { ...state, account: '222222222222', clusters: 0 },
      { ...state, account: '333333333333', clusters: 1 },
    ];
    await world.table.transact(states.map((one) => put(Accounts, one, 'any')));
    world.eks.state.deniedAccounts.push('222222222222');
    expect((await watchVersions(world.ports)).unreadable).toEqual([]);
  });

  test('a rollout is created although no event arrives, and only one', async () => {
    const world = await smallFleet({ clusters: [web] });
    world.ports.events.publish = async () => {};
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
    expect(await rolloutsOf(world)).toHaveLength(1);
  });
});

describe('an idle fleet', () => {
  test('costs one query a tick', async () => {
    const world = await smallFleet({ clusters: [{ ...web, version: '1.37' }] });
    await run(world);
    // A minute after a tick that may be that of the hour, and no tenth one.
    await world.tick();
    await world.clock.runUntil(new Date(Math.ceil(world.clock.now().getTime() / 600_000) * 600_000 + 60_000));
    const before = { ...world.table.reads };
    const result = (await world.invoke('reconcile-rollouts', {})) as { look: string };
    expect(result.look).toBe('idle');
    const after = world.table.reads;
    expect({
      active: after.active - before.active,
      get: after.get - before.get,
      partition: after.partition - before.partition,
      kind: after.kind - before.kind,
    }).toEqual({ active: 1, get: 0, partition: 0, kind: 0 });
  });
});

const tag = (world: World, name: string, tags: Record<string, string>) => {
  const found = clusterOf(world, name);
  if (found === undefined) throw new Error(`no ${name}`);
  found.tags = { ...found.tags, ...tags };
};

describe('what an earlier look has seen, written after a later one', () => {
  test('does not take back the tags that a person has set since', async () => {
    const it = await smallFleet({ clusters: [...staged('dev', ['d', 'p'])], policies: [] });
    await hours(it, 1.2);
    const { eks } = it.ports;
    const slow = new Proxy(eks, {
      get(target, name, receiver) {
        if (name !== 'describeCluster') {
          const value = Reflect.get(target, name, receiver);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return async (...args: Parameters<typeof eks.describeCluster>) => {
          const seen = await target.describeCluster(...args);
          // While this one sleeps a person says that p is production, and another look sees it.
          tag(it, 'p', { stage: 'prod' });
          await lookAround(it);
          expect((await recordOf(it, 'p')).labels).toEqual({ stage: 'prod' });
          return seen;
        };
      },
    });
    await recordCluster(
      { ...it.ports, eks: slow },
      { account: '111111111111', region: 'eu-central-1', name: 'p', depth: 'shallow' },
    );
    await applySpec(it, spec(at('dev'), at('prod', { approval: { approvals: 1 } })));
    for (let minute = 0; minute < 50; minute += 1) {
      await it.tick();
      await it.clock.runUntil(new Date(it.clock.now().getTime() + 60_000));
    }
    expect([(await recordOf(it, 'p')).labels, touched(it, 'p')]).toEqual([{ stage: 'prod' }, false]);
  });
});
