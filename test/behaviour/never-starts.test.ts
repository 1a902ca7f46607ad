import { calendarSchema } from '../../core/config/schema/calendar.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { pauseRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { applyDecision } from '../../core/rollout/apply-decision.ts';
import { decide } from '../../core/rollout/decide.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, keyOf, spec } from './changed-policy.ts';
import {
  controlsOf,
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  smallFleet,
  touched,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

const NIGHTS = { windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }] };
const DAYTIME = { windows: [{ name: 'day', schedule: '0 8 * * *', duration: '6h' }] };
const LEAVES = { leaveBehindAfter: '16h' };
const cluster = (name: string, stage: string, calendar?: string) => ({
  name,
  version: '1.36',
  nodegroups: [{ name: 'workers' }],
  tags: { stage, ...(calendar === undefined ? {} : { 'liftlock/calendar': calendar }) },
});

const waves = [at('staging', { maxConcurrency: 2, calendar: 'nights' }), at('prod')];
/** Staging at night, where the customer of `acme` only has days; production after it. */
const fleet = (policy: object, staging = [cluster('s1', 'staging'), cluster('acme', 'staging', 'acme')]) =>
  smallFleet({
    clusters: [...staging, cluster('p1', 'prod')],
    calendars: { nights: NIGHTS, acme: DAYTIME },
    policy: { ...spec(...waves), ...policy },
  });
/** The customer gives nights too. */
const meets = (world: World) => {
  const calendar = { apiVersion: 'liftlock/v1alpha1', kind: 'Calendar', metadata: { name: 'acme' }, spec: NIGHTS };
  return applyConfig(world.ports, [calendarSchema.parse(calendar)], PERSON);
};
const explained = async (world: World, name: string) => {
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, name));
  return { state, codes: reasons.map(({ code }) => code), messages: reasons.map(({ message }) => message), when };
};
const statuses = async (world: World) => (await wavesOf(world)).map(({ name, status }) => `${name} ${status}`);
const NEVER =
  'In the wave staging, acme never starts as things are: nights and acme are never open at the same time within three years, as far ahead as Liftlock plans.';

test('by itself a wave waits for who never starts, and whoever asks hears whom it waits for and what lets it pass', async () => {
  const world = await fleet({});
  await hours(world, 20);
  expect(await statuses(world)).toEqual(['staging Open', 'prod Pending']);
  expect([touched(world, 'acme'), touched(world, 'p1')]).toEqual([false, false]);
  const said = `${NEVER} The wave does not end by itself, and prod after it does not begin (cannotStart: wait). Change the calendars, or let the policy policy-0 go on without: cannotStart: { leaveBehindAfter: 14d }.`;
  const { reasons } = await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now());
  expect(reasons.map(({ message }) => message)).toEqual([said]);
  for (const name of ['acme', 'p1']) {
    const { messages, codes, when } = await explained(world, name);
    expect([codes.at(-1), messages.at(-1), when.at]).toEqual(['NeverStarts', said, null]);
  }
  expect(await checkInvariants(world)).toEqual([]);
});

test('a member that no policy selects any more is told so as well', async () => {
  const world = await fleet({ cannotStart: LEAVES });
  await hours(world, 2);
  const before = await explained(world, 'acme');
  expect(before.codes).toContain('NeverStarts');
  await applySpec(world, { ...spec(...waves), cannotStart: LEAVES, selector: { when: 'cluster.name != "acme"' } });
  await hours(world, 0.5);
  const { codes, when } = await explained(world, 'acme');
  expect([codes, when]).toEqual([before.codes, before.when]);
});

test('where the policy says so it is left behind as long after its wave has opened: no failure, no hold, and the others go on', async () => {
  const world = await fleet({ cannotStart: LEAVES });
  await hours(world, 2);
  // Who goes tonight waits for nobody.
  expect((await explained(world, 's1')).codes).toEqual(['WindowClosed']);
  const [staging] = await wavesOf(world);
  const day = new Date(Date.parse(staging?.openedAt ?? '') + 16 * 3_600_000);
  // That is no instant at which it begins: with nothing done its wave goes on without it.
  expect((await explained(world, 'acme')).when).toEqual({
    at: day.toISOString(),
    condition:
      'At that instant its wave leaves it behind (cannotStart of the policy policy-0), unless it has begun: it begins within a minute of a change by which its calendars are open together.',
  });
  const { reasons } = await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now());
  expect(reasons.map(({ message }) => message)).toEqual([
    `${NEVER} The wave waits until ${day.toISOString()}, and prod after it; what still never starts then is left behind (cannotStart of the policy policy-0).`,
  ]);
  await hours(world, 13);
  expect([await statuses(world), versionOf(world, 's1')]).toEqual([['staging Open', 'prod Pending'], '1.37']);
  await hours(world, 5);
  expect([await statuses(world), versionOf(world, 'p1')]).toEqual([['staging Completed', 'prod Completed'], '1.37']);
  expect([touched(world, 'acme'), await controlsOf(world)]).toEqual([false, []]);
  const { status, reasons: why } = await memberOf(world, 'acme');
  expect([status, why.map(({ code }) => code)]).toEqual(['Blocked', ['NeverStarts']]);
  expect((await rolloutsOf(world)).map((one) => [one.status, one.reasons[0]?.message])).toEqual([
    ['Completed', '0 clusters failed, 1 is blocked.'],
  ]);
  const record = (await world.auditTimeline()).filter(({ event }) => event === 'MemberBlocked');
  expect(record.map(({ principal }) => principal)).toEqual(['liftlock']);
  expect(Date.parse(record[0]?.at ?? '')).toBeGreaterThanOrEqual(day.getTime());
  expect(await checkInvariants(world)).toEqual([]);

  const { state, when } = await explained(world, 'acme');
  expect([state, when.condition]).toEqual([
    'Blocked',
    'Once nothing refuses it any more (now NeverStarts), somebody removes the cause and runs: liftlock retry cluster acme',
  ]);
  // Its wave has been open for long enough: it would be left behind once more by the next tick.
  await expect(retryCluster(world.ports, await keyOf(world, 'acme'), PERSON)).rejects.toThrow(
    'acme is not tried again now: It never starts as things are: nights and acme are never open at the same time within three years, as far ahead as Liftlock plans. The wave staging has been open for 16h, and has left it behind (cannotStart of the policy policy-0). First change a calendar or the tag that names it, or cannotStart; then run: liftlock retry cluster acme',
  );
  expect((await statuses(world))[0]).toBe('staging Completed');
  await meets(world);
  await retryCluster(world.ports, await keyOf(world, 'acme'), PERSON);
  await hours(world, 24);
  expect([versionOf(world, 'acme'), (await memberOf(world, 'acme')).status]).toEqual(['1.37', 'Succeeded']);
  expect(await checkInvariants(world)).toEqual([]);
});

test('a policy that says so only later lets a wave pass that has waited for longer', async () => {
  const world = await fleet({});
  await hours(world, 19);
  expect(await statuses(world)).toEqual(['staging Open', 'prod Pending']);
  await applySpec(world, { ...spec(...waves), cannotStart: LEAVES });
  await hours(world, 3);
  expect([await statuses(world), (await memberOf(world, 'acme')).status]).toEqual([
    ['staging Completed', 'prod Completed'],
    'Blocked',
  ]);
});

test('a wave that has only such clusters proves nothing, so an approver looks at it', async () => {
  const world = await fleet({ cannotStart: LEAVES }, [cluster('acme', 'staging', 'acme')]);
  await hours(world, 19);
  expect(await statuses(world)).toEqual(['staging Undecided', 'prod Pending']);
});

test.each<[string, (world: World) => Promise<unknown>]>([
  ['its calendar has', meets],
  ['its policy has', (world) => applySpec(world, spec(...waves))],
  ['the rollout itself has', async (world) => pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'why')],
])('nobody is left behind by what was decided before %s changed', async (_, meanwhile) => {
  const world = await fleet({ cannotStart: LEAVES });
  await hours(world, 15);
  await world.clock.runUntil(new Date(world.clock.now().getTime() + 2 * 3_600_000));
  const snapshot = await loadSnapshot(world.table, await world.table.queryActive(), 'motion');
  const { decisions } = decide(snapshot, world.clock.now());
  const [decision] = decisions.filter(({ type }) => type === 'change-member');
  if (decision?.type !== 'change-member') throw new Error('nobody is to be left behind');
  await meanwhile(world);
  await applyDecision(world.ports, decision);
  expect((await memberOf(world, 'acme')).status).toBe('Pending');
});

test('whoever asks for a rollout hears first who never starts, and what the policy makes of it', async () => {
  const world = await fleet({ cannotStart: LEAVES, trigger: 'manual' });
  await hours(world, 1);
  const plan = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: true });
  expect(plan.reasons.map(({ message }) => message)).toEqual([
    `${NEVER} The wave waits until it has been open for 16h, and prod after it; what still never starts then is left behind (cannotStart of the policy policy-0).`,
  ]);
});
