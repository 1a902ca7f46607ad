import type { UpdateConfigEntry, UpdateSettings } from '../../contracts/items/protocol.ts';
import { given } from '../../model/given.ts';
import type { NodesSpec } from '../../model/image-rule.ts';
import { isSame } from '../../model/is-same.ts';
import { nodesAtOnce, settingsOf } from '../../model/update-settings.ts';
import type { Nodegroup, UpdateConfig, UpdateNodegroupConfigInput } from '../../ports/eks.ts';
import type { Restored } from '../node-owner.ts';

/**
 * How EKS is to replace the nodes of a group while Liftlock rolls it: as the policy says, or else as the group is set. The roll and the scan that
 * foresees it both ask this. EKS takes no more nodes at once than the group may have (hashicorp/terraform-provider-aws#26535).
 *
 * @param room nodes of the cluster that may still go down, where the policy limits them (core/nodes/disruption-ledger.ts)
 */
export function settingsFor(
  nodes: NodesSpec,
  group: Nodegroup,
  room: number = Number.POSITIVE_INFINITY,
): UpdateSettings {
  const own = settingsOf(group);
  const wanted = nodes?.updateConfig === undefined ? own : wantedOf(nodes.updateConfig, own, group);
  if (nodesAtOnce(wanted, group) <= room) return wanted;
  return { maxUnavailable: Math.max(1, room), updateStrategy: wanted.updateStrategy };
}

function wantedOf(
  config: NonNullable<NonNullable<NodesSpec>['updateConfig']>,
  own: UpdateSettings,
  group: Nodegroup,
): UpdateSettings {
  return withinSize({ ...config, updateStrategy: config.updateStrategy ?? own.updateStrategy }, group);
}

function withinSize(settings: UpdateSettings, { scalingConfig }: Nodegroup): UpdateSettings {
  const { maxUnavailable } = settings;
  if (maxUnavailable === undefined) return settings;
  const most = scalingConfig?.maxSize ?? maxUnavailable;
  return { ...settings, maxUnavailable: Math.max(1, Math.min(maxUnavailable, most)) };
}

/** A group as its roll will find it, for code that foresees the roll. */
export function asRolled(nodes: NodesSpec, group: Nodegroup, room?: number): Nodegroup {
  const updateConfig = settingsFor(nodes, group, room);
  return isSame(updateConfig, settingsOf(group)) ? group : { ...group, updateConfig };
}

/** The settings to ask EKS for. A strategy that stays the same is not named, so that a group which never had one does not get one. */
export const requestFor = (from: UpdateSettings, { updateStrategy, ...to }: UpdateSettings): UpdateConfig => ({
  ...to,
  ...given({ updateStrategy: from.updateStrategy === updateStrategy ? undefined : updateStrategy }),
});

/** The group's own settings: those found on it, unless Liftlock had set these before and has not taken them back yet. */
export function formerOf(group: Nodegroup, before: UpdateConfigEntry | undefined): UpdateSettings {
  const current = settingsOf(group);
  const isOpen = before !== undefined && before.closed === undefined;
  return isOpen && isOurs(current, before) && before.uid === uidOf(group) ? before.former : current;
}

const isOurs = (current: UpdateSettings, { ours, oursBefore = ours }: UpdateConfigEntry): boolean =>
  isSame(current, ours) || isSame(current, oursBefore);

/** This tells two groups with the same name apart. */
export const uidOf = ({ nodegroupArn = '' }: Nodegroup): string => nodegroupArn;

/**
 * What is done to put a group's own settings back. EKS writes whatever it is asked to, without a precondition, so it is asked only where the group
 * still has what Liftlock set. What somebody has set meanwhile stays.
 *
 * @param group undefined where the group is gone
 */
export function nextOfPutBack(
  entry: UpdateConfigEntry,
  group: Nodegroup | undefined,
): { readonly ended: Restored } | { readonly undo: Omit<UpdateNodegroupConfigInput, 'clientRequestToken'> } {
  if (group === undefined || uidOf(group) !== entry.uid) return { ended: 'gone' };
  // Its owner may have made the group smaller meanwhile.
  const former = withinSize(entry.former, group);
  const current = settingsOf(group);
  if (isSame(current, former)) return { ended: 'undone' };
  if (!isOurs(current, entry)) return { ended: 'notOurs' };
  const { clusterName, nodegroupName } = group;
  return { undo: { clusterName, nodegroupName, updateConfig: requestFor(current, former) } };
}

/** Settings in words: `3 nodes at once, new ones first`. */
export function settingsText({ maxUnavailable, maxUnavailablePercentage, updateStrategy }: UpdateSettings): string {
  const [count, noun] =
    maxUnavailablePercentage === undefined
      ? [`${maxUnavailable}`, maxUnavailable === 1 ? 'node' : 'nodes']
      : [`${maxUnavailablePercentage} %`, 'of the nodes'];
  return `${count} ${noun} at once, ${updateStrategy === 'MINIMAL' ? 'old' : 'new'} ones first`;
}
