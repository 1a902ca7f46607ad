import type { Nodegroup } from '../../ports/eks.ts';
import { launchedFrom } from './launched-from.ts';
import { type CapacityFacts, inRegion, preflightCheck } from './preflight-check.ts';
import { bringsNodes, surgeOf } from './surge-addresses.ts';

/**
 * Families that share one quota of vCPUs, with its code for each capacity type (facts: nodes.md §7, and
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html); a quota without a code here is not read.
 */
const QUOTAS: readonly { readonly types: RegExp; readonly codes: Readonly<Record<string, string>> }[] = [
  { types: /^(a|c|d|h|i|im|is|m|r|t|z)\d/, codes: { ON_DEMAND: 'L-1216C47A', SPOT: 'L-34B43A08' } },
  { types: /^(g|gr|vt)\d/, codes: { ON_DEMAND: 'L-DB2E81BA', SPOT: 'L-3819A6DF' } },
  { types: /^p\d/, codes: { ON_DEMAND: 'L-417A185B' } },
  // Newer families have quotas of their own for Spot.
  { types: /^p[2-4]/, codes: { SPOT: 'L-7212CCBC' } },
  { types: /^x\d/, codes: { ON_DEMAND: 'L-7295265B' } },
  { types: /^inf\d/, codes: { ON_DEMAND: 'L-1945791B' } },
  { types: /^trn\d/, codes: { ON_DEMAND: 'L-2C3B7624' } },
  { types: /^dl\d/, codes: { ON_DEMAND: 'L-6E869C2A' } },
  { types: /^f\d/, codes: { ON_DEMAND: 'L-74FC7D96' } },
];

export function typesOf(group: Nodegroup, templates: CapacityFacts['launchTemplates']): readonly string[] {
  const { instanceTypes = [] } = group;
  return instanceTypes.length > 0 ? instanceTypes : [launchedFrom(group, templates)?.instanceType ?? []].flat();
}

/** Undefined where its instances count toward no quota that is read, or the quota is not known. */
export function quotaOf(group: Nodegroup, templates: CapacityFacts['launchTemplates']): string | undefined {
  const types = typesOf(group, templates);
  const capacity = group.capacityType ?? 'ON_DEMAND';
  const quota = QUOTAS.find(
    ({ codes, types: counted }) => capacity in codes && types.every((type) => counted.test(type)),
  );
  return types.length === 0 ? undefined : quota?.codes[capacity];
}

/** Groups are updated one after the other (docs/adr/0006) and return what they took, so each update has the whole rest of the quota. */
export const vcpuQuota = preflightCheck({
  name: 'VcpuQuota',
  source: 'capacity',
  finds:
    'The quota of vCPUs has too little left for the new nodes of a roll; it may have (a warning), or nobody could tell (info).',
  isOfRolls: true,
  observe(facts) {
    const { cluster, hasMoved, nodegroups, capacity } = facts;
    const { quotas = [], instanceTypes = [], launchTemplates, subnets = [] } = capacity ?? {};
    return nodegroups.flatMap((group) => {
      const types = typesOf(group, launchTemplates);
      const sizes = instanceTypes.filter((one) => types.includes(one.instanceType)).map(({ vcpus }) => vcpus);
      if (hasMoved || !bringsNodes(group, facts) || sizes.length === 0 || sizes.length < types.length) return [];
      const own = subnets.filter(({ subnetId }) => group.subnets?.includes(subnetId));
      const nodes = surgeOf(group, own);
      const [least, most] = [nodes * Math.min(...sizes), nodes * Math.max(...sizes)];
      const quota = quotas.find(({ quotaCode }) => quotaCode === quotaOf(group, launchTemplates));
      const { quotaCode = '…', value = Number.POSITIVE_INFINITY, used } = quota ?? {};
      const isProved = least > value - (used ?? 0);
      if (!isProved && used !== undefined && most <= value - used) return [];
      const rest = used === undefined ? 'how much of it is used is not known' : `${used} are used`;
      const has =
        quota === undefined
          ? 'the quota of its instances was not read'
          : `the quota ${quotaCode} is ${value}, and ${rest}`;
      return [
        {
          severity: isProved ? 'error' : used === undefined ? 'info' : 'warning',
          subject: { kind: 'Nodegroup', name: group.nodegroupName },
          cause: `quota:${quotaCode}:${group.nodegroupName}`,
          message: `The roll of the node group ${group.nodegroupName} begins with ${nodes} new nodes, of ${least === most ? '' : `${least} to `}${most} vCPUs together; ${has}${isProved ? '' : ', so capacity is not proved'}.`,
          fix: `Ask for more: aws service-quotas request-service-quota-increase ${inRegion(cluster.arn)} --service-code ec2 --quota-code ${quotaCode} --desired-value …; or roll with the update strategy MINIMAL.`,
        },
      ];
    });
  },
});
