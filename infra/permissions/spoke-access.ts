import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Aws } from 'aws-cdk-lib/core';
import type { Settings } from '../settings/settings.ts';

/**
 * Assuming the spoke role: in the hub's own account always, in the listed accounts by name, and in any account only while it belongs to the
 * organization. Without either, the fleet is the hub's account.
 */
export function assumeSpokeRole({ accounts, organizationId, spokeRoleName }: Settings): PolicyStatement[] {
  const roleIn = (account: string) => `arn:${Aws.PARTITION}:iam::${account}:role/${spokeRoleName}`;
  const listed = new PolicyStatement({
    sid: 'SpokeRoles',
    actions: ['sts:AssumeRole'],
    resources: [Aws.ACCOUNT_ID, ...accounts].map(roleIn),
  });
  if (organizationId === undefined) return [listed];
  const inOrganization = new PolicyStatement({
    sid: 'SpokeRolesOfTheOrganization',
    actions: ['sts:AssumeRole'],
    resources: [roleIn('*')],
    conditions: { StringEquals: { 'aws:ResourceOrgID': organizationId } },
  });
  return [listed, inOrganization];
}
