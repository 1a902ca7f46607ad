import type { UpdateConfigEntry, UpdateSettings } from '../../contracts/items/protocol.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import { given } from '../../model/given.ts';
import { imageRuleOf, type NodesSpec } from '../../model/image-rule.ts';
import { issueTexts } from '../../model/issue-text.ts';
import { nodesAtOnce } from '../../model/update-settings.ts';
import type { NewLaunchTemplateVersion } from '../../ports/ec2.ts';
import type { Nodegroup, UpdateNodegroupConfigInput, UpdateNodegroupVersionInput } from '../../ports/eks.ts';
import type { Ports } from '../../ports/ports.ts';
import { hasNoImage, NEW_GROUP, noImageText } from '../../scan/preflight/node-group-checks.ts';
import { compareReleases, fittingPin } from '../../version/image-release.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { Batch, Move, NodeOwner } from '../node-owner.ts';
import { madeBefore, newVersionOf } from './custom-image.ts';
import { findImage, type WantedImage } from './find-image.ts';
import { nextOfPutBack, settingsFor } from './update-config.ts';

/** What is wanted of a group beside its version. */
interface WantedOfGroup {
  readonly nodes?: NodesSpec;
  /** The release that a rollout has pinned for the group; absent: EKS chooses one for the version. */
  readonly release?: string | undefined;
  /** The template version that the newest roll of this try was sent with. */
  readonly begunWith?: Nodegroup['launchTemplate'];
}

/** A managed node group as it was read. */
export interface ManagedGroup extends WantedOfGroup {
  readonly nodegroup: Nodegroup;
  /**
   * Who chooses the group's image. `nobody`: the group has an AMI of its own and no policy names another. A reason: the image that the policy names
   * cannot be used.
   */
  readonly image: 'eks' | 'nobody' | Reason | WantedImage;
  /** A roll of the group has ended half-way, so some of its nodes run something else than EKS says. */
  readonly isHalfRolled?: boolean;
}

type Untokened<Input> = Omit<Input, 'clientRequestToken'>;

/** Groups that EKS moves when it is asked to, with one call for all of their nodes. Nothing is done to them before the control plane moves. */
export const managedGroups: NodeOwner<{
  unit: ManagedGroup;
  wanted: WantedOfGroup;
  /** The plan includes the update settings for the roll, which are set right before it and put back after it. */
  plan: Batch & { readonly settings: UpdateSettings };
  call: GroupCall;
  entry: UpdateConfigEntry;
  undo: Untokened<UpdateNodegroupConfigInput>;
  ports: Pick<Ports, 'eks' | 'account' | 'ec2' | 'clock'>;
}> = {
  kind: 'managed',
  async observe(ports, context, nodegroupName, { nodes, release, begunWith }) {
    const { scope, cluster } = context;
    const nodegroup = await ports.eks.describeNodegroup(scope, { clusterName: cluster.name, nodegroupName });
    if (nodegroup.amiType !== 'CUSTOM')
      return { nodegroup, nodes, image: 'eks', release: fittingPin(release, nodegroup.amiType) };
    const rule = imageRuleOf(nodes, nodegroup);
    const image = rule === undefined ? 'nobody' : await findImage(ports, context, nodegroup, rule, begunWith);
    if (image === 'nobody' || 'code' in image) return { nodegroup, nodes, image };
    const { from, image: found } = image;
    if (from.imageId === found.imageId) return { nodegroup, nodes, image };
    const versions = await ports.ec2.listLaunchTemplateVersions(scope, from.template, found.imageId);
    return { nodegroup, nodes, image: { ...image, made: madeBefore(versions, from, found.imageId)?.version } };
  },
  plan({ nodes, nodegroup }, room) {
    const settings = settingsFor(nodes, nodegroup, room);
    return { settings, atOnce: nodesAtOnce(settings, nodegroup) };
  },
  roll(unit, target) {
    const { nodegroupName, version } = unit.nodegroup;
    const isAhead = unit.image === 'eks' && version !== undefined && target.isOlderThan(KubeVersion.parse(version));
    return isAhead ? thereAlready(nodegroupName, version) : moveTo(unit, target);
  },
  arrived(unit, target) {
    const { nodegroupName: group, amiType, releaseVersion } = unit.nodegroup;
    const rolled = (how: string) => reason('Rolled', `Every node of ${group} was replaced ${how}.`);
    // The policy may name another image again by now, which is for another roll.
    if (amiType === 'CUSTOM') return rolled(`with the AMI ${releaseVersion ?? 'of its template'}`);
    if (isThere(unit, target) === undefined) return undefined;
    return rolled(unit.release === undefined ? `at ${target}` : `at ${target} with the image ${releaseVersion}`);
  },
  takeBack({ release: _, ...unit }, minor) {
    const { nodegroupName: group, version } = unit.nodegroup;
    if (unit.image === 'nobody') {
      const said = `${group} runs a custom AMI: whoever owns its launch template takes it to the version before.`;
      return { type: 'blocked', reason: reason('CustomAmi', said) };
    }
    // EKS does not tell the minor of a group with an AMI of its own; the AMI that the policy names for the minor decides there.
    const own = unit.image === 'eks' ? (KubeVersion.tryParse(version ?? '') ?? minor) : minor;
    if (own.isOlderThan(minor) && unit.isHalfRolled !== true) return thereAlready(group, version);
    if (minor.minorsBehind(own) <= 1) return moveTo(unit, minor);
    const said = `The node group ${group} is at ${version}; the way back leads one minor, and not to ${minor}.`;
    return { type: 'blocked', reason: reason('OneHopAtATime', said) };
  },
  restore: (entry, unit) => nextOfPutBack(entry, unit?.nodegroup),
};

type GroupCall =
  | { readonly name: 'CreateLaunchTemplateVersion'; readonly input: NewLaunchTemplateVersion }
  | { readonly name: 'UpdateNodegroupVersion'; readonly input: Untokened<UpdateNodegroupVersionInput> };

/** The reason where an update runs on a group that Liftlock has not started. */
export const updatingReason = (group: string): Reason =>
  reason('ForeignUpdate', `The node group ${group} is UPDATING, and not by Liftlock.`);

const thereAlready = (group: string, version: string | undefined): Move<GroupCall> => ({
  type: 'done',
  reason: reason('AtTarget', `The node group ${group} is at ${version}.`),
});

/**
 * The whole decision about a managed group that is at another version than it should be. EKS takes a version for a group whose image it chooses
 * itself. A group with an AMI of its own goes to a version of its launch template instead (facts: eks.md §5.2).
 */
function moveTo(unit: ManagedGroup, target: KubeVersion): Move<GroupCall> {
  const { nodegroup, image, release } = unit;
  const { nodegroupName: group, clusterName, status } = nodegroup;
  if (image === 'nobody') {
    const said = `${group} runs a custom AMI: EKS takes no version for it, and no policy names another (spec.nodes.images). Roll it with a new version of its launch template.`;
    return { type: 'done', reason: reason('CustomAmi', said) };
  }
  const there = isThere(unit, target);
  if (there !== undefined && status === 'ACTIVE') return { type: 'done', reason: reason('AtTarget', there) };
  if (hasNoImage(nodegroup, target))
    return { type: 'blocked', reason: reason('Al2Nodegroup', `${noImageText(nodegroup)} ${NEW_GROUP}`) };
  if (status === 'UPDATING') return { type: 'others', reason: updatingReason(group) };
  if (status === 'CREATING' || status === 'DELETING')
    return { type: 'others', reason: reason('NotActive', `The node group ${group} is ${status}.`) };
  // A failed roll leaves a group ACTIVE or DEGRADED with some nodes replaced; sending the roll again continues it (facts: eks.md §5.4).
  if (status !== 'ACTIVE' && status !== 'DEGRADED') {
    const issues = issueTexts(nodegroup.health).join('; ');
    const said = `The node group ${group} is ${status}. ${issues}`.trimEnd();
    return { type: 'blocked', reason: reason('NodegroupStatus', said) };
  }
  const roll = (how: Partial<UpdateNodegroupVersionInput>): Move<GroupCall> => {
    const input = { clusterName, nodegroupName: group, ...how };
    return { type: 'call', call: { name: 'UpdateNodegroupVersion', input } };
  };
  if (image === 'eks') return roll({ version: target.toString(), ...given({ releaseVersion: release }) });
  if ('code' in image) return { type: 'blocked', reason: image };
  // A version that an earlier roll has begun with is used on.
  const version = image.from.imageId === image.image.imageId ? image.from.version : image.made;
  if (version === undefined) {
    const input = newVersionOf(image.from, image.image.imageId);
    return { type: 'call', call: { name: 'CreateLaunchTemplateVersion', input } };
  }
  const { id, name } = nodegroup.launchTemplate ?? {};
  return roll({ launchTemplate: { ...(id === undefined ? given({ name }) : { id }), version } });
}

/**
 * Where a group is, in words, if EKS says that it is where it should be. For a group with an AMI of its own, the release tells the last roll that
 * succeeded, the launch template the last roll that began: where a roll by somebody has failed since, the two differ.
 */
function isThere({ nodegroup, image, release, isHalfRolled }: ManagedGroup, target: KubeVersion): string | undefined {
  if (isHalfRolled === true) return undefined;
  const { nodegroupName: group, version, releaseVersion } = nodegroup;
  if (image === 'eks') {
    if (version === undefined || !KubeVersion.parse(version).equals(target)) return undefined;
    if (release === undefined) return `The node group ${group} is at ${target}.`;
    // Somebody may have taken the group further since the release was pinned: it never goes back.
    const isBehind = releaseVersion === undefined || compareReleases(releaseVersion, release) < 0;
    return isBehind ? undefined : `The node group ${group} runs ${releaseVersion}.`;
  }
  if (typeof image === 'string' || 'code' in image) return undefined;
  const { imageId } = image.image;
  if (releaseVersion !== imageId || image.from.imageId !== imageId) return undefined;
  return `The node group ${group} runs ${releaseVersion}, the AMI for ${target}.`;
}
