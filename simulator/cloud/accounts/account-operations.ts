import type { FakeEks } from '../../eks/fake-eks.ts';
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
export function parameterOperations(parameters: ReadonlyMap<string, string>, { state }: FakeEks): Operations {
  const heldBy = (name: string, { account, region }: OperationContext): string | undefined =>
    parameters.get(name) ?? state.parameters?.[`${account}/${region}/${name}`]?.value;
  const described = (Name: string, context: OperationContext) => ({
    Name,
    Type: 'String',
    Value: heldBy(Name, context),
    Version: 1,
    ARN: `arn:aws:ssm:${context.region}::parameter${Name}`,
  });
  return {
    GetParameter: ({ Name }: { Name: string }, context: OperationContext) => {
      if (heldBy(Name, context) === undefined) throw new AwsFault('ParameterNotFound', '');
      return { Parameter: described(Name, context) };
    },
    GetParameters: ({ Names }: { Names: string[] }, context: OperationContext) => ({
      Parameters: Names.filter((name) => heldBy(name, context) !== undefined).map((name) => described(name, context)),
      InvalidParameters: Names.filter((name) => heldBy(name, context) === undefined),
    }),
  };
}
