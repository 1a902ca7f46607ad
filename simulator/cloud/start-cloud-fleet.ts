import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knowVersions, type PreparedFleet } from '../process/prepare-fleet.ts';
import { apiRequest } from './api-request.ts';
import type { CloudOptions } from './cloud-options.ts';
import { deploymentsOf } from './deployments.ts';
import { LocalCloud } from './local-cloud.ts';
import { synthesize } from './synthesize.ts';
import { type Assembly, readAssembly } from './template/assembly.ts';

/** The account of the hub on this machine; no account of AWS has this number. */
export const HUB_ACCOUNT = '000000000000';

export interface CloudFleetOptions
  extends Pick<CloudOptions, 'seed' | 'speed' | 'port' | 'stateFolder' | 'timing' | 'onNote'> {
  /** A cloud assembly that was synthesized before; absent = synthesized now. */
  readonly assembly?: Assembly | string;
}

export interface CloudFleet {
  readonly cloud: LocalCloud;
  readonly prepared: PreparedFleet;
  /** Whether it goes on from what an earlier run kept. */
  readonly continued: boolean;
  close(): Promise<void>;
}

/** Synthesizes, installs the stacks of the hub and of every account of the fleet that does not deny them, and applies the folder's config. */
export async function startCloudFleet(prepared: PreparedFleet, options: CloudFleetOptions): Promise<CloudFleet> {
  const { fleet, loaded } = prepared;
  const { accounts = [], regions, spokeRole } = fleet.spec;
  const scratch = await mkdtemp(join(tmpdir(), 'liftlock-local-'));
  const removed = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    const { assembly: given, ...cloudOptions } = options;
    const externalId = spokeRole?.externalId;
    const settings = { accounts, ...(externalId === undefined ? {} : { externalId }) };
    const assembly =
      given === undefined
        ? await synthesize(scratch, settings)
        : typeof given === 'string'
          ? readAssembly(given)
          : given;
    const { deniedAccounts } = loaded.state;
    const cloud = await LocalCloud.start({
      ...cloudOptions,
      assembly,
      eksState: loaded.state,
      start: loaded.now,
      accounts,
      stacks: deploymentsOf({
        hubAccount: HUB_ACCOUNT,
        hubRegion: regions[0] ?? 'us-east-1',
        spokeAccounts: accounts.filter((account) => !deniedAccounts.includes(account)),
        regions,
        ...(externalId === undefined ? {} : { externalId }),
      }),
    });
    const { isContinued: continued } = cloud.kept;
    if (!continued) {
      await knowVersions(cloud.table, prepared);
      await apiRequest(cloud, 'PUT', '/v1/config', [fleet, ...prepared.policies]);
    }
    cloud.kept.complete();
    cloud.begin();
    return {
      cloud,
      prepared,
      continued,
      close: async () => {
        await cloud.close();
        await removed();
      },
    };
  } catch (error) {
    await removed();
    throw error;
  }
}
