import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { afterCall, type Moment, nameOf } from './moment.ts';

/** While this add-on of the cluster is updated, somebody changes the cluster's settings: an update that Liftlock has not seen before. */
export function changeSettingsMeanwhile(
  cloud: LocalCloud,
  { cluster, addon, supportType }: { cluster: string; addon: string; supportType: 'STANDARD' | 'EXTENDED' },
): Moment {
  const [, , , region = '', account = ''] = cluster.split(':');
  return afterCall(cloud, { operation: 'UpdateAddon', cluster }, ({ addonName }) => {
    if (addonName !== addon) return false;
    cloud.eks.addActor({
      at: cloud.clock.now().getTime(),
      account,
      region,
      do: 'operation',
      principal: `arn:aws:iam::${account}:role/platform`,
      operation: 'UpdateClusterConfig',
      input: { name: nameOf(cluster), upgradePolicy: { supportType } },
    });
    return true;
  });
}
