import { startRollout } from '../../core/operations/start-rollout.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { at, calendars, clusterOf, spec } from './changed-policy.ts';
import {
  beginByHand,
  clusterArn,
  discover,
  hours,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

// docs/semantics.md, Tags on clusters: at the first change the tags that EKS shows must be those of the inventory.

const selecting = (stage: string, calendar: object) => ({
  selector: { matchLabels: { stage } },
  target: 'latest',
  trigger: 'manual',
  waves: [{ name: 'all', ...calendar }],
});

test('a start by hand obeys the calendars of the policy that selects the cluster by its tags as EKS has them', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['a']),
    calendars,
    policies: [selecting('dev', {}), selecting('prod', { calendar: 'nights' })],
  });
  await discover(world);
  const cluster = clusterOf(world, 'a');
  if (cluster !== undefined) cluster.tags.stage = 'prod';
  await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn('a'), targetVersion: '1.37' });
  await minutes(world, 30);
  expect(mutationsOf(world).map(({ operation }) => operation)).toEqual([]);
});

test('a start by hand counts against the caps by its tags as EKS has them', async () => {
  const world = await smallFleet({
    clusters: [...staged('prod', ['p']), ...staged('dev', ['a'])],
    caps: { perLabel: { stage: 1 } },
    policies: [],
  });
  await discover(world);
  await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn('p'), targetVersion: '1.37' }, 'one');
  await minutes(world, 3);
  const cluster = clusterOf(world, 'a');
  if (cluster !== undefined) cluster.tags.stage = 'prod';
  await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn('a'), targetVersion: '1.37' }, 'two');
  await minutes(world, 3);
  await minutes(world, 3);
  expect(world.table.auditTimeline().filter(({ event }) => event === 'Granted')).toHaveLength(1);
  await hours(world, 4);
  expect([versionOf(world, 'p'), versionOf(world, 'a')]).toEqual(['1.37', '1.37']);
});

test('a member that its label puts into a later wave is not upgraded in a wave that begins after that', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['a', 'b']),
    policy: {
      ...spec(at('dev', { maxConcurrency: 2 }), at('prod', { approval: { approvals: 2 } })),
      trigger: 'manual',
    },
  });
  await discover(world);
  const cluster = clusterOf(world, 'a');
  if (cluster !== undefined) cluster.tags.stage = 'prod';
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await minutes(world, 40);
  expect(
    mutationsOf(world)
      .filter(({ clusterArn: arn }) => arn.endsWith('/a'))
      .map(({ operation }) => operation),
  ).toEqual([]);
});

test('nor is one whose tag liftlock/wave asks for a later wave', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['a', 'b']),
    policy: {
      ...spec(at('dev', { maxConcurrency: 2 }), at('prod', { approval: { approvals: 2 } })),
      trigger: 'manual',
    },
  });
  await discover(world);
  const cluster = clusterOf(world, 'a');
  if (cluster !== undefined) cluster.tags['liftlock/wave'] = 'prod';
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await minutes(world, 40);
  expect(
    mutationsOf(world)
      .filter(({ clusterArn: arn }) => arn.endsWith('/a'))
      .map(({ operation }) => operation),
  ).toEqual([]);
});

test('nor is one that a later wave may take, whose expression has no answer for it', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['a', 'b']),
    policy: {
      ...spec(at('dev', { maxConcurrency: 2 }), {
        name: 'prod',
        selector: { when: 'cluster.tags.tier == "gold"' },
        approval: { approvals: 2 },
      }),
      trigger: 'manual',
    },
  });
  await discover(world);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  const cluster = clusterOf(world, 'a');
  if (cluster !== undefined) cluster.tags.stage = 'other';
  await minutes(world, 40);
  expect(
    mutationsOf(world)
      .filter(({ clusterArn: arn }) => arn.endsWith('/a'))
      .map(({ operation }) => operation),
  ).toEqual([]);
});

test('a version of a launch template that a tag forbids is not wanted again and again before discovery', async () => {
  const image = 'ami-0123456789abcdef0';
  const group = { name: 'ml', amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } };
  const pause: Fault = {
    // The control plane has moved, and nothing of the node group was looked at yet.
    ...{ when: 'after', operation: 'outcome', function: 'upgrade-control-plane', skip: 1 },
    effect: {
      kind: 'act',
      act: async (world) => {
        const cluster = clusterOf(world, 'web');
        if (cluster !== undefined) cluster.tags['liftlock/paused'] = 'true';
      },
    },
  };
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [group] }],
    policy: { nodes: { images: [{ table: { '1.37': { 'eu-central-1': image } } }] } },
    prepare(state) {
      const of = { account: '111111111111', region: 'eu-central-1', architecture: 'x86_64' };
      state.images = { [image]: { ...of, kubelet: '1.37', creationDate: '2026-11-01T00:00:00.000Z', tags: {} } };
      state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
    },
    faults: [pause],
  });
  await discover(world);
  await minutes(world, 40);
  expect((await upgradesOf(world))[0]).toMatchObject({ status: 'Parked', reasons: [{ code: 'Excluded' }] });
  expect((await recordOf(world, 'web')).tags).toEqual({ 'liftlock/paused': 'true' });
  expect(world.eks.state.templateVersions ?? {}).toEqual({});
});
