import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';

/** AWS Organizations of the hub's account: the accounts of the fleet. */
export function organizationOperations(accounts: readonly string[], organizationId: string): Operations {
  return {
    ListAccounts: (_: object, { account: management }: OperationContext) => ({
      Accounts: accounts.map((Id) => ({
        Id,
        Arn: `arn:aws:organizations::${management}:account/${organizationId}/${Id}`,
        Name: `account-${Id}`,
        Email: `${Id}@example.com`,
        Status: 'ACTIVE',
        State: 'ACTIVE',
      })),
    }),
    DescribeOrganization: (_: object, { account: management }: OperationContext) => ({
      Organization: {
        Id: organizationId,
        Arn: `arn:aws:organizations::${management}:organization/${organizationId}`,
        MasterAccountId: management,
        FeatureSet: 'ALL',
      },
    }),
  };
}

/** Parameter Store: parameters of AWS that stacks and EKS refer to. */
export function parameterOperations(parameters: ReadonlyMap<string, string>): Operations {
  const described = (Name: string, { region }: OperationContext) => ({
    Name,
    Type: 'String',
    Value: parameters.get(Name),
    Version: 1,
    ARN: `arn:aws:ssm:${region}::parameter${Name}`,
  });
  return {
    GetParameter: ({ Name }: { Name: string }, context: OperationContext) => {
      if (!parameters.has(Name)) throw new AwsFault('ParameterNotFound', '');
      return { Parameter: described(Name, context) };
    },
    GetParameters: ({ Names }: { Names: string[] }, context: OperationContext) => ({
      Parameters: Names.filter((name) => parameters.has(name)).map((name) => described(name, context)),
      InvalidParameters: Names.filter((name) => !parameters.has(name)),
    }),
  };
}
