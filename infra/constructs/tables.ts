import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { TABLE_SCHEMA } from '../../core/contracts/table-schema.ts';

const KEPT = {
  billingMode: BillingMode.PAY_PER_REQUEST,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
};

/** Inventory, config, rollouts, upgrades, grants and ledger in one table, as core/contracts/table-schema.ts describes it. */
export class ItemsTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { hash, range, timeToLive, indexes } = TABLE_SCHEMA.items;
    this.table = new Table(this, 'Table', {
      ...KEPT,
      partitionKey: attribute(hash),
      sortKey: attribute(range),
      timeToLiveAttribute: timeToLive,
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
const attribute = ({ name, type }: { readonly name: string; readonly type: 'S' | 'N' }) => ({
  name,
  type: type === 'S' ? AttributeType.STRING : AttributeType.NUMBER,
});

/** Everything that changes or removes an item that is there, or could replace it without a condition. */
const CHANGES = [
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
];

/** To everybody. The ARN of the table itself would be a circle; a policy on a table is about that table. */
const denied = (what: PolicyStatementProps): PolicyStatement =>
  new PolicyStatement({ effect: Effect.DENY, principals: [new AnyPrincipal()], resources: ['*'], ...what });

/**
 * The append-only audit. Its own policy denies changes to everybody, administrators included: who wants to change history must first change
 * this policy, which CloudTrail shows. Puts are conditional on absence in the adapter, and items are chained by hash.
 */
export class AuditTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { hash, range } = TABLE_SCHEMA.audit;
    this.table = new Table(this, 'Table', {
      ...KEPT,
      partitionKey: attribute(hash),
      sortKey: attribute(range),
      // What is changed here in spite of everything is in the stream, which nobody can write (constructs/audit-anchors.ts).
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      resourcePolicy: new PolicyDocument({
        statements: [
          denied({ sid: 'AppendOnly', actions: CHANGES }),
          // Liftlock writes its audit together with what it is about, or not at all. A single put is refused to everybody.
          denied({
            sid: 'OnlyTransactions',
            actions: ['dynamodb:PutItem'],
            conditions: { StringNotEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
          }),
        ],
      }),
    });
  }
}
