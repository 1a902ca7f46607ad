import {
  FUNCTION_NAMES,
  type FunctionName,
  KUBERNETES_FUNCTIONS,
  MUTATING_FUNCTIONS,
} from '../../core/contracts/names.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import {
  listOf,
  type Resource,
  readable,
  resourcesOf,
  type Statement,
  statementsOf,
} from '../../test/material/infra/template.ts';

const organization = 'o-a1b2c3d4e5';
const { hub, state, spokeRole } = synthesize({
  organizationId: organization,
  accounts: ['222222222222'],
  ownerTopics: ['arn:aws:sns:eu-central-1:222222222222:payments'],
});

const roleOf = (name: FunctionName): [string, Resource] => {
  const found = Object.entries(hub.Resources).find(
    ([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties.RoleName === `liftlock-${name}`,
  );
  if (found === undefined) throw new Error(`no role liftlock-${name}`);
  return found;
};

/** `action resource`, one line each, without the permissions that every function has. */
function grantsOf(name: FunctionName): string[] {
  const own = statementsOf(hub, roleOf(name)[0]).filter((statement) => !isCommon(statement));
  return own
    .flatMap(({ Action, Resource }) =>
      listOf(Resource).flatMap((resource) => listOf(Action).map((action) => `${action} ${resource}`)),
    )
    .sort();
}

const isCommon = ({ Action }: Statement): boolean => listOf(Action).every((action) => /^(logs|xray):/.test(action));

const READ = ['dynamodb:BatchGetItem <ItemsTable>', 'dynamodb:Query <ItemsTable>'];
const PUT = ['dynamodb:PutItem <ItemsTable>'];
const CHECK = ['dynamodb:ConditionCheckItem <ItemsTable>'];
const OVERWRITE = [...PUT, 'dynamodb:UpdateItem <ItemsTable>'];
const AUDIT = ['dynamodb:PutItem <AuditTable>', 'dynamodb:Query <AuditTable>'];
const ACTIVE = ['dynamodb:Query <ItemsTable>/index/active'];
const KIND = ['dynamodb:Query <ItemsTable>/index/kind'];
const PUBLISH = ['events:PutEvents <EventsBus>'];
const SPOKE = ['<AccountId>', '*', '*'].map(
  (account) => `sts:AssumeRole arn:<Partition>:iam::${account}:role/LiftlockSpoke`,
);
const states = (resource: string) => `arn:<Partition>:states:<Region>:<AccountId>:${resource}`;
const START = (...machines: string[]) =>
  machines.map((machine) => `states:StartExecution ${states(`stateMachine:liftlock-${machine}`)}`);
const LOOK = (...machines: string[]) =>
  machines.map((machine) => `states:DescribeExecution ${states(`execution:liftlock-${machine}:*`)}`);

const GRANTED = [
  ...['upgrade-cluster', 'upgrade-control-plane', 'update-addons', 'roll-node-group'],
  ...['drain-nodes', 'restore-nodes', 'rollback-cluster'],
];
const READER = [...READ, ...PUT, ...AUDIT, ...PUBLISH, ...SPOKE];
const WATCHER = [...READ, ...OVERWRITE, ...AUDIT, ...PUBLISH, ...SPOKE];
const SECRETS = ['secretsmanager:GetSecretValue arn:<Partition>:secretsmanager:*:<AccountId>:secret:liftlock/*'];
const HOOKS = [
  ...SECRETS,
  'lambda:InvokeFunction arn:<Partition>:lambda:*:<AccountId>:function:*',
  ...['DescribeStateMachine', 'StartExecution'].map(
    (action) => `states:${action} arn:<Partition>:states:*:<AccountId>:stateMachine:*`,
  ),
  'states:DescribeExecution arn:<Partition>:states:*:<AccountId>:execution:*:liftlock-hook-*',
];
const JOBS = SPOKE.map((one) => `${one}-hooks`);
const MUTATOR = [...WATCHER, ...CHECK, ...HOOKS, ...JOBS];
const OPERATOR = [...READER, ...CHECK, ...SPOKE.map((one) => `${one}-operate`)];

const EXPECTED: Readonly<Record<FunctionName, readonly string[]>> = {
  'discover-clusters': [
    ...READ,
    ...KIND,
    ...OVERWRITE,
    ...AUDIT,
    ...SPOKE,
    'sqs:SendMessage <ClustersQueue>',
    'sqs:SendMessage <UndeliveredQueue>',
    'organizations:ListAccounts *',
  ],
  'record-clusters': [
    ...READ,
    ...PUT,
    ...CHECK,
    ...AUDIT,
    ...PUBLISH,
    ...SPOKE,
    'sqs:DeleteMessage <ClustersQueue>',
    'sqs:GetQueueAttributes <ClustersQueue>',
    'sqs:ReceiveMessage <ClustersQueue>',
  ],
  'watch-versions': [...READ, ...PUT, ...PUBLISH, ...SPOKE, 'sqs:SendMessage <UndeliveredQueue>'],
  'refresh-readiness': [
    ...READ,
    ...PUT,
    ...ACTIVE,
    ...KIND,
    ...PUBLISH,
    ...START('scan-cluster'),
    'sns:Publish arn:aws:sns:eu-central-1:222222222222:payments',
    'sqs:SendMessage <UndeliveredQueue>',
    ...SECRETS,
  ],
  'reconcile-rollouts': [
    ...READER,
    ...CHECK,
    ...ACTIVE,
    ...KIND,
    ...START(...GRANTED),
    ...LOOK(...GRANTED, 'scan-cluster', 'smoke-check'),
    'cloudwatch:DescribeAlarms *',
    ...HOOKS,
  ],
  'request-grant': [...READ, ...PUT, ...CHECK, ...AUDIT, ...PUBLISH, ...SPOKE],
  'scan-cluster': [...WATCHER, ...CHECK, 'cloudwatch:DescribeAlarms *'],
  'update-addons': MUTATOR,
  'upgrade-control-plane': MUTATOR,
  'list-node-groups': [...READ, ...SPOKE],
  'roll-node-group': MUTATOR,
  'smoke-check': [...MUTATOR, 'cloudwatch:DescribeAlarms *'],
  'drain-nodes': OPERATOR,
  'restore-nodes': [...WATCHER, ...CHECK, ...SPOKE.map((one) => `${one}-operate`), ...JOBS],
  'conclude-upgrade': [...READER, ...CHECK],
  'anchor-audit': [
    'dynamodb:Scan <AuditTable>',
    ...['DescribeStream', 'GetRecords', 'GetShardIterator'].map((action) => `dynamodb:${action} <AuditTable>`),
    'dynamodb:ListStreams *',
    's3:GetObject <LiftlockAnchorBucketArn>/audit/*',
    's3:PutObject <LiftlockAnchorBucketArn>/audit/*',
    's3:ListBucket <LiftlockAnchorBucketArn>',
    'sqs:SendMessage <UndeliveredQueue>',
  ],
  api: [
    ...READ,
    ...ACTIVE,
    ...KIND,
    ...PUT,
    ...CHECK,
    ...AUDIT,
    ...PUBLISH,
    ...START('upgrade-cluster', 'rollback-cluster', 'drain-nodes', 'scan-cluster'),
  ],
};

test.each(FUNCTION_NAMES)('%s may do exactly what it needs', (name) => {
  expect(grantsOf(name)).toEqual([...EXPECTED[name]].sort());
});

test('every function has a role of its own, tagged with its name', () => {
  const functions = resourcesOf(hub, 'AWS::Lambda::Function');
  const roles = functions.map(({ Properties }) => JSON.stringify(Properties.Role));
  expect(functions).toHaveLength(FUNCTION_NAMES.length);
  expect(new Set(roles).size).toBe(FUNCTION_NAMES.length);
  for (const name of FUNCTION_NAMES) {
    expect(roleOf(name)[1].Properties).toMatchObject({
      Tags: [{ Key: 'liftlock-function', Value: name }],
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }] },
    });
  }
});

test('an open account in AssumeRole is held to those that are listed, or to the organization', () => {
  for (const name of FUNCTION_NAMES) {
    const open = statementsOf(hub, roleOf(name)[0]).filter(({ Resource }) =>
      listOf(Resource).some((resource) => resource.includes(':iam::*:')),
    );
    if (open.length === 0) continue;
    expect(open.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'aws:ResourceAccount': ['222222222222'] } },
      { StringEquals: { 'aws:ResourceOrgID': organization } },
    ]);
  }
});

/** What a policy counts to IAM: no white space, and for a name of the template the longest that it can stand for. */
const lengthOf = (policy: unknown): number =>
  JSON.stringify(readable(policy))
    .replaceAll('<Partition>', 'aws-us-gov')
    .replaceAll('<Region>', 'ap-southeast-2')
    .replaceAll('<AccountId>', '1'.repeat(12))
    .replaceAll('<ControlApi>', 'a'.repeat(10))
    // The ARN of a table, a bus, a machine.
    .replaceAll(/<\w+>/g, 'x'.repeat(110)).length;

/** About as many as the settings take. */
const topics = Array.from(
  { length: 100 },
  (_, index) => `arn:aws:sns:eu-central-1:222222222222:${'t'.repeat(25)}${index}`,
);

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: all inline policies of a role together, and one managed policy.
test('with as many accounts and topics as may be listed and the longest name of a role, policies are as long as IAM takes them', () => {
  const most = synthesize({
    ...{ accounts: Array.from({ length: 100 }, (_, index) => String(100_000_000_000 + index)) },
    ...{ organizationId: `o-${'a'.repeat(32)}`, spokeRoleName: 'r'.repeat(56) },
    ownerTopics: topics,
  }).hub;
  for (const [id, { Type }] of Object.entries(most.Resources)) {
    if (Type === 'AWS::IAM::Role') expect([id, lengthOf(statementsOf(most, id)) < 10_240]).toEqual([id, true]);
  }
  // CDK puts what does not fit into managed policies, and these are shorter still.
  const managed = resourcesOf(most, 'AWS::IAM::ManagedPolicy').map(({ Properties }) => Properties);
  expect(managed).toHaveLength(resourcesOf(hub, 'AWS::IAM::ManagedPolicy').length);
  for (const { ManagedPolicyName: name, PolicyDocument } of managed)
    expect([name, lengthOf(PolicyDocument) < 6_144]).toEqual([name, true]);
});

test('a function or a machine that is not named is called only with the tag of its owner', () => {
  const opened = FUNCTION_NAMES.flatMap((name) =>
    statementsOf(hub, roleOf(name)[0]).filter(
      ({ Action, Resource }) =>
        listOf(Action).some((action) => ['lambda:InvokeFunction', 'states:StartExecution'].includes(action)) &&
        listOf(Resource).some((resource) => resource.endsWith(':*')),
    ),
  );
  expect(opened).toHaveLength(10);
  for (const { Condition } of opened)
    expect(Condition).toEqual({ StringEquals: { 'aws:ResourceTag/liftlock:hook': 'allowed' } });
});

test('without an organization nothing lists its accounts and only named accounts are entered', () => {
  const alone = synthesize().hub;
  const text = JSON.stringify(resourcesOf(alone, 'AWS::IAM::Policy'));
  expect(text).not.toContain('organizations:');
  expect(text).not.toContain(':iam::*:');
  expect(resourcesOf(alone, 'AWS::Events::EventBusPolicy')).toEqual([]);
});

test('no role may change the audit, and the table itself denies it to everybody', () => {
  for (const [id, { Type }] of Object.entries(hub.Resources)) {
    if (Type !== 'AWS::IAM::Role') continue;
    for (const { Effect, Action, Resource } of statementsOf(hub, id)) {
      if (Effect !== 'Allow' || !listOf(Resource).some((resource) => /AuditTable|^\*$/.test(resource))) continue;
      expect(listOf(Action).filter((action) => /dynamodb:(Update|Delete|Batch|PartiQL|\*)/.test(action))).toEqual([]);
    }
  }
  const tables = resourcesOf(state, 'AWS::DynamoDB::Table');
  const audit = tables.find(({ Properties }) => Properties.ResourcePolicy !== undefined);
  expect(audit?.Properties).toMatchObject({
    KeySchema: [{ AttributeName: 'subject' }, { AttributeName: 'sequence' }],
    ResourcePolicy: {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: expect.arrayContaining(['dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem']),
          },
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'dynamodb:PutItem',
            Condition: { StringNotEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
          },
        ],
      },
    },
  });
});

test('no action is a pattern, and `*` is a resource only where an action knows none', () => {
  const unnamed =
    /^(xray:(Put|Get)|logs:|dynamodb:ListStreams|organizations:ListAccounts|cloudwatch:(DescribeAlarms|GetMetricStatistics|GetMetricData)|eks:(ListClusters|DescribeClusterVersions|DescribeAddonVersions)|ec2:Describe)/;
  for (const template of [hub, spokeRole]) {
    for (const [id, { Type }] of Object.entries(template.Resources)) {
      if (Type !== 'AWS::IAM::Role') continue;
      for (const { Action, Resource } of statementsOf(template, id)) {
        expect(listOf(Action).filter((action) => action.includes('*'))).toEqual([]);
        if (listOf(Resource).includes('*')) {
          expect(listOf(Action).filter((action) => !unnamed.test(action))).toEqual([]);
        }
      }
    }
  }
});

test('whoever mutates or looks into clusters goes in by the spoke role', () => {
  for (const name of [...MUTATING_FUNCTIONS, ...KUBERNETES_FUNCTIONS])
    expect(EXPECTED[name]).toEqual(expect.arrayContaining(SPOKE));
});
