import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Resource } from '../template/resolve-stack.ts';

/** CreateTable in CloudFormation's form for a resource of the template: members have the same names. */
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

/** The attribute with the expiry of an item in epoch seconds; undefined when items do not expire. */
export function expiryAttribute({ properties }: Resource): string | undefined {
  const specification = properties.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean } | undefined;
  return specification?.Enabled ? specification.AttributeName : undefined;
}
