import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Resource } from '../template/resolve-stack.ts';

/** CreateTable as CloudFormation would send it for a resource of the template: members have the same names. */
export function tableRequest({ name, properties }: Resource): CreateTableCommandInput {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } = properties;
  return {
    TableName: name,
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    ...(GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes }),
  } as CreateTableCommandInput;
}

/** The attribute after whose instant, in epoch seconds, an item may be removed; undefined when items stay. */
export function expiryAttribute({ properties }: Resource): string | undefined {
  const specification = properties.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean } | undefined;
  return specification?.Enabled ? specification.AttributeName : undefined;
}
