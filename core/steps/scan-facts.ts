import type { UpgradePolicySpec } from '../config/types.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import { recordNodes } from '../inventory/record-nodes.ts';
import { given } from '../model/given.ts';
import { groupOfOne } from '../model/seen-nodes.ts';
import { unhealthyPods } from '../model/workload-health.ts';
import type { ApiServer, Node } from '../ports/cluster-access.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import type { LiveScanState } from '../scan/live/live-scan-state.ts';
import { keyOf } from '../scan/preflight/key-unusable.ts';
import { isImageId, templateOf } from '../scan/preflight/launched-from.ts';
import { networkOf } from '../scan/preflight/network-gone.ts';
import type { CapacityFacts, PreflightFacts } from '../scan/preflight/preflight-check.ts';
import { isRolled } from '../scan/preflight/surge-addresses.ts';
import { quotaOf, typesOf } from '../scan/preflight/vcpu-quota.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { accessReason, isAccessError } from './api-server.ts';
import type { StepContext, StepPorts } from './context.ts';
import { takeBaseline } from './pod-baseline.ts';
import { readPolicyFacts } from './policy-facts.ts';
import { unlessGone } from './update-addons.ts';

const STEP = 'scan-cluster';
/** What a policy that verifies through the EKS API gives in place of an API server. */
export const NOT_ASKED = 'not asked';
/** Undefined where EKS gives no endpoint. */
export type Server = ApiServer | typeof NOT_ASKED | undefined;
export const isServer = (server: Server): server is ApiServer => typeof server === 'object';

/** What EKS and the API server tell, how much of it could be read, and what the smoke check compares with afterwards. */
interface ReadFacts {
  readonly facts: PreflightFacts;
  readonly coverage: readonly Coverage[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Asked last, since it changes quickly.
 *
 * @param state what was read of the cluster's objects: where its nodes are among them, they are not read a second time
 */
export async function readFacts(
  ports: StepPorts & Pick<Ports, 'account' | 'clusters' | 'ec2' | 'gates' | 'readers'>,
  context: StepContext,
  server: Server,
  rules: UpgradePolicySpec['scan'] | undefined,
  state: LiveScanState | undefined,
): Promise<ReadFacts> {
  const skip = rules?.skip ?? [];
  const holdsOwned = rules?.versionOwner === 'hold';
  const { scope, name, target, cluster } = context;
  const hasMoved = KubeVersion.parse(cluster.version).equals(target);
  const nodegroups: Nodegroup[] = [];
  for (const nodegroupName of await ports.eks.listNodegroups(scope, { clusterName: name })) {
    nodegroups.push(await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName }));
  }
  const addons = await readAddons(ports, context);
  const versions = hasMoved ? [] : await ports.eks.describeClusterVersions(scope);
  const isHop = context.grant !== undefined;
  const now = ports.clock.now();
  const told = { cluster, target, isHop, hasMoved, holdsOwned, nodegroups, addons, versions, now };
  const ofEks: Coverage = { ...EKS_FACTS, status: 'read', count: 1 + nodegroups.length + addons.length };
  const read = await readServer(ports, context, server, {
    hasMoved,
    asksNodes: !hasMoved && skip.includes('node'),
    state,
  });
  const asked = isServer(server) ? server : undefined;
  const ofPolicy = rules === undefined || hasMoved ? undefined : await readPolicyFacts(ports, context, asked, rules);
  const asksCapacity = !hasMoved && !skip.includes('capacity');
  const ofEc2 = asksCapacity ? await readCapacity(ports, context, nodegroups) : { capacity: {}, coverage: [] };
  const ofServer = read.server === undefined ? {} : { server: read.server };
  return {
    facts: { ...told, ...ofPolicy?.facts, capacity: ofEc2.capacity, ...ofServer },
    coverage: [ofEks, read.coverage, ...ofEc2.coverage, ...(ofPolicy?.coverage ?? [])],
    detail: read.detail,
  };
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

const EKS_FACTS = {
  what: 'status, health, node groups and add-ons of the cluster',
  source: 'eks',
  detail: '',
} as const;
const SERVER_FACTS = { what: 'readiness, pods and workloads', source: 'server', count: 0 } as const;

interface WhatIsKnown {
  readonly hasMoved: boolean;
  /** Whether the report needs each node, since the objects of the scan leave them out. */
  readonly asksNodes: boolean;
  readonly state: LiveScanState | undefined;
}

async function readServer(
  ports: StepPorts & Pick<Ports, 'clusters'>,
  context: StepContext,
  server: Server,
  { hasMoved, asksNodes, state }: WhatIsKnown,
): Promise<Pick<PreflightFacts, 'server'> & { coverage: Coverage; detail: Record<string, unknown> }> {
  const unread = (status: Coverage['status'], detail: string) => {
    return { coverage: { ...SERVER_FACTS, status, detail }, detail: {} };
  };
  if (server === undefined) return unread('error', `NoEndpoint: EKS gives no endpoint for ${context.name}.`);
  if (!isServer(server)) return unread('skipped', NOT_VERIFIED);
  try {
    const ready = await ports.clusters.ready(server);
    const pods = await ports.clusters.listPods(server);
    const { otherNodes } = state?.facts ?? {};
    const nodes = otherNodes === undefined || asksNodes ? await readNodes(ports, server, asksNodes) : undefined;
    if (nodes !== undefined) await recordNodes(ports, await context.record(), nodes.flatMap(groupOfOne));
    else if (state !== undefined && otherNodes !== undefined)
      await recordNodes(ports, await context.record(), otherNodes, new Date(state.startedAt));
    const workloads = hasMoved ? [] : await ports.clusters.listWorkloads(server, 'kube-system');
    // The baseline is taken right before the first change: what has changed the cluster keeps it.
    const before = context.upgrade?.mutated === true ? context.upgrade.steps[STEP]?.detail : undefined;
    return {
      server: { ready, workloads, nodes: asksNodes ? (nodes ?? []) : [] },
      coverage: { ...SERVER_FACTS, status: 'read', detail: '', count: 1 + pods.length + workloads.length },
      detail: before ?? { unhealthyPods: takeBaseline(unhealthyPods(pods)) },
    };
  } catch (error) {
    if (!isAccessError(error)) throw error;
    const denied = error.name === 'ClusterForbidden' || error.name === 'ClusterUnauthorized';
    const { code, message } = accessReason(error, context);
    return unread(denied ? 'denied' : 'error', `${code}: ${message}`);
  }
}

/** Undefined where it does not give them and nothing is judged by them here: the inventory then keeps what it knows. */
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

/** Of EC2, IAM, KMS and Service Quotas what the hop takes: each call may fail by itself. */
async function readCapacity(
  { ec2, account }: Pick<Ports, 'ec2' | 'account'>,
  { cluster, scope, target }: StepContext,
  nodegroups: readonly Nodegroup[],
): Promise<{ capacity: CapacityFacts; coverage: Coverage[] }> {
  const coverage: Coverage[] = [];
  const ask = async <One>(
    permission: string,
    what: string,
    names: readonly string[],
    call: (names: readonly string[]) => Promise<One[]>,
  ): Promise<One[] | undefined> => {
    const asked = [...new Set(names)].sort();
    if (asked.length === 0) return undefined;
    try {
      const found = await call(asked);
      coverage.push({ what, source: 'capacity', status: 'read', count: found.length, detail: '' });
      return found;
    } catch (error) {
      const name = errorName(error);
      const status = /^(UnauthorizedOperation|AccessDenied)/.test(name) ? 'denied' : 'error';
      const detail = `${permission}: ${name}: ${errorMessage(error)}`;
      coverage.push({ what, source: 'capacity', status, count: 0, detail });
      return undefined;
    }
  };
  const { subnetIds, securityGroupIds } = networkOf({ cluster });
  const ofGroups = nodegroups.flatMap(({ subnets = [] }) => subnets);
  const subnets = await ask('ec2:DescribeSubnets', 'subnets', [...subnetIds, ...ofGroups], (ids) =>
    ec2.describeSubnets(scope, ids),
  );
  const securityGroups = await ask('ec2:DescribeSecurityGroups', 'security groups', securityGroupIds, (ids) =>
    ec2.describeSecurityGroups(scope, ids),
  );
  const templates = nodegroups.flatMap((group) => templateOf(group) ?? []);
  const launchTemplates = await ask(
    'ec2:DescribeLaunchTemplateVersions',
    'versions of launch templates',
    templates.map((one) => `${one.template}:${one.version}`),
    (names) =>
      each(names, (name) => {
        const end = name.lastIndexOf(':');
        return ec2.describeLaunchTemplateVersion(scope, name.slice(0, end), name.slice(end + 1));
      }),
  );
  const types = nodegroups.flatMap((group) => typesOf(group, launchTemplates));
  const instanceTypes = await ask('ec2:DescribeInstanceTypes', 'instance types', types, (names) =>
    ec2.describeInstanceTypes(scope, names),
  );
  const ids = (launchTemplates ?? []).flatMap(({ imageId = '' }) => (isImageId(imageId) ? imageId : []));
  const images = await ask('ec2:DescribeImages', 'AMIs', ids, (names) => ec2.describeImages(scope, names));
  const named = [cluster.roleArn, ...nodegroups.map(({ nodeRole }) => nodeRole)].flatMap((arn) => arn ?? []);
  const roles = await ask('iam:GetRole', 'roles', named, (arns) =>
    each(arns, async (arn) => {
      const role = await account.getRole(scope, arn.slice(arn.lastIndexOf('/') + 1));
      return role === undefined ? undefined : arn;
    }),
  );
  const keys = await ask('kms:DescribeKey', 'key of the secrets', [keyOf(cluster) ?? []].flat(), (arns) =>
    each(arns, (arn) => account.describeKey(scope, arn)),
  );
  const codes = nodegroups.flatMap((group) => (isRolled(group, target) ? (quotaOf(group, launchTemplates) ?? []) : []));
  const quotas = await ask(
    'servicequotas:GetServiceQuota, cloudwatch:GetMetricStatistics',
    'quotas of vCPUs',
    codes,
    (names) => each(names, (code) => account.getServiceQuota(scope, code)),
  );
  const ofEc2 = { subnets, securityGroups, instanceTypes, launchTemplates, images };
  return { capacity: given({ ...ofEc2, roles, keys, quotas }), coverage };
}

/** Those that are there, of what can only be asked for one by one. */
async function each<One>(names: readonly string[], call: (name: string) => Promise<One | undefined>): Promise<One[]> {
  const found = await Promise.all(names.map(call));
  return found.flatMap((one) => (one === undefined ? [] : [one]));
}
