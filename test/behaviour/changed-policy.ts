import { fleetSchema } from '../../core/config/schema/fleet.ts';
import { channelSchema } from '../../core/config/schema/target.ts';
import { upgradePolicySchema } from '../../core/config/schema/upgrade-policy.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { ClusterControls } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, memberOf, onRecord, PERSON, recordOf, rolloutIdOf, smallFleet, wavesOf } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

export const CARL = 'sso:111111111111/carl';
export const ANA = 'sso:111111111111/ana';
/** A wave for the clusters of one stage. */
export const at = (stage: string, more: object = {}) => ({
  name: stage,
  selector: { matchLabels: { stage } },
  ...more,
});
export const spec = (...waves: object[]) => ({ selector: {}, target: 'latest', trigger: 'automatic', waves });
export const applySpec = (world: World, one: object, name = 'policy-0') =>
  applyConfig(
    world.ports,
    [
      upgradePolicySchema.parse({
        apiVersion: 'liftlock/v1alpha1',
        kind: 'UpgradePolicy',
        metadata: { name },
        spec: one,
      }),
    ],
    PERSON,
  );
export const channel = (name: string, target: string) =>
  channelSchema.parse({ apiVersion: 'liftlock/v1alpha1', kind: 'Channel', metadata: { name }, spec: { target } });
export const fleetOf = (more: object) =>
  fleetSchema.parse({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Fleet',
    metadata: { name: 'test' },
    spec: {
      mode: 'act',
      accounts: ['111111111111'],
      regions: ['eu-central-1'],
      spokeRole: { externalId: 'test' },
      labels: { fromTags: { stage: 'stage' } },
      ...more,
    },
  });
export const apply = (world: World, ...waves: object[]) => applySpec(world, spec(...waves));
export const keyOf = async (world: World, name: string) => (await recordOf(world, name)).clusterKey;
export const judge = async (world: World, decision: 'Approved' | 'Rejected', by: string) =>
  voteOnWave(world.ports, await rolloutIdOf(world), 'prod', { decision, by });
export const waveNamed = async (world: World, name: string) => (await wavesOf(world)).find((one) => one.name === name);
export const statusOf = async (world: World, name: string) => (await waveNamed(world, name))?.status;
export const clusterOf = (world: World, name: string) =>
  Object.values(world.eks.state.clusters).find((one) => one.name === name);
export const groupsOf = (world: World, name: string) =>
  clusterOf(world, name)?.nodegroups.map(({ version }) => version);
export const lookAround = async (world: World) => {
  await world.invoke('discover-clusters', {});
  await hours(world, 0.1);
};
/** Its last upgrade has failed, for what the product knows. */
export async function hold(world: World, name: string): Promise<void> {
  const held = { reason: { code: 'UpdateFailed' as const, message: 'no' }, since: '2026-11-20T08:00:00.000Z' };
  const clusterKey = await keyOf(world, name);
  const read = await load(world.table, ClusterControls, clusterKey);
  await onRecord(world, 'Held', replace(ClusterControls, read, { clusterKey, ...read?.data, held }));
}
export async function retag(world: World, name: string, tags: Record<string, string>): Promise<void> {
  for (const one of Object.values(world.eks.state.clusters)) if (one.name === name) Object.assign(one.tags, tags);
  await lookAround(world);
}
export const two = [...staged('dev', ['d']), ...staged('prod', ['p'])];
export const three = [...staged('dev', ['d']), ...staged('prod', ['p', 'q'])];
/** A wave that soaks while the test changes what comes after it. */
export const soaking = at('dev', { soak: '48h' });
export const asking = at('prod', { approval: { approvals: 1 } });
/** Clusters of the waves dev, x, staging and prod. */
export const withX = (staging: readonly string[]) => [
  ...staged('dev', ['d']),
  ...staged('x', ['p', 'r']),
  ...staged('staging', staging),
  ...staged('prod', ['q']),
];
/** p of the wave x has failed by hand while dev soaks; so do `more` when they are begun. */
export async function failedInX(
  waves: { readonly dev: object; readonly x: object; readonly staging?: object },
  { staging = [], more = [] }: { readonly staging?: readonly string[]; readonly more?: readonly string[] } = {},
): Promise<World> {
  const world = await smallFleet({
    clusters: withX(staging),
    policy: spec(waves.dev, waves.x, ...(waves.staging === undefined ? [] : [waves.staging]), at('prod')),
    prepare: failing('p', ...more),
  });
  await hours(world, 3);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  expect((await memberOf(world, 'p')).status).toBe('Failed');
  return world;
}
/** The same, and a person has brought p to its end since. `meanwhile`: before p is counted as succeeded. */
export async function finishedInX(
  waves: { readonly dev: object; readonly x: object },
  meanwhile: (world: World) => Promise<void> = async () => {},
): Promise<World> {
  const world = await failedInX(waves);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  await meanwhile(world);
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  expect([(await memberOf(world, 'p')).status, await statusOf(world, 'x')]).toEqual(['Succeeded', 'Pending']);
  return world;
}
export const calendars = {
  nights: { windows: [{ name: 'n', schedule: '0 2 * * *', duration: '3h' }] },
  days: { windows: [{ name: 'd', schedule: '0 8 * * *', duration: '15m' }] },
};
/** Does something right before the first transaction that says all of `words`, between its decision and its write; tells whether it came to that. */
export function onceBefore(world: World, words: readonly string[], act: () => Promise<unknown>): () => boolean {
  const transact = world.table.transact.bind(world.table);
  let isDone = false;
  world.table.transact = async (operations) => {
    const text = JSON.stringify(operations);
    if (!isDone && words.every((word) => text.includes(word))) {
      isDone = true;
      await act();
    }
    return transact(operations);
  };
  return () => isDone;
}
