import { errorMessage, errorName } from '../contracts/errors.ts';
import { given } from '../model/given.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { networkOf } from '../scan/preflight/network-gone.ts';
import type { CapacityFacts } from '../scan/preflight/preflight-check.ts';
import type { Coverage } from '../scan/report/report-schema.ts';
import type { StepContext } from './context.ts';

/** Of EC2 what the hop takes: three calls at most, each of which may fail by itself. */
export async function readCapacity(
  { ec2 }: Pick<Ports, 'ec2'>,
  { cluster, scope }: StepContext,
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
  const types = nodegroups.flatMap(({ instanceTypes = [] }) => instanceTypes);
  const subnets = await ask('ec2:DescribeSubnets', 'subnets', [...subnetIds, ...ofGroups], (ids) =>
    ec2.describeSubnets(scope, ids),
  );
  const securityGroups = await ask('ec2:DescribeSecurityGroups', 'security groups', securityGroupIds, (ids) =>
    ec2.describeSecurityGroups(scope, ids),
  );
  const instanceTypes = await ask('ec2:DescribeInstanceTypes', 'instance types', types, (names) =>
    ec2.describeInstanceTypes(scope, names),
  );
  return { capacity: given({ subnets, securityGroups, instanceTypes }), coverage };
}
