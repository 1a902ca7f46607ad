import { isThrottled } from '../contracts/eks-errors.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import { given } from '../model/given.ts';
import { imageRuleOf, type NodesSpec } from '../model/image-rule.ts';
import { findImage } from '../nodes/managed-groups/find-image.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { keyOf } from '../scan/preflight/key-unusable.ts';
import { isImageId, templateOf } from '../scan/preflight/launched-from.ts';
import { networkOf } from '../scan/preflight/network-gone.ts';
import type { PodNetwork } from '../scan/preflight/pod-network.ts';
import type { CapacityFacts, PreflightFacts } from '../scan/preflight/preflight-check.ts';
import { bringsNodes } from '../scan/preflight/surge-addresses.ts';
import { quotaOf, typesOf } from '../scan/preflight/vcpu-quota.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import type { StepContext } from './context.ts';

/**
 * Reads what the hop needs of EC2, IAM, KMS and Service Quotas. Each call may fail by itself, and is reported by its permission. Images that the
 * policy names are read even where it skips the rest (`scan.skip: [capacity]`), because without one nodes could not follow their control plane.
 */
export async function readCapacity(
  ports: Pick<Ports, 'ec2' | 'account' | 'clock'>,
  context: StepContext,
  { nodes, inside }: { readonly nodes: NodesSpec; readonly inside?: PreflightFacts['inside'] },
  nodegroups: readonly Nodegroup[],
  { podNetwork, asksCapacity }: { readonly podNetwork: PodNetwork | undefined; readonly asksCapacity: boolean },
): Promise<{ capacity: CapacityFacts; coverage: Coverage[] }> {
  const { ec2, account } = ports;
  const { cluster, scope, target } = context;
  const coverage: Coverage[] = [];
  const ask = async <One>(
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
      coverage.push({ what, source: 'capacity', count: 0, ...refusedBy(error) });
      return undefined;
    }
  };
  const ruled = nodegroups.flatMap((group) => {
    const rule = imageRuleOf(nodes, group);
    return rule === undefined ? [] : [{ group, rule }];
  });
  const ownImages = await ask(
    'ec2:DescribeImages, ec2:DescribeLaunchTemplates',
    ruled.map(({ group }) => group.nodegroupName),
    () =>
      Promise.all(
        ruled.map(async ({ group, rule }) => {
          const found = await findImage(ports, context, group, rule);
          return { nodegroup: group.nodegroupName, refused: 'code' in found ? found : null };
        }),
      ),
  );
  if (!asksCapacity) return { capacity: given({ ownImages }), coverage };
  const { subnetIds, securityGroupIds } = networkOf({ cluster });
  const ofGroups = nodegroups.flatMap(({ subnets = [] }) => subnets);
  const ofPods = podNetwork?.eniConfigs.map(({ subnet }) => subnet) ?? [];
  const subnets = await ask('ec2:DescribeSubnets', [...subnetIds, ...ofGroups, ...ofPods], (ids) =>
    ec2.describeSubnets(scope, ids),
  );
  const securityGroups = await ask('ec2:DescribeSecurityGroups', securityGroupIds, (ids) =>
    ec2.describeSecurityGroups(scope, ids),
  );
  const templates = nodegroups.flatMap((group) => templateOf(group) ?? []);
  const launchTemplates = await ask(
    'ec2:DescribeLaunchTemplateVersions',
    templates.map((one) => `${one.template}:${one.version}`),
    (names) =>
      each(names, (name) => {
        const end = name.lastIndexOf(':');
        return ec2.describeLaunchTemplateVersion(scope, name.slice(0, end), name.slice(end + 1));
      }),
  );
  const types = nodegroups.flatMap((group) => typesOf(group, launchTemplates));
  const instanceTypes = await ask('ec2:DescribeInstanceTypes', types, (names) =>
    ec2.describeInstanceTypes(scope, names),
  );
  const ids = (launchTemplates ?? []).flatMap(({ imageId = '' }) => (isImageId(imageId) ? imageId : []));
  const images = await ask('ec2:DescribeImages', ids, (names) => ec2.describeImages(scope, names));
  const named = [cluster.roleArn, ...nodegroups.map(({ nodeRole }) => nodeRole)].flatMap((arn) => arn ?? []);
  const roles = await ask('iam:GetRole', named, (arns) =>
    each(arns, async (arn) => {
      const role = await account.getRole(scope, arn.slice(arn.lastIndexOf('/') + 1));
      return role && { ...role, arn };
    }),
  );
  const keys = await ask('kms:DescribeKey', [keyOf(cluster) ?? []].flat(), (arns) =>
    each(arns, (arn) => account.describeKey(scope, arn)),
  );
  const codes = nodegroups.flatMap((group) =>
    bringsNodes(group, { target, ...given({ nodes, inside }) }) ? (quotaOf(group, launchTemplates) ?? []) : [],
  );
  const quotas = await ask('servicequotas:GetServiceQuota, cloudwatch:GetMetricStatistics', codes, (names) =>
    each(names, (code) => account.getServiceQuota(scope, code)),
  );
  const ofEc2 = { subnets, securityGroups, instanceTypes, launchTemplates, images, ownImages };
  return { capacity: given({ ...ofEc2, roles, keys, quotas, podNetwork }), coverage };
}

/** The coverage of a failed call to AWS. A throttle is thrown, since it passes by itself and must not stop the hop like a lasting error. */
export function refusedBy(error: unknown): { status: 'denied' | 'error'; detail: string } {
  if (isThrottled(error)) throw error;
  const name = errorName(error);
  const status = /^(UnauthorizedOperation|AccessDenied)/.test(name) ? 'denied' : 'error';
  return { status, detail: `${name}: ${errorMessage(error)}` };
}

/** Calls once for each name, and returns the results that exist. */
async function each<One>(names: readonly string[], call: (name: string) => Promise<One | undefined>): Promise<One[]> {
  const found = await Promise.all(names.map(call));
  return found.flatMap((one) => (one === undefined ? [] : [one]));
}
