import type { UpgradePolicySpec } from '../config/types.ts';
import { unlessGone } from '../contracts/errors.ts';
import { recordNodes, recordUnread } from '../inventory/record-nodes.ts';
import { given } from '../model/given.ts';
import { isFinish } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { groupOfOne } from '../model/seen-nodes.ts';
import { nodesAllowed } from '../nodes/disruption-ledger.ts';
import { asRolled } from '../nodes/managed-groups/update-config.ts';
import type { ApiServer, Node } from '../ports/cluster-access.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { type Observed, type Reading, takeBaseline } from '../probes/baseline.ts';
import { NEEDS } from '../probes/observe-cluster.ts';
import type { LiveScanState } from '../scan/live/keep.ts';
import { mappingOf, mappingsOf, textOf } from '../scan/manifest/manifest-object.ts';
import { CUSTOM_NETWORKING, isOn } from '../scan/preflight/pod-network.ts';
import type { PodNetwork, PreflightFacts } from '../scan/preflight/preflight-check.ts';
import { bringsNodes } from '../scan/preflight/surge-addresses.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { accessReason, isAccessError, isDeniedAccess, mayPass } from './api-server.ts';
import { askServer } from './ask-server.ts';
import type { StepContext, StepPorts } from './context.ts';
import { readPolicyFacts } from './policy-facts.ts';
import { probeUrls } from './probe-urls.ts';
import { readCapacity } from './read-capacity.ts';
import { observePolicy, readAlarms, readClusterProbes } from './read-probes.ts';

const STEP = 'scan-cluster';
/** Replaces the API server for a policy that verifies through the EKS API only. */
export const NOT_ASKED = 'not asked';
/** Undefined where EKS gives no endpoint. */
export type Server = ApiServer | typeof NOT_ASKED | undefined;
export const isServer = (server: Server): server is ApiServer => typeof server === 'object';

/**
 * Reads what EKS and the API server tell, how much of it could be read, and the baseline of the smoke check. It comes last, since it changes quickly.
 * @param state the objects of the cluster that were read; nodes among them are not read a second time
 */
export async function readFacts(
  ports: StepPorts & Pick<Ports, 'account' | 'clusters' | 'ec2' | 'gates' | 'probe' | 'readers'>,
  context: StepContext,
  server: Server,
  policy: Pick<UpgradePolicySpec, 'scan' | 'smoke' | 'nodes' | 'disruption' | 'components'> | undefined,
  state: LiveScanState | undefined,
) {
  const { scan: rules, smoke, nodes, disruption, components } = policy ?? {};
  const skip = rules?.skip ?? [];
  const holdsOwned = rules?.versionOwner === 'hold';
  const { scope, name, target, cluster } = context;
  const hasMoved = KubeVersion.parse(cluster.version).equals(target);
  const groups: Nodegroup[] = [];
  for (const nodegroupName of await ports.eks.listNodegroups(scope, { clusterName: name }))
    groups.push(await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName }));
  // Which nodes will be down when a group is rolled is unknown, so none are assumed to be.
  const count = groups.reduce((sum, { scalingConfig }) => sum + (scalingConfig?.desiredSize ?? 0), 0);
  const nodegroups = groups.map((group) => asRolled(nodes, group, nodesAllowed(count, disruption?.maxUnavailable)));
  const addons = await readAddons(ports, context);
  await tellWhatMoved(ports, context, groups, addons);
  const versions = hasMoved ? [] : await ports.eks.describeClusterVersions(scope);
  const isHop = context.grant !== undefined && !(context.upgrade !== undefined && isFinish(context.upgrade));
  const now = ports.clock.now();
  const inside = rollsInside(context);
  const told = {
    ...{ cluster, target, isHop, hasMoved, holdsOwned, nodegroups, addons, versions, now },
    ...given({ inside, nodes }),
  };
  const ofEks: Coverage = { ...EKS_FACTS, status: 'read', count: 1 + nodegroups.length + addons.length };
  // The baseline is taken right before the first change, and an upgrade that has changed the cluster keeps it.
  const asksProbes = context.upgrade !== undefined && !context.upgrade.mutated;
  const read = await readServer(ports, context, server, {
    ...{ hasMoved, asksProbes, policy, state },
    asksNodes: !hasMoved && skip.includes('node'),
  });
  const asked = isServer(server) ? server : undefined;
  const mayRoll = !hasMoved || inside !== undefined;
  const asksCapacity = mayRoll && !skip.includes('capacity');
  const rolls = asksCapacity && nodegroups.some((group) => bringsNodes(group, told));
  const ofPods = rolls && asked !== undefined ? await readPodNetwork(ports, context, asked) : undefined;
  const [ofPolicy, ofEc2] = await Promise.all([
    rules === undefined || hasMoved ? undefined : readPolicyFacts(ports, context, asked, { ...rules, components }),
    mayRoll
      ? readCapacity(ports, context, { nodes, ...given({ inside }) }, nodegroups, {
          ...{ podNetwork: ofPods?.podNetwork, asksCapacity },
        })
      : { capacity: {}, coverage: [], passing: [] },
  ]);
  // Values that stop no patch are still compared afterwards.
  const alarms = ofPolicy?.facts.alarms ?? (asksProbes ? await readAlarms(ports, context.name, rules?.alarms) : []);
  const seen = asksProbes
    ? { ...read.reading, ...observePolicy(alarms, await probeUrls(ports, context.name, smoke?.urls)) }
    : {};
  const baseline = Object.keys(seen).length === 0 ? {} : { baseline: takeBaseline(seen, now) };
  const ofServer = read.server === undefined ? {} : { server: read.server };
  const facts: PreflightFacts = { ...told, ...ofPolicy?.facts, capacity: ofEc2.capacity, ...ofServer };
  return {
    facts,
    coverage: [
      ofEks,
      read.coverage,
      ...ofEc2.coverage,
      ...[ofPods?.coverage ?? []].flat(),
      ...(ofPolicy?.coverage ?? []),
    ],
    detail: asksProbes ? baseline : (context.upgrade?.steps[STEP]?.detail ?? {}),
    /** What an upgrade lacks because of a fault that may pass, one sentence each. */
    unheard: context.upgrade === undefined ? [] : [...read.passing, ...ofEc2.passing, ...(ofPolicy?.passing ?? [])],
  };
}

/** The releases for node groups of an upgrade inside its minor that has changed nothing yet; undefined for every other upgrade. */
export function rollsInside({ upgrade }: StepContext): PreflightFacts['inside'] {
  if (upgrade === undefined || !isFinish(upgrade) || upgrade.mutated) return undefined;
  return upgrade.releases ?? {};
}

async function readAddons(
  { eks }: Pick<Ports, 'eks'>,
  { scope, name }: StepContext,
): Promise<PreflightFacts['addons']> {
  const found: PreflightFacts['addons'][number][] = [];
  for (const addonName of await eks.listAddons(scope, { clusterName: name })) {
    const addon = await unlessGone(() => eks.describeAddon(scope, { clusterName: name, addonName }));
    const [info] = (await unlessGone(() => eks.describeAddonVersions(scope, { addonName }))) ?? [];
    if (addon !== undefined) found.push({ addon, ...given({ info }) });
  }
  return found;
}

/** Somebody may have moved, created or deleted a node group or an add-on unnoticed. An upgrade with a grant reads the whole cluster at its end. */
async function tellWhatMoved(
  ports: StepPorts,
  { record, grant }: StepContext,
  groups: readonly Nodegroup[],
  addons: PreflightFacts['addons'],
): Promise<void> {
  if (grant !== undefined) return;
  const known = await record();
  const sorted = (parts: readonly (readonly unknown[])[]) => parts.map((part) => part.join(' ')).sort();
  const found = sorted([
    ...groups.map((group) => [group.nodegroupName, group.version, group.releaseVersion]),
    ...addons.map(({ addon: { addonName, addonVersion } }) => [addonName, addonVersion]),
  ]);
  const before = sorted([
    ...known.nodegroups.map(({ name, version, releaseVersion }) => [name, version, releaseVersion]),
    ...known.addons.map(({ name, version }) => [name, version]),
  ]);
  if (isSame(found, before)) return;
  const said = 'A scan has found other node groups or add-ons than are known: the next look reads them.';
  await recordUnread(ports, known, said);
}

const EKS_FACTS = {
  what: 'status, health, node groups and add-ons of the cluster',
  source: 'eks',
  detail: '',
} as const;
const SERVER_FACTS = { what: 'readiness, pods and workloads', source: 'server', count: 0 } as const;

interface WhatIsKnown {
  readonly hasMoved: boolean;
  /** Whether the report needs each node, because the scan skips its objects. */
  readonly asksNodes: boolean;
  /** Whether what is well now is the baseline for later. */
  readonly asksProbes: boolean;
  readonly policy: Pick<UpgradePolicySpec, 'components' | 'smoke'> | undefined;
  readonly state: LiveScanState | undefined;
}

async function readServer(
  ports: StepPorts & Pick<Ports, 'clusters' | 'readers'>,
  context: StepContext,
  server: Server,
  { hasMoved, asksNodes, asksProbes, policy, state }: WhatIsKnown,
): Promise<Pick<PreflightFacts, 'server'> & { coverage: Coverage; reading: Reading; passing: readonly string[] }> {
  const unread = (status: Coverage['status'], detail: string) => {
    return { coverage: { ...SERVER_FACTS, status, detail }, reading: {}, passing: [] };
  };
  if (server === undefined) return unread('error', `NoEndpoint: EKS gives no endpoint for ${context.name}.`);
  if (!isServer(server)) return unread('skipped', NOT_VERIFIED);
  try {
    const ready = await ports.clusters.ready(server);
    const { otherNodes } = state?.facts ?? {};
    const nodes = otherNodes === undefined || asksNodes ? await readNodes(ports, server, asksNodes) : undefined;
    if (nodes !== undefined) await recordNodes(ports, await context.record(), nodes.map(groupOfOne));
    else if (state !== undefined && otherNodes !== undefined)
      await recordNodes(ports, await context.record(), otherNodes, new Date(state.startedAt));
    const missing = hasMoved ? [] : await missingDeployments(ports, server, policy?.smoke.deployments ?? []);
    const { reading, objects, passing } = asksProbes
      ? await readClusterProbes(ports, server, policy)
      : { reading: {}, objects: 0, passing: [] };
    const workloads = hasMoved ? [] : (reading.workloads?.filter(isOfSystem) ?? (await readSystem(ports, server)));
    return {
      server: { ready, workloads, missing, nodes: asksNodes ? (nodes ?? []) : [] },
      coverage: { ...SERVER_FACTS, status: 'read', detail: '', count: 1 + (objects || workloads.length) },
      ...{ reading, passing: [...passing, ...startingIn(reading)] },
    };
  } catch (error) {
    if (!isAccessError(error)) throw error;
    const { code, message } = accessReason(error, context);
    // Without these reads nothing is known of the cluster, and one fault of its API server would stop the hop.
    const passing = mayPass(error) ? [message] : [];
    return { ...unread(isDeniedAccess(error) ? 'denied' : 'error', `${code}: ${message}`), passing };
  }
}

async function missingDeployments(
  { clusters }: Pick<Ports, 'clusters'>,
  server: ApiServer,
  named: readonly string[],
): Promise<string[]> {
  const there = new Set<string>();
  for (const namespace of new Set(named.map((one) => one.slice(0, one.indexOf('/')))))
    for (const { kind, name } of await clusters.listWorkloads(server, namespace))
      if (kind === 'Deployment') there.add(`${namespace}/${name}`);
  return named.filter((one) => !there.has(one));
}

/** Workloads of kube-system that have not started yet on a node that has just joined; the next look may find them running. */
const startingIn = ({ workloads = [] }: Reading): string[] =>
  workloads
    .filter((one) => one.isStarting && isOfSystem(one))
    .map(({ identity, said }) => `${identity} has ${said}, and is just starting.`);

const SYSTEM = 'kube-system';
const isOfSystem = ({ identity }: Observed): boolean => identity.includes(` ${SYSTEM}/`);

/** The workloads of kube-system for a look that compares nothing. Pods are read only where some are missing, and tell whether those just start. */
async function readSystem(
  ports: Pick<Ports, 'clock' | 'clusters' | 'readers'>,
  server: ApiServer,
): Promise<readonly Observed[]> {
  const listed = await ports.clusters.listWorkloads(server, SYSTEM);
  if (listed.every(({ available, desired }) => available >= desired))
    return listed.map(({ kind, name }) => ({ identity: `${kind} ${SYSTEM}/${name}`, said: 'available' }));
  const { reading } = await readClusterProbes(ports, server, {}, { lists: NEEDS.workloads, namespace: SYSTEM });
  return reading.workloads ?? [];
}

/** Undefined where the API server does not return them and nothing here judges them. The inventory then keeps what it knows. */
async function readNodes(
  { clusters }: Pick<Ports, 'clusters'>,
  server: ApiServer,
  isJudged: boolean,
): Promise<Node[] | undefined> {
  try {
    return await clusters.listNodes(server);
  } catch (error) {
    if (isJudged || !isAccessError(error)) throw error;
    return undefined;
  }
}

export const NOT_VERIFIED =
  'The policy verifies through the EKS API only: pods, workloads and the API server itself were not looked at.';

/** How the VPC CNI that runs assigns addresses to pods, whoever installed it. */
export async function readPodNetwork(
  ports: Pick<Ports, 'readers'>,
  context: StepContext,
  server: ApiServer,
): Promise<{ readonly podNetwork?: PodNetwork; readonly coverage: Coverage }> {
  const what = { what: 'settings of the VPC CNI', source: 'capacity' } as const;
  const asked = await askServer(ports, context, server, async (get): Promise<PodNetwork | undefined> => {
    const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
    const daemonSet = await get(path, 'get of daemonsets in kube-system');
    if (daemonSet === undefined) return undefined;
    const { spec } = mappingOf(mappingOf(mappingOf(daemonSet).spec).template);
    const variables = mappingsOf(mappingOf(spec).containers).flatMap(({ env }) => mappingsOf(env));
    const settings = Object.fromEntries(variables.map(({ name, value }) => [textOf(name) ?? '', textOf(value) ?? '']));
    if (!isOn(settings[CUSTOM_NETWORKING])) return { settings, eniConfigs: [] };
    const list = await get(
      '/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs',
      'list of eniconfigs in the API group crd.k8s.amazonaws.com',
    );
    const eniConfigs = mappingsOf(mappingOf(list).items).map(({ metadata, spec: config }) => ({
      name: textOf(mappingOf(metadata).name) ?? '',
      subnet: textOf(mappingOf(config).subnet) ?? '',
    }));
    return { settings, eniConfigs };
  });
  if ('unread' in asked) return { coverage: { ...what, ...asked.unread, count: 0 } };
  const { found: podNetwork } = asked;
  return {
    ...(podNetwork !== undefined && { podNetwork }),
    coverage: {
      ...what,
      status: 'read',
      detail: '',
      count: podNetwork === undefined ? 0 : 1 + podNetwork.eniConfigs.length,
    },
  };
}
