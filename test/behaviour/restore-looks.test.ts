import { applyConfig } from '../../core/operations/apply-documents.ts';
import { resumeFleet } from '../../core/operations/fleet-switch.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { recoverAfterRestore } from '../../core/operations/restore.ts';
import { NEVER } from '../../core/policy/cluster-labels.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { LISTED, MEMBER, ofMember } from './accidents.ts';
import { applySpec, at, CARL, clusterOf, fleetOf, judge, keyOf, retag, spec } from './changed-policy.ts';
import { restored } from './restored.ts';
import {
  beginByHand,
  clusterArn,
  clustersOf,
  hours,
  memberOf,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutsOf,
  smallFleet,
  startByHand,
  touched,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

const gated = spec(at('prod', { approval: { approvals: 1 } }), { name: 'rest' });
const group = { nodegroups: [{ name: 'workers' }] };

test('a cluster whose label came by a rule that was applied after the point of restore waits for its approval all the same', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'p', version: '1.36', tags: { tier: 'prod' }, ...group }],
    policies: [],
  });
  await hours(world, 1.2);
  const copy = world.table.snapshot();
  const restoredTo = world.clock.now();
  await hours(world, 0.1);
  await applyConfig(world.ports, [fleetOf({ labels: { fromTags: { stage: 'tier' } } })], PERSON);
  await hours(world, 0.02);
  await applySpec(world, gated);
  await hours(world, 0.2);
  expect((await recordOf(world, 'p')).labels).toEqual({ stage: 'prod' });
  expect((await memberOf(world, 'p')).waveIndex).toBe(0);
  expect(mutationsOf(world)).toEqual([]);
  await restored(world, copy, restoredTo);
  await hours(world, 0.3);
  expect(mutationsOf(world)).toEqual([]);
});

test('so does one whose tag had changed before an expression asked for it', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'p', version: '1.36', tags: { tier: 'dev' }, ...group }],
    policies: [],
  });
  await hours(world, 1.2);
  const copy = world.table.snapshot();
  const restoredTo = world.clock.now();
  await retag(world, 'p', { tier: 'prod' });
  await applySpec(
    world,
    spec(
      { name: 'prod', selector: { when: "cluster.tags['tier'] == 'prod'" }, approval: { approvals: 1 } },
      { name: 'rest' },
    ),
  );
  await hours(world, 0.2);
  expect((await memberOf(world, 'p')).waveIndex).toBe(0);
  expect(mutationsOf(world)).toEqual([]);
  await restored(world, copy, restoredTo);
  await hours(world, 0.3);
  expect(mutationsOf(world)).toEqual([]);
});

test('an account that came back into the Fleet and was not looked at yet is not planned over after a restore either', async () => {
  const world = await smallFleet({
    clusters: [
      { name: 'other', version: '1.37', nodegroups: [] },
      {
        name: 'p',
        account: '222222222222',
        version: '1.36',
        tags: { stage: 'dev' },
        nodegroups: [{ name: 'workers' }],
      },
    ],
    policies: [],
  });
  await applyConfig(world.ports, [fleetOf({ accounts: ['111111111111', '222222222222'] })], PERSON);
  await hours(world, 0.3);
  const copy = world.table.snapshot();
  const restoredTo = world.clock.now();
  await applyConfig(world.ports, [fleetOf({})], PERSON);
  Object.assign(clusterOf(world, 'p')?.tags ?? {}, { stage: 'prod' });
  await hours(world, 4);
  await applyConfig(world.ports, [fleetOf({ accounts: ['111111111111', '222222222222'] })], PERSON);
  await applySpec(world, spec(at('prod', { approval: { approvals: 1 } }), { name: 'rest' }));
  await restored(world, copy, restoredTo);
  await hours(world, 0.3);
  expect(mutationsOf(world)).toEqual([]);
});

test('a rollout that waits for its window outlives a restore with its approval, and begins when its clusters were looked at anew', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'p', version: '1.36', tags: { stage: 'prod' }, ...group }],
    calendars: { nights: { windows: [{ name: 'n', schedule: '0 22 * * *', duration: '6h' }] } },
    policy: spec(at('prod', { approval: { approvals: 1 }, calendar: 'nights' })),
  });
  await hours(world, 0.3);
  const copy = world.table.snapshot();
  const restoredTo = world.clock.now();
  await judge(world, 'Approved', CARL);
  const [before] = await rolloutsOf(world);
  await restored(world, copy, restoredTo);
  await hours(world, 24);
  expect((await rolloutsOf(world)).map(({ id, status }) => [id, status])).toEqual([[before?.id, 'Completed']]);
  expect(versionOf(world, 'p')).toBe('1.37');
});

describe('a cluster that was not looked at anew since the table was restored', () => {
  test('is not begun by hand: its labels of before do not say which windows hold for it', async () => {
    const world = await smallFleet({
      clusters: [{ name: 'p', version: '1.36', tags: { tier: 'prod' }, ...group }],
      calendars: { nights: { windows: [{ name: 'n', schedule: '0 2 * * *', duration: '3h' }] } },
      policies: [],
    });
    const byHand = async () =>
      requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 1.2);
    const copy = world.table.snapshot();
    const restoredTo = world.clock.now();
    await hours(world, 0.1);
    await applyConfig(world.ports, [fleetOf({ labels: { fromTags: { stage: 'tier' } } })], PERSON);
    const atNight = { ...spec(at('prod', { calendar: 'nights' })), selector: { matchLabels: { stage: 'prod' } } };
    await applySpec(world, { ...atNight, trigger: 'manual' }, 'prod');
    await hours(world, 0.02);
    await expect(byHand()).rejects.toThrow('none of its windows is open');
    await restored(world, copy, restoredTo, { looksAround: false });
    expect((await recordOf(world, 'p')).labels).toEqual({});
    await expect(byHand()).rejects.toThrow('looked at anew');
    await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn('p'), targetVersion: '1.37' });
    await minutes(world, 10);
    expect(mutationsOf(world)).toEqual([]);
  });

  test('is not begun with its second hop', async () => {
    const world = await smallFleet({
      clusters: staged('prod', ['p'], '1.35'),
      policy: spec(at('prod', { calendar: 'days' })),
      calendars: { days: { windows: [{ name: 'd', schedule: '0 8 * * *', duration: '70m' }] } },
    });
    await hours(world, 5);
    await world.clock.runUntil(new Date('2026-11-21T08:00:00Z'));
    expect(await memberOf(world, 'p')).toMatchObject({ inFlight: true, status: 'Parked' });
    await restored(world, world.table.snapshot(), world.clock.now(), { looksAround: false });
    await minutes(world, 10);
    expect((await recordOf(world, 'p')).lastSeenAt).toBe(NEVER);
    expect((await upgradesOf(world)).map(({ id, status }) => [id, status])).toEqual([['1.35-1.36', 'Succeeded']]);
  });
});

test('a rollout that has ended is not taken up again over a cluster that was not looked at anew since the table was restored', async () => {
  const policyOf = (stage: string, wave: object) => ({
    ...spec({ name: stage, ...wave }),
    selector: { matchLabels: { stage } },
  });
  const world = await smallFleet({
    clusters: staged('dev', ['p', 'q']),
    policies: [
      policyOf('dev', { maxConcurrency: 10, failureBudget: { maxFailures: 1 } }),
      policyOf('prod', { approval: { approvals: 1 } }),
    ],
    prepare: failing('p'),
  });
  await hours(world, 6.2);
  const copy = world.table.snapshot();
  const restoredTo = world.clock.now();
  Object.assign(clusterOf(world, 'p')?.tags ?? {}, { stage: 'prod' });
  await restored(world, copy, restoredTo, { looksAround: false });
  await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(
    /^p is held\. .* before p is looked at anew\. Discovery looks within the hour\. Then run: liftlock retry cluster p$/,
  );
  await hours(world, 6);
  expect((await recordOf(world, 'p')).labels).toEqual({ stage: 'prod' });
  expect(versionOf(world, 'p')).toBe('1.36');
});

describe('what autoApproveWhen asks of scans', () => {
  test('is not answered by the scans of a table that was restored: a newer one may be lost', async () => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], objects: [attributesClass(OLD)] }],
      policies: [],
    });
    await hours(world, 0.3);
    const copy = world.table.snapshot();
    const restoredTo = world.clock.now();
    await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
    await applySpec(world, {
      ...spec({ name: 'all', approval: { autoApproveWhen: 'findings == 0' } }),
      scan: { failOn: 'none' },
    });
    await hours(world, 0.3);
    expect((await wavesOf(world)).map(({ status, blockingFindings }) => [status, blockingFindings])).toEqual([
      ['Pending', 1],
    ]);
    await restored(world, copy, restoredTo);
    await hours(world, 0.5);
    expect(mutationsOf(world)).toEqual([]);
  });

  test('is answered by the scans that are made after the restore', async () => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.36', ...group }],
      policy: spec({ name: 'all', approval: { autoApproveWhen: 'findings == 0' }, calendar: 'nights' }),
      calendars: { nights: { windows: [{ name: 'n', schedule: '0 22 * * *', duration: '6h' }] } },
    });
    const copy = world.table.snapshot();
    await restored(world, copy, world.clock.now());
    await hours(world, 3);
    const said = async () =>
      (await wavesOf(world)).map(({ approvals = [] }) => approvals.map(({ principal }) => principal));
    expect(await said()).toEqual([[]]);
    await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
    await hours(world, 1.5);
    expect(await said()).toEqual([['liftlock']]);
  });
});

describe('an account of the organization that came after the point of restore', () => {
  /** Its cluster d is on record; the first discovery after the restore may die before it comes to that account. */
  test.each([false, true])('is waited for: dev goes before production (discovery dies: %s)', async (dies) => {
    const world = await smallFleet({
      clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
      policies: [],
      accounts: [LISTED],
      organizationId: 'o-a1b2c3d4e5',
    });
    const listing = { accounts: [LISTED] };
    Object.assign(world.ports, { organization: { listAccounts: async () => listing.accounts } });
    await hours(world, 2);
    const copy = world.table.snapshot();
    const restoredTo = world.clock.now();
    listing.accounts = [LISTED, MEMBER];
    await hours(world, 1);
    expect((await clustersOf(world)).map(({ name }) => name).sort()).toEqual(['d', 'p']);
    const { queue } = world.ports;
    const send = queue.send.bind(queue);
    let dead = !dies;
    Object.assign(queue, {
      send: async (items: Parameters<typeof send>[0]) => {
        if (dead || items.every(({ account }) => account === LISTED)) return send(items);
        dead = true;
        throw new Error('Task timed out after 900.00 seconds');
      },
    });
    world.switchedOff = true;
    const mutatorsOffSince = world.clock.now();
    await world.clock.runUntil(new Date(mutatorsOffSince.getTime() + 120_000));
    world.table.resetTo(copy);
    await recoverAfterRestore(world, { restoredTo, mutatorsOffSince, by: PERSON });
    world.switchedOff = false;
    expect((await clustersOf(world)).map(({ name }) => name).sort()).toEqual(['d', 'p']);
    await world.invoke('discover-clusters', {}).catch(() => undefined);
    await minutes(world, 5);
    expect(dead).toBe(true);
    await resumeFleet(world.ports, PERSON);
    await applySpec(world, spec(at('dev', { maxConcurrency: 5 }), at('prod')));
    await minutes(world, 30);
    // Nothing of production before dev is through, or at least under way.
    expect([touched(world, 'p'), (await wavesOf(world)).map(({ name, status }) => `${name} ${status}`)]).toEqual([
      false,
      dies ? [] : ['dev Open', 'prod Pending'],
    ]);
  });
});

describe('a cluster that could not be read for an hour after the point of restore, and can be read again', () => {
  test.each([false, true])('is looked at anew before anything is planned (was unreadable: %s)', async (unreadable) => {
    const world = await smallFleet({
      clusters: [...ofMember('dev', 'd'), ...staged('dev', ['e']), ...staged('prod', ['p'])],
      policies: [],
      accounts: [LISTED, MEMBER],
    });
    await hours(world, 1.2);
    const copy = world.table.snapshot();
    const restoredTo = world.clock.now();
    if (unreadable) world.eks.state.deniedAccounts.push(MEMBER);
    await hours(world, 1);
    world.eks.state.deniedAccounts.length = 0;
    await hours(world, 2);
    expect((await recordOf(world, 'd')).conditions.map(({ status }) => status)).toEqual(['True']);
    await restored(world, copy, restoredTo, { looksAround: false });
    await applySpec(world, spec(at('dev', { maxConcurrency: 5 }), at('prod')));
    // Its first DescribeCluster is throttled: the queue brings the message again twelve minutes later.
    const { eks } = world.ports;
    const describeCluster = eks.describeCluster.bind(eks);
    let fails = 1;
    Object.assign(eks, {
      describeCluster: (...asked: Parameters<typeof describeCluster>) =>
        asked[1].name === 'd' && fails-- > 0
          ? Promise.reject(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }))
          : describeCluster(...asked),
    });
    let isFirst: string | undefined;
    for (let quarter = 0; quarter < 48 && isFirst === undefined; quarter += 1) {
      await hours(world, 0.25);
      isFirst = ['p', 'd'].find((name) => touched(world, name));
    }
    expect(isFirst).toBe('d');
  });
});
