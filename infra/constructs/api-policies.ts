import type { CfnApi, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Aws, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { API_ROLES, type ApiRole, type ApiRoute, routesOf } from './api-routes.ts';

export interface ApiPoliciesProps {
  readonly api: HttpApi;
}

/** Physical, since permission sets of IAM Identity Center name customer managed policies by name. */
export const policyName = (role: ApiRole): string => `liftlock-${role}`;

/** One managed policy for each kind of user, to be attached to people's roles. */
export class ApiPolicies extends Construct {
  constructor(scope: Construct, id: string, { api }: ApiPoliciesProps) {
    super(scope, id);
    const arnOf = (id: string, route: ApiRoute) =>
      `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${id}/$default/${pathOf(route)}`;
    for (const role of API_ROLES) {
      const routes = routesOf(role);
      const policy = new ManagedPolicy(this, role, {
        managedPolicyName: policyName(role),
        description: `What a Liftlock ${role} may ask of the API`,
        statements: [
          new PolicyStatement({
            actions: ['execute-api:Invoke'],
            resources: routes.map((route) => arnOf(api.apiId, route)),
          }),
        ],
      });
      acknowledge(policy, openIds(policy, routes, api));
    }
  }
}

function openIds(policy: ManagedPolicy, routes: readonly ApiRoute[], api: HttpApi): Record<string, string> {
  const apiId = Stack.of(policy).getLogicalId(api.node.defaultChild as CfnApi);
  const arn = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${apiId}>/$default`;
  const reason =
    'Only the ids within a route are open, since nobody knows them beforehand: API, method and route are fixed.';
  return Object.fromEntries(routes.map((route) => [`AwsSolutions-IAM5[Resource::${arn}/${pathOf(route)}]`, reason]));
}

/** `{id}` and `{proxy+}` become `*`, which fits them whether IAM is asked about the route or about the path. */
const pathOf = ({ method, path }: ApiRoute): string => `${method}${path.replaceAll(/\{[^}]+\}/g, '*')}`;
