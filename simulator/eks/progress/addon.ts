import { schedulePods } from '../../kubernetes/schedule-pods.ts';
import { installSystemWorkload } from '../../kubernetes/system-workloads.ts';
import type { World } from '../operation-context.ts';
import type { AddonRecord, ClusterRecord } from '../state/cluster-record.ts';
import type { UpdateRecord } from '../state/update-record.ts';
import { endUpdate } from '../updates.ts';

/** An add-on update ends: the new version runs, or the add-on says UPDATE_FAILED with its issue (facts: eks.md §7). */
export function endAddonUpdate(world: World, cluster: ClusterRecord, addon: AddonRecord, update: UpdateRecord): void {
  addon.modifiedAt = world.now;
  const failure = update.plannedFailure;
  if (failure !== undefined) {
    update.errors.push({ ...failure, resourceIds: [addon.name] });
    addon.status = 'UPDATE_FAILED';
    addon.healthIssues = [{ code: failure.errorCode, message: failure.errorMessage, resourceIds: [addon.name] }];
    endUpdate(world, update, 'Failed');
    return;
  }
  const value = (type: string) => update.params.find((parameter) => parameter.type === type)?.value;
  addon.version = update.toVersion ?? addon.version;
  addon.status = 'ACTIVE';
  addon.healthIssues = [];
  const role = value('ServiceAccountRoleArn');
  if (role !== undefined) addon.serviceAccountRoleArn = role;
  const configuration = value('ConfigurationValues');
  if (configuration !== undefined) addon.configurationValues = configuration;
  // An empty list deletes the associations there are; leaving it out keeps them (facts: eks.md §7).
  if (value('PodIdentityAssociations') === '[]') addon.podIdentityAssociations = [];
  if (value('ResolveConflicts') === 'OVERWRITE') addon.customised = false;
  installSystemWorkload(cluster.kubernetes, addon.name, addon.version);
  schedulePods(cluster.kubernetes, world.now);
  endUpdate(world, update, 'Successful');
}
