import type { FleetSpec } from '../config/types.ts';
import { errorMessage, errorName, isDenied, isNotFound } from '../contracts/errors.ts';
import type { ClusterRecord, ImageReleases, OtherNodes } from '../contracts/items/cluster.ts';
import { reason } from '../contracts/step-result.ts';
import { addonAfter, addonFit, newerDefault } from '../model/addon-target.ts';
import { clusterKey } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { isSame } from '../model/is-same.ts';
import { issueTexts } from '../model/issue-text.ts';
import { isReadAgain } from '../model/lag.ts';
import { settingsOf } from '../model/update-settings.ts';
import { versionOwners } from '../model/version-owners.ts';
import { newerSince } from '../nodes/managed-groups/image-lag.ts';
import { labelsOf } from '../policy/cluster-labels.ts';
import type { Addon, AddonInfo, Cluster, EksReader, Scope } from '../ports/eks.ts';
import type { ClusterItem } from '../ports/outside.ts';
import { compareAddonVersions } from '../version/addon-version.ts';
import { changesAfter } from './changes-told.ts';

interface ObserveDetails {
  readonly depth: 'shallow' | 'deep';
  /** A change that AWS Health has just announced. */
  readonly planned?: ClusterItem['planned'];
  readonly fleet: FleetSpec | undefined;
  /** Whether a policy asks which newer versions of add-ons there are. */
  readonly patchesAddons?: () => Promise<boolean>;
  /** The releases of images in its Region. */
  readonly images?: ImageReleases | undefined;
  readonly now: Date;
}

/** Reads one cluster from EKS into an inventory record. A part that cannot be read keeps its last content and is listed in `unreadable`. */
export async function observeCluster(
  eks: EksReader,
  scope: Scope,
  cluster: Cluster,
  known: ClusterRecord | undefined,
  details: ObserveDetails,
): Promise<ClusterRecord> {
  const at = details.now.toISOString();
  const unreadable: ClusterRecord['unreadable'] = [];
  const deep =
    details.depth === 'deep' || known === undefined || known.version !== cluster.version || isReadAgain(known);
  const part = async <Part>(name: string, last: Part, read: () => Promise<Part>): Promise<Part> => {
    if (!deep) return last;
    try {
      return await read();
    } catch (error) {
      // The part is gone or not allowed, and the rest of the cluster is still worth knowing. Throttles and faults repeat the whole look.
      if (!isDenied(error) && !isNotFound(error)) throw error;
      const said = reason('Unreadable', `${name}: ${errorName(error)}: ${errorMessage(error)}`);
      unreadable.push({ ...said, part: name, error: errorName(error) });
      return last;
    }
  };
  const input = { clusterName: cluster.name };
  const before = (known?.nodegroups ?? []).map((group): SeenNodegroup => ({ group }));
  const seenGroups = await part('node groups', before, () => readNodegroups(eks, scope, cluster.name));
  const nodegroups = seenGroups.map(({ group }) => {
    const last = known?.nodegroups.find(
      (one) => one.name === group.name && one.releaseVersion === group.releaseVersion,
    );
    return {
      ...group,
      ...given({ newerSince: newerSince({ ...group, newerSince: last?.newerSince }, details.images) }),
    };
  });
  const fargateProfiles = await part('Fargate profiles', known?.fargateProfiles ?? [], () =>
    eks.listFargateProfiles(scope, input),
  );
  const addons = await part('add-ons', known?.addons ?? [], () => readAddons(eks, scope, cluster, known, details));
  const insights = await part('insights', known?.insights ?? NO_INSIGHTS, () => readInsights(eks, scope, cluster.name));
  const tags = { ...cluster.tags };
  const vpc = cluster.resourcesVpcConfig;
  return {
    clusterKey: clusterKey(cluster.arn, cluster.createdAt),
    arn: cluster.arn,
    createdAt: cluster.createdAt.toISOString(),
    ...scope,
    name: cluster.name,
    version: cluster.version,
    ...given({ platformVersion: cluster.platformVersion }),
    status: cluster.status,
    ...given({ supportType: cluster.upgradePolicy?.supportType }),
    endpoint: {
      publicAccess: vpc?.endpointPublicAccess ?? true,
      privateAccess: vpc?.endpointPrivateAccess ?? false,
      publicAccessCidrs: [...(vpc?.publicAccessCidrs ?? [])],
    },
    ...given({ authenticationMode: cluster.accessConfig?.authenticationMode }),
    autoMode: cluster.computeConfig?.enabled === true,
    ...given({ unsupported: notForUs(cluster) }),
    nodegroups,
    ...given({ otherNodes: seenBefore(known, seenGroups) }),
    fargateProfiles,
    addons,
    insights,
    tags,
    // While no Fleet can be read, a cluster keeps the labels that put it into its policy and wave.
    labels: details.fleet === undefined ? { ...known?.labels } : labelsOf(tags, details.fleet),
    managedBy: versionOwners(tags).map(({ tool }) => tool),
    conditions: [
      {
        type: 'Reachable',
        status: 'True',
        reason: 'Described',
        message: 'DescribeCluster answered.',
        lastTransitionTime: transition(known, at),
      },
    ],
    unreadable,
    ...given(changesAfter(known, details)),
    versionObservedAt: known?.version === cluster.version ? known.versionObservedAt : at,
    ...given({
      partsChangedAt:
        known === undefined || isSame(partsOf(known), partsOf({ nodegroups, addons, fargateProfiles }))
          ? known?.partsChangedAt
          : at,
    }),
    lastSeenAt: at,
  };
}

/** What a look at the readiness of a cluster rests on and people change: neither sizes nor health, which change by themselves. */
const partsOf = ({
  nodegroups,
  addons,
  fargateProfiles,
}: Pick<ClusterRecord, 'nodegroups' | 'addons' | 'fargateProfiles'>) => ({
  nodegroups: nodegroups.map(({ name, version, releaseVersion, amiType, updateSettings }) => ({
    ...{ name, version, releaseVersion, amiType, updateSettings },
  })),
  addons: addons.map(({ name, version }) => ({ name, version })),
  fargateProfiles,
});

/** Only steps read these nodes. When EKS has moved a group to another release since, they are gone, and EKS tells the group's version. */
function seenBefore(
  known: ClusterRecord | undefined,
  nodegroups: readonly SeenNodegroup[],
): ClusterRecord['otherNodes'] {
  const { otherNodes } = known ?? {};
  if (otherNodes === undefined) return undefined;
  const isThere = ({ kind, name }: OtherNodes['groups'][number]) => {
    const before = known?.nodegroups.find((group) => group.name === name);
    const now = nodegroups.find(({ group }) => group.name === name);
    const isMoved = kind === 'managed' && before?.releaseVersion !== now?.group.releaseVersion;
    return !isMoved || (now?.modifiedAt !== undefined && otherNodes.seenAt >= now.modifiedAt);
  };
  return { ...otherNodes, groups: otherNodes.groups.filter(isThere) };
}

const NO_INSIGHTS: ClusterRecord['insights'] = { passing: 0, warning: 0, error: 0, unknown: 0 };

function transition(known: ClusterRecord | undefined, at: string): string {
  const before = known?.conditions.find((condition) => condition.type === 'Reachable');
  return before?.status === 'True' ? before.lastTransitionTime : at;
}

/** Why Liftlock cannot move the control plane of a cluster that EKS lists (facts: eks.md §6); undefined = it can. */
function notForUs(cluster: Cluster): string | undefined {
  if (cluster.outpostConfig !== undefined) return 'It is a local cluster on Outposts, which has versions of its own.';
  if (cluster.connectorConfig !== undefined)
    return 'It is registered through EKS Connector; EKS does not run its control plane.';
  return undefined;
}

interface SeenNodegroup {
  readonly group: ClusterRecord['nodegroups'][number];
  /** When EKS last changed it; absent where it was not read now. */
  readonly modifiedAt?: string | undefined;
}

async function readNodegroups(eks: EksReader, scope: Scope, clusterName: string): Promise<SeenNodegroup[]> {
  const groups: SeenNodegroup[] = [];
  for (const nodegroupName of await eks.listNodegroups(scope, { clusterName })) {
    const group = await eks.describeNodegroup(scope, { clusterName, nodegroupName });
    const { version, releaseVersion, status, amiType, scalingConfig, health, modifiedAt } = group;
    const issues = issueTexts(health);
    const desiredSize = scalingConfig?.desiredSize;
    const updateSettings = settingsOf(group);
    groups.push({
      group: {
        ...{ name: nodegroupName, version, releaseVersion, status, amiType },
        ...{ desiredSize, updateSettings, issues },
      },
      modifiedAt: modifiedAt?.toISOString(),
    });
  }
  return groups;
}

async function readAddons(
  eks: EksReader,
  scope: Scope,
  { name: clusterName, version: minor }: Cluster,
  known: ClusterRecord | undefined,
  { patchesAddons, now }: Pick<ObserveDetails, 'patchesAddons' | 'now'>,
): Promise<ClusterRecord['addons']> {
  const addons: ClusterRecord['addons'] = [];
  const asksNewer = (await patchesAddons?.()) === true;
  for (const addonName of await eks.listAddons(scope, { clusterName })) {
    const addon = await eks.describeAddon(scope, { clusterName, addonName });
    const { addonVersion: version, status, health } = addon;
    const before = known?.version === minor ? known.addons.find(({ name }) => name === addonName) : undefined;
    // A version that EKS listed for this minor stays listed, so the daily look asks only where a policy wants newer versions.
    const isListed = before?.version === version && before.compatible === true && !asksNewer;
    const info = isListed ? undefined : await offersOf(eks, scope, addonName);
    const listed = isListed ? { compatible: true } : addonFit(addon, info, minor);
    const newer = asksNewer ? newerThan(addon, info, minor, before?.newer, now) : undefined;
    addons.push({ name: addonName, version, status, issues: issueTexts(health), ...listed, ...given({ newer }) });
  }
  return addons;
}

type Newer = NonNullable<ClusterRecord['addons'][number]['newer']>;

/** So many defaults are kept of each add-on: the first, since which it is behind, and the last ones. The default of a minor changes every few weeks. */
const NEWER_KEPT = 4;

/** The current default, and the earlier ones that are still newer than the add-on, because EKS does not tell since when a version is the default. */
function newerThan(addon: Addon, info: AddonInfo | undefined, minor: string, before: Newer = [], now: Date): Newer {
  const version = info && newerDefault(addon, info, minor);
  if (info === undefined || version === undefined) return [];
  const earlier = before.filter(
    (one) =>
      compareAddonVersions(one.version, version) < 0 && addonAfter(addon, info, minor, one.version).type === 'move',
  );
  const seen = before.find((one) => one.version === version) ?? { version, seenOn: now.toISOString().slice(0, 10) };
  return [...earlier, seen].filter((_, index, { length }) => index === 0 || index > length - NEWER_KEPT);
}

/** The versions that EKS lists for an add-on; undefined for an add-on that it does not offer, or no longer offers. */
async function offersOf(eks: EksReader, scope: Scope, addonName: string): Promise<AddonInfo | undefined> {
  try {
    const [info] = await eks.describeAddonVersions(scope, { addonName });
    return info;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function readInsights(eks: EksReader, scope: Scope, clusterName: string): Promise<ClusterRecord['insights']> {
  const summaries = await eks.listInsights(scope, { clusterName, categories: ['UPGRADE_READINESS'] });
  const count = (status: string) => summaries.filter((summary) => summary.insightStatus.status === status).length;
  const refreshed = summaries
    .flatMap((summary) => summary.lastRefreshTime?.toISOString() ?? [])
    .sort()
    .at(-1);
  const [passing, warning, error] = [count('PASSING'), count('WARNING'), count('ERROR')];
  return {
    passing,
    warning,
    error,
    unknown: summaries.length - passing - warning - error,
    ...(refreshed === undefined ? {} : { lastRefreshTime: refreshed }),
  };
}
