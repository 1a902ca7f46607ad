import { errorMessage, errorName, isDenied, isOutage, isThrottled } from '../contracts/errors.ts';
import { given } from '../model/given.ts';
import { imageRuleOf, type NodesSpec } from '../model/image-rule.ts';
import { findImage } from '../nodes/managed-groups/find-image.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { keyOf } from '../scan/preflight/cluster-checks.ts';
import { isImageId, templateOf } from '../scan/preflight/launched-from.ts';
import { networkOf } from '../scan/preflight/network-checks.ts';
import type { CapacityFacts, PodNetwork, PreflightFacts } from '../scan/preflight/preflight-check.ts';
import { bringsNodes } from '../scan/preflight/surge-addresses.ts';
import { quotaOf, typesOf } from '../scan/preflight/vcpu-quota.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import type { StepContext } from './context.ts';

/**
 * Reads what the hop needs of EC2, IAM, KMS and Service Quotas. Each call may fail by itself, and is reported by its permission. Images that the
 * policy names are read even where it skips the rest (`scan.skip: [capacity]`), because without one nodes could not follow their control plane.
 *
 * All are asked side by side: a service that cannot be reached takes 45 seconds to fail, and several in turn took longer than the function may run.
 */
export async function readCapacity(
  ports: Pick<Ports, 'ec2' | 'account' | 'clock'>,
  context: StepContext,
  { nodes, inside }: { readonly nodes: NodesSpec; readonly inside?: PreflightFacts['inside'] },
  nodegroups: readonly Nodegroup[],
  { podNetwork, asksCapacity }: { readonly podNetwork: PodNetwork | undefined; readonly asksCapacity: boolean },
): Promise<{ capacity: CapacityFacts } & Omit<Answer<never>, 'found'>> {
  const { ec2, account } = ports;
  const { cluster, scope, target } = context;
  const ownImages = askForOwnImages(ports, context, nodes, nodegroups);
  if (!asksCapacity) {
    const { found, ...told } = await ownImages;
    return { capacity: given({ ownImages: found }), ...told };
  }
  const { subnetIds, securityGroupIds } = networkOf({ cluster });
  const ofGroups = nodegroups.flatMap(({ subnets = [] }) => subnets);
  const ofPods = podNetwork?.eniConfigs.map(({ subnet }) => subnet) ?? [];
  const launchTemplates = askForTemplates(ec2, context, nodegroups);
  // Nobody waits for templates where each group says its instance types itself.
  const isSaid = nodegroups.every((group) => typesOf(group, undefined).length > 0);
  const launching = isSaid ? Promise.resolve(undefined) : launchTemplates.then(({ found }) => found);
  const named = [cluster.roleArn, ...nodegroups.map(({ nodeRole }) => nodeRole)].flatMap((arn) => arn ?? []);
  const growing = nodegroups.filter((group) => bringsNodes(group, { target, ...given({ nodes, inside }) }));
  const answers = await Promise.all([
    ownImages,
    ask('ec2:DescribeSubnets', [...subnetIds, ...ofGroups, ...ofPods], (ids) => ec2.describeSubnets(scope, ids)),
    ask('ec2:DescribeSecurityGroups', securityGroupIds, (ids) => ec2.describeSecurityGroups(scope, ids)),
    launchTemplates,
    launching.then((templates) => {
      const types = nodegroups.flatMap((group) => typesOf(group, templates));
      return ask('ec2:DescribeInstanceTypes', types, (names) => ec2.describeInstanceTypes(scope, names));
    }),
    launchTemplates.then(({ found = [] }) => {
      const ids = found.flatMap(({ imageId = '' }) => (isImageId(imageId) ? imageId : []));
      return ask('ec2:DescribeImages', ids, (names) => ec2.describeImages(scope, names));
    }),
    ask('iam:GetRole', named, (arns) =>
      each(arns, async (arn) => {
        const role = await account.getRole(scope, arn.slice(arn.lastIndexOf('/') + 1));
        return role && { ...role, arn };
      }),
    ),
    ask('kms:DescribeKey', [keyOf(cluster) ?? []].flat(), (arns) =>
      each(arns, (arn) => account.describeKey(scope, arn)),
    ),
    launching.then((templates) => {
      const codes = growing.flatMap((group) => quotaOf(group, templates) ?? []);
      return ask('servicequotas:GetServiceQuota, cloudwatch:GetMetricStatistics', codes, (names) =>
        each(names, (code) => account.getServiceQuota(scope, code)),
      );
    }),
  ]);
  const [own, subnets, securityGroups, templates, instanceTypes, images, roles, keys, quotas] = answers;
  const capacity = given({
    ...{ ownImages: own.found, subnets: subnets.found, securityGroups: securityGroups.found },
    ...{ launchTemplates: templates.found, instanceTypes: instanceTypes.found, images: images.found },
    ...{ roles: roles.found, keys: keys.found, quotas: quotas.found, podNetwork },
  });
  return {
    capacity,
    coverage: answers.flatMap(({ coverage }) => coverage),
    passing: answers.flatMap(({ passing }) => passing),
  };
}

/** What a question has found, undefined where nothing was asked or nobody answered, and how that is reported. */
interface Answer<One> {
  readonly found: One[] | undefined;
  readonly coverage: readonly Coverage[];
  /** What was not read because of a fault that may pass, one sentence each. */
  readonly passing: readonly string[];
}

async function ask<One>(
  what: string,
  names: readonly string[],
  call: (names: readonly string[]) => Promise<One[]>,
): Promise<Answer<One>> {
  const asked = [...new Set(names)].sort();
  if (asked.length === 0) return { found: undefined, coverage: [], passing: [] };
  const reported = { what, source: 'capacity' } as const;
  try {
    const found = await call(asked);
    return { found, coverage: [{ ...reported, status: 'read', count: found.length, detail: '' }], passing: [] };
  } catch (error) {
    const refused = refusedBy(error);
    const passing = isOutage(error) ? [`${what}: ${refused.detail}`] : [];
    return { found: undefined, coverage: [{ ...reported, count: 0, ...refused }], passing };
  }
}

/** Asks for the images that the policy names for groups. */
function askForOwnImages(
  ports: Pick<Ports, 'ec2' | 'account' | 'clock'>,
  context: StepContext,
  nodes: NodesSpec,
  nodegroups: readonly Nodegroup[],
) {
  const ruled = nodegroups.flatMap((group) => {
    const rule = imageRuleOf(nodes, group);
    return rule === undefined ? [] : [{ group, rule }];
  });
  const names = ruled.map(({ group }) => group.nodegroupName);
  return ask('ec2:DescribeImages, ec2:DescribeLaunchTemplates', names, () =>
    Promise.all(
      ruled.map(async ({ group, rule }) => {
        const found = await findImage(ports, context, group, rule);
        return { nodegroup: group.nodegroupName, refused: 'code' in found ? found : null };
      }),
    ),
  );
}

function askForTemplates(ec2: Ports['ec2'], { scope }: StepContext, nodegroups: readonly Nodegroup[]) {
  const templates = nodegroups.flatMap((group) => templateOf(group) ?? []);
  const named = templates.map((one) => `${one.template}:${one.version}`);
  return ask('ec2:DescribeLaunchTemplateVersions', named, (names) =>
    each(names, (name) => {
      const end = name.lastIndexOf(':');
      return ec2.describeLaunchTemplateVersion(scope, name.slice(0, end), name.slice(end + 1));
    }),
  );
}

/** The coverage of a failed call to AWS. A throttle is thrown, since it passes by itself and must not stop the hop like a lasting error. */
export function refusedBy(error: unknown): { status: 'denied' | 'error'; detail: string } {
  if (isThrottled(error)) throw error;
  return { status: isDenied(error) ? 'denied' : 'error', detail: `${errorName(error)}: ${errorMessage(error)}` };
}

/** Calls once for each name, and returns the results that exist. */
async function each<One>(names: readonly string[], call: (name: string) => Promise<One | undefined>): Promise<One[]> {
  const found = await Promise.all(names.map(call));
  return found.flatMap((one) => (one === undefined ? [] : [one]));
}
