import { alarmPlace } from '../../adapters/aws/gates/alarm-gate.ts';
import { given } from '../../core/model/given.ts';
import { accountsOf } from '../eks/clusters.ts';
import { alarmsOf, configOf, knowVersions, type PreparedFleet } from '../process/prepare-fleet.ts';
import { apiRequest } from './api-request.ts';
import type { CloudOptions } from './cloud-options.ts';
import { deploymentsOf } from './deployments.ts';
import { keptAssembly } from './kept-assembly.ts';
import type { LocalCloud } from './local-cloud.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';

/** The account of the hub on this machine; no account of AWS has this number. */
export const HUB_ACCOUNT = '000000000000';

export interface CloudFleetOptions
  extends Pick<CloudOptions, 'seed' | 'speed' | 'port' | 'functionsHere' | 'stateFolder' | 'timing' | 'onNote'> {
  /** A cloud assembly from an earlier synthesis; synthesized now when absent. */
  readonly assembly?: Assembly | string;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

export type CloudFleet = Awaited<ReturnType<typeof startCloudFleet>>;

/** Synthesizes, installs the stacks of the hub and of every account of the fleet that does not deny them, and applies the folder's config. */
export async function startCloudFleet(prepared: PreparedFleet, options: CloudFleetOptions) {
  const { fleet, loaded } = prepared;
  const { accounts: named, organizationId, regions, spokeRole } = fleet.spec;
  // An organization has every account of the folder.
  const others = organizationId === undefined ? [] : accountsOf(loaded.state);
  const accounts = [...new Set([...named, ...others])];
  const { assembly: made, signal, ...cloudOptions } = options;
  const externalId = spokeRole?.externalId;
  const ownerTopics = Object.values(fleet.spec.owners ?? {}).flatMap((one) => ('topic' in one ? one.topic : []));
  const settings = { accounts: named, ownerTopics, ...given({ externalId, organizationId }) };
  const assembly = made ?? (await keptAssembly(settings, signal));
  const { deniedAccounts } = loaded.state;
  // Loaded only now, because synthesizing takes as much memory as all the rest, and has ended.
  const { installLocalCloud } = await import('./install-local-cloud.ts');
  const cloud = await installLocalCloud({
    ...cloudOptions,
    assembly: typeof assembly === 'string' ? readAssembly(assembly) : assembly,
    eksState: loaded.state,
    start: loaded.now,
    accounts,
    ...given({ organizationId }),
    stacks: deploymentsOf({
      hubAccount: HUB_ACCOUNT,
      hubRegion: regions[0] ?? 'us-east-1',
      spokeAccounts: accounts.filter((account) => !deniedAccounts.includes(account)),
      regions,
      ...given({ externalId }),
    }),
  });
  /** Whether it continues from the state of an earlier run. */
  const { isContinued: continued } = cloud.kept;
  try {
    // Their owners create them, not a stack of Liftlock.
    for (const topic of ownerTopics) cloud.topics.add(topic);
    if (!continued) await configure(cloud, prepared);
  } catch (error) {
    await cloud.close();
    throw error;
  }
  const config = JSON.stringify(configOf(prepared));
  if (!continued) cloud.kept.complete(config);
  else if (cloud.kept.config !== config)
    options.onNote(
      'The config of the folder is not the one that this state began with; what was applied stays in force. liftlock apply -f applies the new one.',
    );
  cloud.begin();
  return { cloud, prepared, continued, close: () => cloud.close() };
}

async function configure(cloud: LocalCloud, prepared: PreparedFleet): Promise<void> {
  takeForOk(cloud, alarmsOf(prepared.policies));
  await knowVersions(cloud.table, prepared);
  await apiRequest(cloud, 'PUT', '/v1/config', configOf(prepared));
}

/** Sets alarms to OK, because no folder describes them. An existing alarm is evaluated by its own rule. */
function takeForOk({ alarms, hub, clock, eks }: LocalCloud, named: readonly string[]): void {
  const clusters = Object.values(eks.state.clusters);
  for (const one of named.flatMap((name) => clusters.map((cluster) => name.replaceAll('{cluster}', cluster.name)))) {
    const { account, region = hub.region, name } = alarmPlace(one, hub.account);
    if (alarms.of(account, region).some((there) => there.name === name)) continue;
    const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
    const alarm = { arn, name, account, region, kind: 'metric' } as const;
    alarms.make(alarm);
    alarms.put(alarm, 'OK', 'It is taken for OK in a rehearsal.', clock.now());
  }
}
