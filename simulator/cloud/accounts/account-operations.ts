import type { FakeEks } from '../../eks/fake-eks.ts';
import { parameterIn, WRITTEN } from '../../eks/network.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';

/** AWS Organizations of the hub's account, with the accounts of the fleet. */
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

/** Parameter Store with the parameters of AWS that stacks and EKS refer to. */
export function parameterOperations(parameters: ReadonlyMap<string, string>, { state }: FakeEks): Operations {
  const described = (Name: string, context: OperationContext) => {
    const found = parameterIn(state, context, Name);
    const Value = parameters.get(Name) ?? found?.value;
    const ARN = `arn:aws:ssm:${context.region}::parameter${Name}`;
    const LastModifiedDate = found?.lastModifiedDate ?? new Date(WRITTEN);
    return Value === undefined ? undefined : { Name, Type: 'String', Value, Version: 1, LastModifiedDate, ARN };
  };
  return {
    GetParameter: ({ Name }: { Name: string }, context: OperationContext) => {
      const Parameter = described(Name, context);
      if (Parameter === undefined) throw new AwsFault('ParameterNotFound', '');
      return { Parameter };
    },
    GetParameters: ({ Names }: { Names: string[] }, context: OperationContext) => ({
      Parameters: Names.flatMap((name) => described(name, context) ?? []),
      InvalidParameters: Names.filter((name) => described(name, context) === undefined),
    }),
  };
}
