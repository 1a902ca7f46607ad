import { upgradePolicySchema } from '../../core/config/schema/upgrade-policy.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { loadAllPolicies } from '../../core/policy/policy-of.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { latestScansOf } from '../../core/scan/fleet/report-store.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  hours,
  memberOf,
  mutationsOf,
  onlyCluster,
  PERSON,
  recordOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

const labels = { app: 'api' };
/** A budget that never lets a pod go. */
const web = (stage: string) => ({
  ...{ name: 'web', version: '1.36', tags: { stage }, nodegroups: [{ name: 'workers', nodes: 2 }] },
  workloads: [
    { ...{ namespace: 'shop', name: 'api', labels, image: 'api:1' }, kind: 'Deployment' as const, replicas: 2 },
  ],
  podDisruptionBudgets: [{ namespace: 'shop', name: 'never', matchLabels: labels, maxUnavailable: 0 }],
});
const force = { after: '3h', selector: { matchLabels: { stage: 'dev' } } };
const world = (podEvictionFailure: object, stage = 'dev') =>
  smallFleet({ clusters: [web(stage)], policy: { nodes: { podEvictionFailure } } });
const rollsOf = (one: World) =>
  mutationsOf(one)
    .filter(({ operation }) => operation === 'UpdateNodegroupVersion')
    .map(({ at, request }) => ({ at, force: request.force === true }));
const explained = async (one: World) => explainCluster(one.ports, await recordOf(one, 'web'));

test('where the policy names the cluster its last roll is sent by force, not before the time that it says, and says so', async () => {
  const fleet = await world({ retries: 2, pause: '30m', force });
  await hours(fleet, 1.8);
  const { reasons } = await explained(fleet);
  expect(reasons[0]?.message).toMatch(
    / From \S+ on it is rolled by force, as the policy says: what stays then is deleted/,
  );
  const { clusterKey } = await recordOf(fleet, 'web');
  const warned = (await latestScansOf(fleet.table, [clusterKey])).get(clusterKey)?.scans[0]?.causes;
  expect(warned?.find(({ cause }) => cause === 'drain:shop/never')).toMatchObject({
    severity: 'warning',
    what: expect.stringMatching(
      / rolled by force from 3h after the beginning of the first roll that they stop: EKS then deletes these pods\.$/,
    ),
  });
  await hours(fleet, 2);
  const running = (await explained(fleet)).reasons.find(({ code }) => code === 'UpdateInProgress');
  expect(running?.message).toMatch(/^Roll of workers to 1\.37 by force: EKS works on /);
  await run(fleet);
  const rolls = rollsOf(fleet);
  expect(rolls.map((one) => one.force)).toEqual([false, false, false, true]);
  const waited = ((rolls.at(-1)?.at ?? 0) - (rolls[0]?.at ?? 0)) / 3_600_000;
  expect(waited).toBeGreaterThanOrEqual(3);
  expect(waited).toBeLessThan(3.2);
  expect((await memberOf(fleet, 'web')).status).toBe('Succeeded');
  const [upgrade] = await upgradesOf(fleet);
  const said = upgrade?.steps['roll-node-group/workers']?.reasons.map(({ code }) => code);
  expect(said).toEqual(['Rolled', 'RolledByForce']);
  const { kubernetes } = onlyCluster(fleet);
  expect(kubernetes.nodes.map(({ kubeletVersion }) => kubeletVersion.slice(1, 5))).toEqual(['1.37', '1.37']);
});

test('where tries are left then, the next one is by force', async () => {
  const fleet = await world({ retries: 40, pause: '30m', force: { ...force, after: '1h' } });
  await run(fleet);
  const rolls = rollsOf(fleet).map((one) => one.force);
  expect([rolls.at(-1), rolls.filter(Boolean).length]).toEqual([true, 1]);
  expect(rolls.length).toBeLessThan(5);
});

test('a cluster that the policy does not name is never rolled by force: its scan refuses the hop', async () => {
  const fleet = await world({ retries: 2, pause: '30m', force }, 'prod');
  await run(fleet);
  expect([rollsOf(fleet), versionOf(fleet, 'web')]).toEqual([[], '1.36']);
  const { stoppedBy, readiness } = await explained(fleet);
  expect([readiness.verdict, stoppedBy[0]?.what]).toEqual(['blocked', expect.stringContaining('shop/never')]);
});

test('where the policy takes it back while it is waited for, the upgrade ends at the next look, without another roll', async () => {
  const fleet = await world({ retries: 1, pause: '30m', force: { ...force, after: '20h' } });
  await hours(fleet, 3);
  const [policy] = await loadAllPolicies(fleet.table);
  const nodes = { podEvictionFailure: { retries: 1, pause: '30m' } };
  await applyConfig(fleet.ports, [upgradePolicySchema.parse({ ...policy, spec: { ...policy?.spec, nodes } })], PERSON);
  await hours(fleet, 1);
  expect([rollsOf(fleet).length, (await memberOf(fleet, 'web')).status]).toEqual([2, 'Failed']);
  const [upgrade] = await upgradesOf(fleet);
  expect(upgrade?.reasons.slice(0, 2).map(({ code }) => code)).toEqual(['PodEvictionFailure', 'PodsStayed']);
});

test('where its tries are used up before that time, it waits for it', async () => {
  const fleet = await world({ retries: 1, pause: '30m', force: { ...force, after: '20h' } });
  await hours(fleet, 3);
  expect([rollsOf(fleet).length, (await memberOf(fleet, 'web')).status]).toEqual([2, 'Parked']);
  await run(fleet);
  expect(rollsOf(fleet).map((one) => one.force)).toEqual([false, false, true]);
});
