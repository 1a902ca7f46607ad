import { parseInventory } from '../../core/inventory/document/parse-inventory.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { blockersOnTheWay } from '../../core/rollout/hop-blockers.ts';
import { scansOf } from '../../core/scan/fleet/report-store.ts';
import type { World } from '../../simulator/process/world.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import {
  applySpec,
  asking,
  at,
  CARL,
  clusterOf,
  judge,
  keyOf,
  soaking,
  spec,
  statusOf,
  waveNamed,
} from './changed-policy.ts';
import {
  beginByHand,
  clusterArn,
  hours,
  memberOf,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  smallFleet,
  startByHand,
  touched,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const NO_FINDINGS = { autoApproveWhen: 'findings == 0' };
/** What a scan finds blocks nobody: it is for whoever approves. */
const told = { scan: { failOn: 'none' } };
const scanned = { cluster: clusterArn('web'), targetVersion: '1.37' };

/** A policy over a cluster of which a scan has found something; its rollouts begin by hand. */
async function found(): Promise<World> {
  const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], objects: [attributesClass(OLD)] };
  const world = await smallFleet({ clusters: [web], policies: [] });
  await hours(world, 0.3);
  await startByHand(world, 'scan-cluster', scanned);
  await applySpec(world, { ...spec({ name: 'all', approval: NO_FINDINGS }), trigger: 'manual', ...told });
  await hours(world, 0.1);
  return world;
}
const start = (world: World) => startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
async function expectNobodyApproved(world: World): Promise<void> {
  await minutes(world, 30);
  expect(mutationsOf(world)).toEqual([]);
  expect(world.table.auditTimeline().map(({ event }) => event)).not.toContain('WaveApproved');
}

test('a rollout that is created by hand is not approved by a rule over findings that nobody has read yet', async () => {
  const world = await found();
  await start(world);
  await expectNobodyApproved(world);
});

test('who waits for an approval is told what the last scan will have it stop for, and an inventory carries that to a plan', async () => {
  const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], objects: [attributesClass(OLD)] };
  const asked = { ...spec({ name: 'all', approval: { before: true } }) };
  const world = await smallFleet({ clusters: [web], policy: asked });
  await hours(world, 0.3);
  await startByHand(world, 'scan-cluster', scanned);
  await hours(world, 0.1);
  const cluster = await recordOf(world, 'web');
  const { reasons, foreseen } = await explainCluster(world.ports, cluster);
  expect(reasons.map(({ code }) => code)).toContain('ApprovalMissing');
  expect(foreseen.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^The scan of .+ for 1\.37 found: manager:terraform \(manager terraform\): .+ is not served from Kubernetes 1\.37 on\. .+ Set apiVersion: .+ Findings: [0-9a-f]{16}\.$/,
    ),
  ]);
  const [listed] = (await listClusters(world.ports, { inventory: true })).items;
  expect(listed?.inventory?.scans).toMatchObject([
    { target: '1.37', verdict: 'fail', causes: [{ severity: 'error' }] },
  ]);
  const inventory = { apiVersion: 'liftlock/v1alpha1', kind: 'Inventory', clusters: [listed?.inventory] };
  const read = parseInventory({ path: 'inventory.json', text: JSON.stringify(inventory) }).inventory;
  expect(blockersOnTheWay(cluster, read?.scans[0], '1.37', undefined)).toEqual(foreseen);
});

test('neither is it where whoever created it died before the reconciler was asked to look', async () => {
  const world = await found();
  Object.assign(world.ports.events, { publish: () => Promise.reject(new Error('crash')) });
  await expect(start(world)).rejects.toThrow('crash');
  expect(await rolloutIdOf(world)).not.toBe('');
  await expectNobodyApproved(world);
});

/** The first wave soaks, and a scan has found something in `web` of the second meanwhile. */
async function foundWhileSoaking(prod: object, meanwhile?: (world: World) => Promise<unknown>): Promise<World> {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['web', 'shop'])],
    policy: { ...spec(soaking, prod), ...told },
  });
  await hours(world, 2.1);
  expect(await statusOf(world, 'dev')).toBe('Soaking');
  await meanwhile?.(world);
  await minutes(world, 3);
  Object.assign(clusterOf(world, 'web')?.kubernetes ?? {}, { objects: [attributesClass(OLD)] });
  await beginByHand(world, 'scan-cluster', scanned);
  await minutes(world, 10);
  expect((await scansOf(world.table, await keyOf(world, 'web')))[0]).toMatchObject({ target: '1.37', errors: 1 });
  const { foreseen } = await explainCluster(world.ports, await recordOf(world, 'web'));
  // Only who has agreed can have missed it.
  expect(foreseen.map(({ code }) => code)).toEqual(meanwhile === undefined ? [] : ['FindingNotApproved']);
  const { members } = await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now());
  expect(members.find(({ name }) => name === 'web')?.reasons.map(({ message }) => message)).toEqual(
    foreseen.map(({ message }) => message),
  );
  await promoteRollout(world.ports, await rolloutIdOf(world), CARL, 'seen enough');
  return world;
}

test('a rule over findings does not approve a wave once a scan has found something', async () => {
  const world = await foundWhileSoaking(at('prod', { approval: NO_FINDINGS }));
  await minutes(world, 20);
  expect([await statusOf(world, 'prod'), touched(world, 'web')]).toEqual(['Pending', false]);
});

test('what a scan finds after a wave was approved sets that cluster aside, and another approval lets it go', async () => {
  const world = await foundWhileSoaking(asking, (one) => judge(one, 'Approved', CARL));
  await hours(world, 3);
  expect([touched(world, 'web'), touched(world, 'shop')]).toEqual([false, true]);
  const web = await memberOf(world, 'web');
  expect(web).toMatchObject({ status: 'Blocked', reasons: [{ code: 'FindingNotApproved' }, { code: 'ScanWarning' }] });
  expect(web.reasons[0]?.message).toMatch(/^When the wave prod was approved this was not known: manager:terraform \(/);
  // The report of a look passes as that of the gate has passed: nobody has agreed to it by that.
  await beginByHand(world, 'scan-cluster', scanned, 'later');
  await minutes(world, 10);
  const { stoppedBy } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(stoppedBy.map(({ code }) => code)).toContain('FindingNotApproved');
  expect(await waveNamed(world, 'prod')).toMatchObject({ status: 'Completed', succeeded: 1, failed: 0, blocked: 1 });
  await judge(world, 'Approved', CARL);
  const shown = world.table.auditTimeline().filter(({ event }) => event === 'WaveShown');
  expect(shown.map(({ principal, detail }) => [principal, detail])).toMatchObject([
    [CARL, { wave: 'prod', members: [{ verdict: 'incomplete' }, { verdict: 'incomplete', findings: 0 }] }],
    [CARL, { wave: 'prod', members: [{ clusterKey: await keyOf(world, 'web'), verdict: 'ready', findings: 1 }] }],
  ]);
  expect((await waveNamed(world, 'prod'))?.approvals).toMatchObject([{ clusters: 2, shown: { ready: 1 } }]);
  await retryCluster(world.ports, await keyOf(world, 'web'), PERSON);
  await hours(world, 3);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
});

test('what went away since an approval voids nothing', async () => {
  const prod = staged('prod', ['web']).map((one) => ({ ...one, objects: [attributesClass(OLD)] }));
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...prod],
    policy: { ...spec(soaking, asking), ...told },
  });
  await hours(world, 2.1);
  await beginByHand(world, 'scan-cluster', scanned);
  await minutes(world, 10);
  await judge(world, 'Approved', CARL);
  Object.assign(clusterOf(world, 'web')?.kubernetes ?? {}, { objects: [] });
  await beginByHand(world, 'scan-cluster', scanned, 'again');
  await minutes(world, 10);
  expect((await scansOf(world.table, await keyOf(world, 'web')))[0]).toMatchObject({ errors: 0 });
  await promoteRollout(world.ports, await rolloutIdOf(world), CARL, 'seen enough');
  await hours(world, 3);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
});

test.each(['1.36', '1.38'])(
  'a scan for another version (%s) does not hide what one for the next version has found',
  async (targetVersion) => {
    const world = await found();
    const of = { ...scanned, targetVersion };
    await startByHand(world, 'scan-cluster', of, 'other');
    const scans = await scansOf(world.table, await keyOf(world, 'web'));
    expect(scans.map(({ target }) => target)).toEqual([targetVersion, '1.37']);
    await applySpec(world, { ...spec({ name: 'all', approval: NO_FINDINGS }), ...told });
    await expectNobodyApproved(world);
  },
);

test('the scan of the hop that is done does not hide what an older one has found about the hop to come', async () => {
  const web = { name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }], objects: [attributesClass(OLD)] };
  const world = await smallFleet({ clusters: [web], policies: [] });
  await hours(world, 0.3);
  await startByHand(world, 'scan-cluster', scanned, 'ahead');
  await hours(world, 0.2);
  await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.36', PERSON, { approve: true });
  await hours(world, 4);
  expect((await recordOf(world, 'web')).version).toBe('1.36');
  const before = mutationsOf(world).length;
  const newest = await scansOf(world.table, await keyOf(world, 'web'));
  expect(newest.map(({ target, errors }) => [target, errors])).toEqual([
    ['1.36', 0],
    ['1.37', 1],
  ]);
  await applySpec(world, { ...spec({ name: 'all', approval: NO_FINDINGS }), ...told });
  await minutes(world, 10);
  expect(world.table.auditTimeline().map(({ event }) => event)).not.toContain('WaveApproved');
  expect(mutationsOf(world).length).toBe(before);
});
