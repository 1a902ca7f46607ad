import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { TABLE_SCHEMA } from '../../core/contracts/table-schema.ts';

/** Inventory, config, rollouts, upgrades, grants and ledger in one table, as core/contracts/table-schema.ts describes it. */
export class ItemsTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { hash, range, timeToLive, indexes } = TABLE_SCHEMA.items;
    this.table = new Table(this, 'Table', {
      partitionKey: attribute(hash),
      sortKey: attribute(range),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: timeToLive,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const index of indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: attribute(index.hash),
        sortKey: attribute(index.range),
        projectionType: ProjectionType.ALL,
      });
    }
  }
}

/** A key of the schema in CDK's words. */
export const attribute = ({ name, type }: { readonly name: string; readonly type: 'S' | 'N' }) => ({
  name,
  type: type === 'S' ? AttributeType.STRING : AttributeType.NUMBER,
});
