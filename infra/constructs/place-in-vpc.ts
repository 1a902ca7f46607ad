import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Aws } from 'aws-cdk-lib/core';
import type { FunctionName } from '../../core/contracts/names.ts';
import { functionName } from '../names.ts';
import type { VpcSettings } from '../settings/settings.ts';

/** Lambda makes and removes network interfaces in the name of the function's role; it asks for them before any has an ARN. */
const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Puts a function into subnets. Lambda itself may use the role for its interfaces; the function's own code may not. */
export function placeInVpc(
  target: LambdaFunction,
  role: Role,
  name: FunctionName,
  { subnetIds, securityGroupIds }: VpcSettings,
): void {
  (target.node.defaultChild as CfnFunction).vpcConfig = {
    subnetIds: [...subnetIds],
    securityGroupIds: [...securityGroupIds],
  };
  role.addToPolicy(new PolicyStatement({ sid: 'NetworkInterfaces', actions: INTERFACES, resources: ['*'] }));
  const own = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${functionName(name)}`;
  role.addToPolicy(
    new PolicyStatement({
      sid: 'NotForItsCode',
      effect: Effect.DENY,
      actions: INTERFACES,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': own } },
    }),
  );
}
