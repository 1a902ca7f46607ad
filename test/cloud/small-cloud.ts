import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentsOf } from '../../simulator/cloud/deployments.ts';
import { installLocalCloud } from '../../simulator/cloud/install-local-cloud.ts';
import { synthesize } from '../../simulator/cloud/kept-assembly.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { HUB_ACCOUNT } from '../../simulator/cloud/start-cloud-fleet.ts';
import type { Assembly } from '../../simulator/cloud/template/assembly.ts';
import type { PreparedFleet } from '../../simulator/process/prepare-fleet.ts';
import { SMALL_SETTINGS } from './small-settings.ts';

export interface SmallCloud {
  readonly cloud: LocalCloud;
  close(): Promise<void>;
}

/**
 * The stacks of the small fleet, installed, and nothing asked of them yet: startCloudFleet applies the config as well, and whoever looks for
 * the cause when that fails needs the cloud.
 */
export async function startSmallCloud(
  prepared: PreparedFleet,
  assembly: Assembly | undefined,
  onNote: (note: string) => void,
): Promise<SmallCloud> {
  const { fleet, loaded } = prepared;
  const { accounts = [], regions, spokeRole } = fleet.spec;
  const externalId = spokeRole?.externalId;
  const scratch = await mkdtemp(join(tmpdir(), 'liftlock-small-'));
  const removed = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    const cloud = await installLocalCloud({
      assembly: assembly ?? (await synthesize(scratch, SMALL_SETTINGS)),
      eksState: loaded.state,
      start: loaded.now,
      seed: 1,
      accounts,
      stacks: deploymentsOf({
        hubAccount: HUB_ACCOUNT,
        hubRegion: regions[0] ?? 'us-east-1',
        spokeAccounts: accounts,
        regions,
        ...(externalId === undefined ? {} : { externalId }),
      }),
      onNote,
    });
    return {
      cloud,
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

/** Lets so many minutes of the cloud pass. */
export const minutes = (cloud: LocalCloud, count: number): Promise<void> =>
  cloud.clock.runUntil(new Date(cloud.clock.now().getTime() + count * 60_000));
