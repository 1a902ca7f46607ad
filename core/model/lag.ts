import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord, OtherNodeKind } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { checkSkew } from '../version/skew.ts';
import { isRolled } from './image-rule.ts';
import { nodesText, OTHER_OWNERS } from './node-owner.ts';
import { unreachable } from './unreachable.ts';

type Parts = Pick<ClusterRecord, 'version' | 'nodegroups' | 'otherNodes' | 'addons'>;

/** Nodes that are older than the control plane, as the inventory knows them. */
export interface Lag {
  /** Liftlock rolls `managed` nodes; somebody else moves all others. */
  readonly kind: 'customAmi' | OtherNodeKind;
  /** The group or the node pool; absent where it has none. */
  readonly name?: string | undefined;
  /** The number of nodes; absent for groups, because EKS tells only their version. */
  readonly count?: number;
  readonly version: KubeVersion;
  /** The first version that the control plane cannot reach while they stay (Kubernetes' version skew policy). */
  readonly blocks: KubeVersion;
}

type Nodes = Pick<Lag, 'kind' | 'name' | 'count'> & { readonly version: string | undefined };

/** The policy's rules for images of node groups; undefined where no policy selects the cluster. */
type Spec = Pick<UpgradePolicySpec, 'nodes'> | undefined;
type PatchSpec = Pick<UpgradePolicySpec, 'patch'> | undefined;

/**
 * The nodes of a cluster that are behind its control plane, the oldest first. Nodes without a readable version are left out. For a group with an AMI
 * of its own the nodes that were read count, if there are any: EKS tells only the version that it moved the group to.
 */
export function lagOf({ version, nodegroups, otherNodes }: Omit<Parts, 'addons'>, spec: Spec): Lag[] {
  const controlPlane = KubeVersion.parse(version);
  const read = otherNodes?.groups ?? [];
  const groups = nodegroups.flatMap((group): Nodes[] => {
    const { name } = group;
    const kind = isRolled(spec?.nodes, group) ? ('managed' as const) : ('customAmi' as const);
    const seen = read.filter((one) => one.kind === 'managed' && one.name === name);
    return seen.length > 0 ? seen.map((one) => ({ ...one, kind })) : [{ kind, name, version: group.version }];
  });
  const lags = [...groups, ...read.filter(({ kind }) => kind !== 'managed')].flatMap((nodes): Lag[] => {
    const own = nodes.version === undefined ? undefined : KubeVersion.tryParse(nodes.version);
    if (own?.isOlderThan(controlPlane) !== true) return [];
    return [{ ...nodes, version: own, blocks: firstBlocked(controlPlane, own) }];
  });
  return lags.sort((a, b) => a.version.compare(b.version));
}

/** The names of the node groups behind that Liftlock rolls. */
export const groupsBehind = (cluster: Omit<Parts, 'addons'>, spec: Spec): string[] =>
  lagOf(cluster, spec).flatMap(({ kind, name }) => (kind === 'managed' && name !== undefined ? [name] : []));

/** Add-ons whose version EKS does not list for the cluster's version. One that it lists is never behind, however old it is. */
const addonsBehind = (cluster: Omit<Parts, 'nodegroups' | 'otherNodes'>): ClusterRecord['addons'] =>
  cluster.addons.filter((addon) => addon.compatible === false || outOfSkew(cluster, addon) !== undefined);

/** An add-on that EKS lists for the cluster's version, and for which the policy wants a newer version. */
export interface AddonPatch {
  readonly name: string;
  readonly version: string;
  readonly wants: string;
  /** The day on which that version was first seen as the default. */
  readonly seenOn: string;
  /** The day on which the first newer default was seen. */
  readonly newerSince: string;
}

/**
 * The add-ons for which a policy wants a newer version (`patch.addons`): the newest default that was seen at least `leastAge` milliseconds ago;
 * undefined = none. An add-on that EKS does not list has to go to a version that fits first.
 */
export function addonPatchesOf(
  { addons }: Pick<Parts, 'addons'>,
  leastAge: number | undefined,
  now: Date,
): AddonPatch[] {
  if (leastAge === undefined) return [];
  return addons.flatMap(({ name, version, compatible, newer = [] }) => {
    const found = newer.findLast(({ seenOn }) => now.getTime() - Date.parse(seenOn) >= leastAge);
    if (compatible === false || found === undefined) return [];
    return [
      { name, version, wants: found.version, seenOn: found.seenOn, newerSince: newer[0]?.seenOn ?? found.seenOn },
    ];
  });
}

/** Names add-ons with newer versions; undefined where there are none. */
export function addonPatchReason(
  { name }: Pick<ClusterRecord, 'name'>,
  patches: readonly AddonPatch[],
): Reason | undefined {
  if (patches.length === 0) return undefined;
  const named = patches
    .slice(0, MOST_ADDONS)
    .map(({ name: addon, version, wants, seenOn }) => `${addon} ${version} goes to ${wants} (seen on ${seenOn})`);
  const more = patches.length > MOST_ADDONS ? `; so do ${patches.length - MOST_ADDONS} more` : '';
  return reason('AddonsBehind', `Newer versions are there for add-ons of ${name}: ${named.join('; ')}${more}.`);
}

/** Why nobody knows whether there are newer add-ons, where the policy asks for them; undefined where it is known. */
export function addonPatchesUnknown(
  { name, addons, unreadable }: Pick<ClusterRecord, 'name' | 'addons' | 'unreadable'>,
  spec: PatchSpec,
): Reason | undefined {
  if (spec?.patch?.addons === undefined) return undefined;
  const denied = unreadable.find(({ part }) => part === 'add-ons');
  const lacking = addons.filter(({ newer }) => newer === undefined).map((addon) => addon.name);
  if (denied === undefined && lacking.length === 0) return undefined;
  const why =
    denied === undefined
      ? `nobody has asked EKS about ${lacking.slice(0, MOST_ADDONS).join(', ')} yet, which the daily look at the cluster does.`
      : denied.message;
  return reason('PatchesUnknown', `Nobody knows whether there are newer add-ons for ${name}: ${why}`);
}

/** At most so many add-ons and groups are named, since reasons have a maximum length. */
const MOST_ADDONS = 5;

/** EKS was working on it when it was read, and nothing tells when that ended. */
const isAtWork = ({ status }: { readonly status: string }): boolean => /ING$/.test(status);

/** Whether the next look at a cluster reads all of it, because its present state is unknown. */
export const isReadAgain = (cluster: ClusterRecord): boolean =>
  cluster.unreadable.length > 0 ||
  [...cluster.nodegroups, ...cluster.addons].some(isAtWork) ||
  unreachable(cluster) !== undefined;

/** The same cluster, marked so that the next look reads all of it. */
export const toReadAgain = (cluster: ClusterRecord, message: string): ClusterRecord => ({
  ...cluster,
  unreadable: [...cluster.unreadable, reason('Unreadable', message)],
});

/** Why nobody knows whether node groups and add-ons have followed the control plane; undefined where they were read at rest. */
export function partsUnknown({ name, unreadable, nodegroups, addons }: ClusterRecord): Reason | undefined {
  const [unread] = unreadable.filter(({ part }) => part !== 'insights' && part !== 'Fargate profiles');
  const working = [...nodegroups, ...addons].filter(isAtWork).slice(0, MOST_ADDONS);
  if (unread === undefined && working.length === 0) return undefined;
  const why =
    unread?.message ?? `${working.map((one) => `${one.name} was ${one.status} when it was read last`).join('; ')}.`;
  return reason('PatchesUnknown', `Nobody knows whether all of ${name} is along: ${why}`);
}

/** Kubernetes itself limits the age of kube-proxy. That decides where nobody has asked EKS, as in an inventory that a person wrote. */
function outOfSkew(
  { version }: Pick<Parts, 'version'>,
  { name, version: own, compatible }: ClusterRecord['addons'][number],
): string | undefined {
  const controlPlane = KubeVersion.parse(version);
  if (compatible !== undefined || KubeVersion.tryParse(own)?.isOlderThan(controlPlane) !== true) return undefined;
  return kubeProxySkew([{ name, version: own }], controlPlane)[0];
}

/** The violations of the skew policy by an API server at this version while the add-on kube-proxy stays. */
export function kubeProxySkew(
  addons: readonly Pick<ClusterRecord['addons'][number], 'name' | 'version'>[],
  apiServer: KubeVersion,
): readonly string[] {
  const proxies = addons.flatMap(({ name, version }) => {
    if (name !== 'kube-proxy' || KubeVersion.tryParse(version) === undefined) return [];
    return [{ kind: 'kube-proxy', name: 'every node', version } as const];
  });
  return checkSkew(apiServer, proxies).reasons;
}

/** Whether Liftlock can bring any part that is behind to the control plane's version. */
export const canFinish = (cluster: Parts, spec: Spec): boolean =>
  lagOf(cluster, spec).some(({ kind }) => kind === 'managed') ||
  addonsBehind(cluster).some(({ wants }) => wants !== undefined);

/** Whether nodes that Liftlock rolls are too old for the next hop: the control plane goes no further before they have followed. */
export const stopsNextHop = (cluster: Parts, spec: Spec): boolean => groupsInTheWay(cluster, spec).length > 0;

/** The names of these groups. */
export function groupsInTheWay(cluster: Parts, spec: Spec): string[] {
  const next = KubeVersion.parse(cluster.version).next();
  const isInTheWay = ({ kind, blocks }: Lag) => kind === 'managed' && blocks.equals(next);
  return lagOf(cluster, spec).flatMap((lag) => (isInTheWay(lag) ? (lag.name ?? []) : []));
}

function firstBlocked(controlPlane: KubeVersion, nodes: KubeVersion): KubeVersion {
  const kubelet = { kind: 'kubelet', name: '', version: nodes.toString() } as const;
  let next = controlPlane.next();
  while (checkSkew(next, [kubelet]).ok) next = next.next();
  return next;
}

/** Why a cluster whose control plane is at its target, or past it, is incomplete. */
export type LagCode = 'NodesBehind' | 'AddonsBehind' | 'ManualNodes';

/**
 * `NodesBehind` where Liftlock can roll one of the groups behind, else `AddonsBehind`, or `ManualNodes` where only nodes are behind that others move.
 * Undefined where nothing is behind.
 */
export function lagCode(cluster: Parts, spec: Spec): LagCode | undefined {
  const lags = lagOf(cluster, spec);
  if (lags.some(({ kind }) => kind === 'managed')) return 'NodesBehind';
  if (addonsBehind(cluster).length > 0) return 'AddonsBehind';
  return lags.length === 0 ? undefined : 'ManualNodes';
}

export const isLag = ({ code }: { readonly code: string }): boolean =>
  code === 'NodesBehind' || code === 'AddonsBehind' || code === 'ManualNodes';

/** At most so many kinds of other nodes are named, since reasons have a maximum length. The oldest ones stop the nearest hop. */
const MOST_NAMED = 3;

/** The same as a reason that names the parts behind. */
export function lagReason(cluster: Parts & Pick<ClusterRecord, 'name'>, spec: Spec): Reason | undefined {
  const code = lagCode(cluster, spec);
  if (code === undefined) return undefined;
  const lags = lagOf(cluster, spec);
  const others = lags.filter(isOther);
  const left = others.slice(MOST_NAMED);
  const nodes = [
    ...lags.filter((lag) => !left.includes(lag)).map(lagText),
    ...(left.length === 0 ? [] : [`${left.length} more groups are no older`]),
  ];
  const which = others.some(({ kind }) => kind === 'customAmi') ? 'that EKS does not tell' : 'outside managed groups';
  const seen = others.length === 0 ? '' : ` (those ${which} as seen at ${cluster.otherNodes?.seenAt})`;
  const addons = addonsBehind(cluster).map((addon) => {
    const { name, version, wants } = addon;
    const skew = outOfSkew(cluster, addon);
    if (skew !== undefined) return skew.replace(/\.$/, '');
    const way =
      wants === undefined ? 'and no version leads there: update or remove it by hand' : `and goes to ${wants}`;
    return `${name} ${version} is not listed for ${cluster.version}, ${way}`;
  });
  const said = [
    ...(nodes.length === 0 ? [] : [`nodes are behind${seen}: ${nodes.join('; ')}`]),
    ...(addons.length === 0 ? [] : [`add-ons are behind: ${addons.join('; ')}`]),
  ];
  return reason(code, `The control plane of ${cluster.name} is at ${cluster.version}, and ${said.join('. Its ')}.`);
}

const isOther = ({ kind, count }: Lag): boolean => kind !== 'managed' && count !== undefined;

function lagText({ kind, name, count, version, blocks }: Lag): string {
  const stops = `the hop to ${blocks}`;
  if (kind === 'managed') return `${name} is at ${version} and stops ${stops}`;
  const { called, movedBy } = OTHER_OWNERS[kind];
  if (count === undefined) return `${name} is at ${version} (a ${called}: ${movedBy}) and stops ${stops}`;
  return `${nodesText(kind, count, name)} at ${version} (${movedBy}) ${count === 1 ? 'stops' : 'stop'} ${stops}`;
}

/** Who brings nodes that Liftlock cannot roll to the control plane's version, as the beginning of a sentence. */
function whoMoves(cluster: Omit<Parts, 'addons'> & Pick<ClusterRecord, 'name'>, spec: Spec): string {
  const manual = lagOf(cluster, spec);
  const kinds = new Set(manual.flatMap(({ kind }) => (kind === 'managed' ? [] : [kind])));
  const words = [...kinds].map((kind) => OTHER_OWNERS[kind].movedBy).join('; ');
  const looks = manual.some(isOther) ? `; liftlock scan cluster ${cluster.name} looks again` : '';
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${looks}`;
}

/** The policy's rules for parts that are behind. */
interface Finishing {
  readonly metadata: { readonly name: string };
  readonly spec: Pick<UpgradePolicySpec, 'finish' | 'nodes'>;
}

/** Who brings the parts behind to the control plane's version, according to the policy, as a sentence without its full stop. */
export function whoFinishes(
  cluster: Parts & Pick<ClusterRecord, 'name'>,
  { metadata: { name: policy }, spec }: Finishing,
): string {
  const { finish } = spec;
  const code = lagCode(cluster, spec);
  if (!canFinish(cluster, spec))
    return code === 'ManualNodes' ? whoMoves(cluster, spec) : 'Somebody updates or removes the add-on';
  if (finish === 'propose')
    return `Somebody runs: liftlock rollout create ${policy} --finish (whom it takes says --dry-run)`;
  if (finish === 'always') return whoseRolloutTakesIt(policy);
  const byHand =
    code === 'NodesBehind' ? 'starts the state machine liftlock-roll-node-group for it' : 'updates the add-on';
  return `Somebody ${byHand}, or applies ${policy} with finish: propose`;
}

/** What takes the parts behind along by itself, as a sentence without its full stop. */
export const whoseRolloutTakesIt = (policy: string): string =>
  `The next rollout of ${policy} takes it in (by hand: liftlock rollout create ${policy})`;

/**
 * The parts behind, and who moves them. `lagReason` says that already for parts that Liftlock cannot roll. `kept`: why nobody moves them now, whoever
 * asks (a hold, a tag).
 */
export function unfinished(
  cluster: Parts & Pick<ClusterRecord, 'name'>,
  policy: Finishing | undefined,
  kept: readonly Reason[],
): Reason | undefined {
  const lag = lagReason(cluster, policy?.spec);
  if (lag === undefined || policy === undefined || !canFinish(cluster, policy.spec)) return lag;
  const why = kept.map(({ message }) => message).join(' ');
  const who =
    why === '' ? whoFinishes(cluster, policy) : `${why} What ends that says: liftlock explain cluster ${cluster.name}`;
  return { ...lag, message: `${lag.message} ${who}.` };
}

/** Is added to "at its target" while nobody has read the nodes, because it is true of managed groups alone. */
export const unseenText = ({ otherNodes }: Pick<ClusterRecord, 'otherNodes'>): string =>
  otherNodes === undefined ? ' Of its nodes only managed groups were looked at.' : '';
