import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { scansOf } from '../../core/scan/fleet/report-store.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { whileUnreachable } from './accidents.ts';
import { applySpec, at, clusterOf, failedInX, keyOf, lookAround, spec, waveNamed } from './changed-policy.ts';
import { restored } from './restored.ts';
import {
  beginByHand,
  clusterArn,
  hours,
  membersOf,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  smallFleet,
  startByHand,
  touched,
} from './small-fleet.ts';

const BY_FINDINGS = spec({ name: 'all', approval: { autoApproveWhen: 'findings == 0' } });

test('a scan that could not read everything does not approve by hiding what the one before it has found', async () => {
  const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], objects: [attributesClass(OLD)] };
  const world = await smallFleet({ clusters: [web], policies: [] });
  await hours(world, 0.3);
  const scanned = { cluster: clusterArn('web'), targetVersion: '1.37' };
  await startByHand(world, 'scan-cluster', scanned, 'one');
  await whileUnreachable(world, 'web', async () => {
    await hours(world, 0.1);
    await startByHand(world, 'scan-cluster', scanned, 'two');
  });
  const scans = await scansOf(world.table, await keyOf(world, 'web'));
  expect(scans.map(({ errors, verdict }) => [errors, verdict])).toEqual([
    [0, 'incomplete'],
    [1, 'fail'],
  ]);
  await applySpec(world, { ...BY_FINDINGS, scan: { failOn: 'none' } });
  await minutes(world, 30);
  expect(world.table.auditTimeline().map(({ event }) => event)).not.toContain('WaveApproved');
  expect(mutationsOf(world)).toEqual([]);
});

test('neither does a cluster of that wave begin beside the one whose findings are not known any more', async () => {
  const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], objects: [attributesClass(OLD)] };
  const world = await smallFleet({
    clusters: [web, { name: 'other', version: '1.36', nodegroups: [{ name: 'workers' }] }],
    policies: [],
  });
  await hours(world, 0.3);
  const scanned = { cluster: clusterArn('web'), targetVersion: '1.37' };
  await startByHand(world, 'scan-cluster', scanned, 'one');
  await applySpec(world, BY_FINDINGS);
  await minutes(world, 5);
  expect(world.table.auditTimeline().map(({ event }) => event)).not.toContain('WaveApproved');
  await whileUnreachable(world, 'web', async () => {
    await beginByHand(world, 'scan-cluster', scanned, 'two');
    await minutes(world, 30);
  });
  expect((await scansOf(world.table, await keyOf(world, 'web')))[0]).toMatchObject({
    errors: 0,
    verdict: 'incomplete',
  });
  expect([touched(world, 'web'), touched(world, 'other')]).toEqual([false, false]);
});

test('after a restore the scan of one hop does not say that the other one was scanned anew', async () => {
  const web = { name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] };
  const world = await smallFleet({ clusters: [web], policies: [] });
  await hours(world, 1.2);
  const copy = world.table.snapshot();
  const to = world.clock.now();
  await hours(world, 0.1);
  Object.assign(clusterOf(world, 'web')?.kubernetes ?? {}, { objects: [attributesClass(OLD)] });
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' }, 'lost');
  const [lost] = await scansOf(world.table, await keyOf(world, 'web'));
  expect(lost).toMatchObject({ target: '1.37', errors: 1 });
  await restored(world, copy, to);
  await lookAround(world);
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.36' }, 'anew');
  const scans = await scansOf(world.table, await keyOf(world, 'web'));
  expect(scans.map(({ target, errors }) => [target, errors])).toEqual([['1.36', 0]]);
  await applySpec(world, { ...BY_FINDINGS, scan: { failOn: 'none' } });
  await minutes(world, 30);
  expect(world.table.auditTimeline().map(({ event }) => event)).not.toContain('WaveApproved');
  expect(mutationsOf(world)).toEqual([]);
});

test('after a restore a cluster that was brought to its end since does not leave findings without a value', async () => {
  const waves = { dev: at('dev', { soak: '480h' }), x: at('x', { failureBudget: { maxFailures: 1 } }) };
  const world = await failedInX(waves);
  const [copy, to] = [world.table.snapshot(), world.clock.now()];
  await restored(world, copy, to);
  await lookAround(world);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('r'), targetVersion: '1.37' }, 'r');
  await hours(world, 1.1);
  expect(
    (await membersOf(world)).filter(({ waveIndex }) => waveIndex === 1).map(({ name, status }) => `${name} ${status}`),
  ).toEqual(['p Succeeded', 'r Pending']);
  for (const name of ['p', 'r']) {
    const [newest] = await scansOf(world.table, await keyOf(world, name));
    expect((newest?.scannedAt ?? '') > to.toISOString()).toBe(true);
  }
  expect((await waveNamed(world, 'x'))?.blockingFindings).toBe(0);
});
