import { issueTexts } from '../../model/issue-text.ts';
import { partPasses } from '../../model/passing-status.ts';
import { sentence } from '../../model/words.ts';
import { preflightCheck } from './preflight-check.ts';

/**
 * A group that was never created completely, or could not be deleted, cannot be updated. The check fails before the control plane moves, not after.
 */
export const nodegroupStatus = preflightCheck({
  name: 'NodegroupStatus',
  source: 'eks',
  finds: 'A node group is in a status in which EKS takes no update of it. One that is degraded is warned of.',
  observe: ({ nodegroups }) =>
    nodegroups
      .filter(({ status }) => status !== 'ACTIVE' && status !== 'UPDATING')
      .map(({ nodegroupName, status, health }) => ({
        severity: partPasses(status) || status === 'DEGRADED' ? 'warning' : 'error',
        subject: { kind: 'Nodegroup', name: nodegroupName },
        cause: `nodegroup:${nodegroupName}`,
        message: sentence([`The node group ${nodegroupName} is ${status}`, ...issueTexts(health)].join('; ')),
        fix: partPasses(status)
          ? `Wait until it is ${status === 'DELETING' ? 'gone' : 'ACTIVE'}.`
          : 'Repair it, or delete it (aws eks describe-nodegroup, health.issues).',
      })),
});
