import { channelSchema } from '../../core/config/schema/target.ts';
import { upgradePolicySchema } from '../../core/config/schema/upgrade-policy.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import {
  clusterArn,
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
  touched,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

type World = Awaited<ReturnType<typeof smallFleet>>;

const APPROVER = 'arn:aws:iam::000000000000:role/Approver';
const OTHER = 'arn:aws:iam::000000000000:role/Lead';
const clusters = [...staged('dev', ['d1']), ...staged('prod', ['p1', 'p2'])];
const dev = { name: 'dev', selector: { matchLabels: { stage: 'dev' } } };
const asking = (approval: object, more: object = {}) => [
  dev,
  { name: 'prod', selector: { matchLabels: { stage: 'prod' } }, approval, ...more },
];
const policy = (waves: readonly object[], more: object = {}) => ({
  selector: {},
  target: 'latest',
  trigger: 'automatic',
  waves,
  ...more,
});
const approve = async (world: World, by: string) =>
  voteOnWave(world.ports, await rolloutIdOf(world), 'prod', { decision: 'Approved', by });

test('a wave waits until as many as asked have approved, each counted once', async () => {
  const world = await smallFleet({ clusters, policy: policy(asking({ approvals: 2 })) });
  await run(world);
  expect(touched(world, 'd1')).toBe(true);
  await approve(world, APPROVER);
  await approve(world, APPROVER);
  await run(world);
  expect(touched(world, 'p1')).toBe(false);
  await approve(world, OTHER);
  await run(world);
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Completed', 'Completed']);
});

test('four eyes: who applied the policy or created the rollout does not count', async () => {
  const world = await smallFleet({ clusters, policy: policy(asking({ fourEyes: true })) });
  await run(world);
  await expect(approve(world, PERSON)).rejects.toThrow('somebody else has to approve');
  await approve(world, APPROVER);
  await run(world);
  expect(touched(world, 'p1')).toBe(true);
});

test('four eyes: who applied the policy takes their own rejection back, and what others had approved counts again', async () => {
  const world = await smallFleet({ clusters, policy: policy(asking({ fourEyes: true })) });
  await run(world);
  const id = await rolloutIdOf(world);
  await voteOnWave(world.ports, id, 'prod', { decision: 'Rejected', by: PERSON });
  await approve(world, APPROVER);
  await run(world);
  expect(touched(world, 'p1')).toBe(false);
  await approve(world, PERSON);
  await run(world);
  expect(touched(world, 'p1')).toBe(true);
  expect(await checkInvariants(world)).toEqual([]);
});

test('what a person has upgraded by hand is planned anew at once: nobody approves a hop that is done', async () => {
  const behind = [...staged('dev', ['d1']), ...staged('prod', ['p1', 'p2'], '1.35')];
  const world = await smallFleet({ clusters: behind, policy: policy(asking({}), { target: '1.37' }) });
  await run(world);
  const before = (await wavesOf(world))[1];
  expect((await memberOf(world, 'p1')).from).toBe('1.35');
  const input = JSON.stringify({ cluster: clusterArn('p1'), targetVersion: '1.36' });
  const { executionArn } = await world.runner.startExecution({
    machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`,
    name: 'by-hand',
    input,
  });
  while (world.runner.describeExecution(executionArn).status === 'RUNNING') await hours(world, 1 / 60);
  await hours(world, 2 / 60);
  expect(await memberOf(world, 'p1')).toMatchObject({ from: '1.36', to: '1.37', status: 'Pending' });
  expect((await wavesOf(world))[1]?.planHash).not.toBe(before?.planHash);
  await approve(world, APPROVER);
  await run(world);
  const granted = world.table.auditTimeline().filter(({ event }) => event === 'Granted');
  const hops = granted.map(({ subject, detail }) => `${/\w+(?=@)/.exec(subject)} ${detail.upgradeId}`);
  expect(hops.filter((hop) => hop.startsWith('p1'))).toEqual(['p1 1.35-1.36', 'p1 1.36-1.37']);
});

test('only those whom the policy names count, paths left out', async () => {
  const from = ['arn:aws:iam::*:role/Approver*'];
  const world = await smallFleet({ clusters, policy: policy(asking({ from })) });
  await run(world);
  await expect(approve(world, OTHER)).rejects.toThrow('is not among those who may approve');
  await approve(world, 'arn:aws:iam::000000000000:role/teams/a/Approvers');
  await run(world);
  expect(touched(world, 'p1')).toBe(true);
});

test('an approval expires before the wave has begun, never after', async () => {
  const calendars = { late: { windows: [{ name: 'late', schedule: '0 12 23 * *', duration: '8h' }] } };
  const approval = { expiresAfter: '24h' };
  const world = await smallFleet({ clusters, calendars, policy: policy(asking(approval, { calendar: 'late' })) });
  await hours(world, 3);
  await approve(world, APPROVER);
  await hours(world, 24 * 4);
  expect(touched(world, 'p1')).toBe(false);
  expect(await checkInvariants(world)).toEqual([]);
  const again = await smallFleet({
    clusters,
    calendars,
    policy: policy(asking(approval, { calendar: 'late', maxConcurrency: 1, bake: '2h' })),
  });
  await hours(again, 24 * 3 - 1);
  await approve(again, APPROVER);
  await run(again, 60);
  expect(touched(again, 'p2')).toBe(true);
});

test('a rejection keeps the wave from beginning until its author approves', async () => {
  const world = await smallFleet({ clusters, policy: policy(asking({})) });
  await hours(world, 3);
  await voteOnWave(world.ports, await rolloutIdOf(world), 'prod', {
    decision: 'Rejected',
    by: OTHER,
    comment: 'not on a Friday',
  });
  await approve(world, APPROVER);
  await run(world);
  expect(touched(world, 'p1')).toBe(false);
  await approve(world, OTHER);
  await run(world);
  expect(touched(world, 'p1')).toBe(true);
});

test('another plan voids what was approved; another number does not', async () => {
  const world = await smallFleet({ clusters, policy: policy(asking({})) });
  const apply = async (waves: readonly object[], more: object = {}) => {
    const document = {
      apiVersion: 'liftlock/v1alpha1',
      kind: 'UpgradePolicy',
      metadata: { name: 'policy-0' },
      spec: policy(waves, more),
    };
    await applyConfig(world.ports, [upgradePolicySchema.parse(document)], PERSON);
  };
  const first = [{ ...dev, soak: '12h' }, ...asking({}).slice(1)];
  await apply(first);
  await hours(world, 3);
  await approve(world, APPROVER);
  await apply([first[0] ?? {}, { ...(first[1] as object), maxConcurrency: 2 }], { caps: { total: 5 } });
  await hours(world, 1);
  const [, kept] = await wavesOf(world);
  expect(kept?.approvals?.at(-1)?.planHash).toBe(kept?.planHash);
  await apply([first[0] ?? {}, { ...(first[1] as object), soak: '1h' }]);
  await hours(world, 24);
  expect(touched(world, 'p1')).toBe(false);
  const [, voided] = await wavesOf(world);
  expect(voided?.approvals?.at(-1)?.planHash).not.toBe(voided?.planHash);
  await approve(world, APPROVER);
  await run(world);
  expect(touched(world, 'p1')).toBe(true);
});

test('a person who has seen another plan is told so', async () => {
  const world = await smallFleet({ clusters, policy: policy(asking({})) });
  await hours(world, 3);
  const vote = { decision: 'Approved', by: APPROVER, planHash: '0'.repeat(64) } as const;
  await expect(voteOnWave(world.ports, await rolloutIdOf(world), 'prod', vote)).rejects.toThrow(
    'has changed since you looked',
  );
});

test('a rule approves by itself once it is true, and counts as one', async () => {
  const autoApproveWhen = 'failed == 0 && succeeded >= 1';
  const alone = await smallFleet({ clusters, policy: policy(asking({ autoApproveWhen })) });
  await run(alone);
  expect(touched(alone, 'p1')).toBe(true);
  const [, prod] = await wavesOf(alone);
  expect(prod?.approvals).toMatchObject([{ principal: 'liftlock', decision: 'Approved' }]);
  const together = await smallFleet({ clusters, policy: policy(asking({ autoApproveWhen, approvals: 2 })) });
  await run(together);
  expect(touched(together, 'p1')).toBe(false);
  await approve(together, APPROVER);
  await run(together);
  expect(touched(together, 'p1')).toBe(true);
});

test('of Liftlock too the newest word alone is kept', async () => {
  const approval = { approvals: 2, autoApproveWhen: 'failed == 0' };
  const world = await smallFleet({
    clusters: staged('prod', ['p', 'q', 'r', 's']),
    policy: policy([{ name: 'prod', approval }]),
  });
  await hours(world, 1);
  for (const name of ['p', 'q', 'r']) {
    await skipCluster(world.ports, (await recordOf(world, name)).clusterKey, PERSON, 'it is retired');
    await hours(world, 0.1);
  }
  const [wave] = await wavesOf(world);
  expect(wave?.approvals).toMatchObject([{ principal: 'liftlock', planHash: wave?.planHash }]);
});

test('a wave that was renamed while it was under way, and asks for approval now, can be approved by the name that it began with', async () => {
  const all = { selector: {}, target: 'latest', trigger: 'automatic' };
  const world = await smallFleet({
    clusters: staged('dev', ['d1', 'd2']),
    policy: { ...all, waves: [{ name: 'first' }] },
  });
  await hours(world, 0.2);
  const renamed = upgradePolicySchema.parse({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'UpgradePolicy',
    metadata: { name: 'policy-0' },
    spec: { ...all, waves: [{ name: 'renamed', approval: {} }] },
  });
  await applyConfig(world.ports, [renamed], PERSON);
  await run(world);
  expect(touched(world, 'd2')).toBe(false);
  const id = await rolloutIdOf(world);
  await voteOnWave(world.ports, id, 'first', { decision: 'Approved', by: APPROVER });
  await hours(world, 12);
  expect(touched(world, 'd2')).toBe(true);
  // What it has to prove went with its name.
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Undecided']);
  await promoteRollout(world.ports, id, APPROVER, 'it was the same wave');
  await run(world);
});

test('an approval says how many clusters it covers, and nothing is approved in a rollout that has ended', async () => {
  const world = await smallFleet({ clusters, policy: policy(asking({ approvals: 2 })) });
  await run(world);
  await approve(world, APPROVER);
  const [, prod] = await wavesOf(world);
  expect(prod?.approvals).toMatchObject([{ principal: APPROVER, clusters: 2 }]);
  expect((await world.auditTimeline()).find(({ event }) => event === 'WaveApproved')?.detail).toMatchObject({
    clusters: 2,
  });
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not today');
  await expect(approve(world, OTHER)).rejects.toMatchObject({ name: 'WrongState' });
  expect((await wavesOf(world))[1]?.approvals).toHaveLength(1);
});

describe('four eyes, where the target of the policy is a Channel', () => {
  const moved = (world: World, by: string, spec: object) => {
    const one = { apiVersion: 'liftlock/v1alpha1', kind: 'Channel', metadata: { name: 'c' } };
    return applyConfig(world.ports, [channelSchema.parse({ ...one, spec })], by);
  };
  const following = async () => {
    const waves = asking({ fourEyes: true });
    const world = await smallFleet({ clusters, policy: policy(waves, { trigger: 'manual' }) });
    await moved(world, PERSON, { target: '1.37' });
    const document = { apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name: 'policy-0' } };
    const spec = policy(waves, { target: { channel: 'c' } });
    await applyConfig(world.ports, [upgradePolicySchema.parse({ ...document, spec })], PERSON);
    await hours(world, 6);
    return world;
  };

  test('who moved it last does not approve what that changed, and somebody else does', async () => {
    const world = await following();
    await moved(world, APPROVER, { target: '1.37', minimumAge: '1d' });
    await hours(world, 1);
    await expect(approve(world, APPROVER)).rejects.toMatchObject({ name: 'NotAllowed' });
    await run(world);
    expect(touched(world, 'p1')).toBe(false);
    await approve(world, OTHER);
    await run(world);
    expect(touched(world, 'p1')).toBe(true);
  });

  test('who approved and has moved it since does not count any more', async () => {
    const world = await following();
    await approve(world, APPROVER);
    await moved(world, APPROVER, { target: '1.37', minimumAge: '1d' });
    await run(world);
    expect(touched(world, 'p1')).toBe(false);
    const detail = await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now());
    const [why] = detail.standings?.flatMap(({ approvalReasons }) => approvalReasons) ?? [];
    expect(why?.message).toContain('applied the policy or its Channel');
  });

  test('nobody approves while it is being moved: the approval is judged anew', async () => {
    const world = await following();
    const { table } = world.ports;
    let meanwhile: (() => Promise<unknown>) | undefined = () =>
      moved(world, APPROVER, { target: '1.37', minimumAge: '1d' });
    const transact: typeof table.transact = async (operations, ...more) => {
      const act = meanwhile;
      meanwhile = undefined;
      await act?.();
      return table.transact(operations, ...more);
    };
    const racing = new Proxy(table, {
      get: (on, name) => (name === 'transact' ? transact : Reflect.get(on, name).bind(on)),
    });
    const voted = voteOnWave({ ...world.ports, table: racing }, await rolloutIdOf(world), 'prod', {
      decision: 'Approved',
      by: APPROVER,
    });
    await expect(voted).rejects.toMatchObject({ name: 'NotAllowed' });
  });
});

// docs/rollouts.md, Approvals: what was begun is not asked for them again, and between two hops nothing is begun.
test('a rejection between two hops keeps the second one waiting, and it is not granted again and again', async () => {
  const behind = [...staged('dev', ['d1']), ...staged('prod', ['p1', 'p2'], '1.35')];
  const world = await smallFleet({ clusters: behind, policy: policy(asking({}), { target: '1.37' }) });
  await run(world);
  await approve(world, APPROVER);
  while ((await memberOf(world, 'p1')).status !== 'Running') await hours(world, 1 / 60);
  await hours(world, 1 / 20);
  const rejected = { decision: 'Rejected', by: APPROVER } as const;
  await voteOnWave(world.ports, await rolloutIdOf(world), 'prod', rejected);
  await hours(world, 12);
  const grants = world.table.auditTimeline().filter(({ event, subject }) => event === 'Granted' && /p1@/.test(subject));
  expect([grants.length, (await memberOf(world, 'p1')).status, versionOf(world, 'p1')]).toEqual([1, 'Parked', '1.36']);
  await approve(world, APPROVER);
  await hours(world, 4);
  expect(versionOf(world, 'p1')).toBe('1.37');
});
