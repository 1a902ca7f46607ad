import { readFileSync } from 'node:fs';
import {
  ENVIRONMENT,
  FUNCTION_NAMES,
  JOB_FUNCTIONS,
  MUTATING_FUNCTIONS,
  NODE_FUNCTIONS,
} from '../../core/contracts/names.ts';
import { TABLE_SCHEMA } from '../../core/contracts/table-schema.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import { readable, resourcesOf } from '../../test/material/infra/template.ts';

const { hub, state } = synthesize({
  organizationId: 'o-a1b2c3d4e5',
  accounts: ['222222222222'],
  mutatorConcurrency: 7,
});
const propertiesOf = (type: string, template = hub) =>
  resourcesOf(template, type).map(({ Properties }) => readable(Properties) as Record<string, unknown>);
const functions = new Map(propertiesOf('AWS::Lambda::Function').map((one) => [String(one.FunctionName), one]));

describe.each(FUNCTION_NAMES)('function %s', (name) => {
  const properties = functions.get(`liftlock-${name}`);

  test('runs on arm64 and Node 24 with JSON logs and traces', () => {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
    });
  });

  test('has every variable of the contract', () => {
    const { Variables = {} } = (properties?.Environment ?? {}) as { Variables?: Record<string, string> };
    for (const variable of Object.values(ENVIRONMENT)) expect(Variables[variable]).toMatch(/./);
    expect(Variables).toMatchObject({
      LIFTLOCK_TABLE: '<ItemsTable>',
      LIFTLOCK_AUDIT_TABLE: '<AuditTable>',
      LIFTLOCK_CLUSTER_QUEUE_URL: '<ClustersQueue>',
      LIFTLOCK_MACHINE_ARN_PREFIX: 'arn:<Partition>:states:<Region>:<AccountId>:stateMachine:liftlock-',
      LIFTLOCK_SPOKE_ROLE_NAME: 'LiftlockSpoke',
      LIFTLOCK_EXTERNAL_ID: 'liftlock-<AccountId>',
      LIFTLOCK_PARTITION: '<Partition>',
    });
  });
});

test('functions that mutate are over when their grace period counts them as over, and few at once', () => {
  for (const name of MUTATING_FUNCTIONS) {
    expect(functions.get(`liftlock-${name}`)).toMatchObject({ Timeout: 30, ReservedConcurrentExecutions: 7 });
  }
  expect(functions.get('liftlock-reconcile-rollouts')).toMatchObject({ Timeout: 105, ReservedConcurrentExecutions: 2 });
});

test('docs/install.md says how many functions and machines there are, and how much is reserved with the defaults', () => {
  const reserved = propertiesOf('AWS::Lambda::Function', synthesize().hub).map((one) =>
    Number(one.ReservedConcurrentExecutions ?? 0),
  );
  const text = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');
  const [count, machines] = ['AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine'].map(
    (type) => propertiesOf(type).length,
  );
  expect(text).toContain(`${count} functions, ${machines} state machines`);
  expect(text).toContain(`what is reserved: ${reserved.reduce((one, other) => one + other)} with the defaults`);
});

test('docs/runbook.md switches off whatever may change what is not Liftlock’s before a table is restored', () => {
  const text = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const [, names = ''] = text.match(/for name in (.*) reconcile-rollouts; do/) ?? [];
  const changing = new Set<string>([...MUTATING_FUNCTIONS, ...NODE_FUNCTIONS, ...JOB_FUNCTIONS]);
  expect(names.split(' ').toSorted()).toEqual([...changing].toSorted());
  const reserving = [...changing].filter((name) => functions.get(`liftlock-${name}`)?.ReservedConcurrentExecutions);
  expect(names.split(' ').slice(0, reserving.length).toSorted()).toEqual(reserving.toSorted());
});

test('a call of the reconciler that fails, or finds no place, comes again, since it may tell what a person did', () => {
  const [wakes, ...others] = propertiesOf('AWS::Lambda::EventInvokeConfig').filter(
    ({ DestinationConfig }) => DestinationConfig === undefined,
  );
  expect([wakes, others]).toMatchObject([{ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3_600 }, []]);
});

test('docs/runbook.md names what has a reserved concurrency, and whose calls that failed are kept', () => {
  const text = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const [throttles = '', undelivered = ''] = ['upgrades/function-throttles', 'queues/events-not-delivered'].map(
    (alarm) => text.split(`## liftlock/${alarm}\n`)[1]?.split('\n## ')[0],
  );
  for (const name of new Set([...MUTATING_FUNCTIONS, ...NODE_FUNCTIONS])) expect(throttles).toContain(`\`${name}\``);
  const kept = propertiesOf('AWS::Lambda::EventInvokeConfig').filter(({ DestinationConfig }) => DestinationConfig);
  const names = kept.map(({ FunctionName }) =>
    FUNCTION_NAMES.find((name) => JSON.stringify(FunctionName).includes(name.replaceAll('-', ''))),
  );
  for (const name of names) expect(undelivered).toContain(`\`${name}\``);
  expect(names).toHaveLength(4);
});

test('where nothing can be reserved nothing is, and reading leaves room for the functions that mutate', () => {
  const { hub: small } = synthesize({ mutatorConcurrency: 0 });
  for (const { ReservedConcurrentExecutions } of propertiesOf('AWS::Lambda::Function', small))
    expect(ReservedConcurrentExecutions).toBeUndefined();
  const readers = (template: typeof hub) =>
    propertiesOf('AWS::Lambda::EventSourceMapping', template).map(({ ScalingConfig }) => ScalingConfig);
  expect([readers(hub), readers(small)]).toEqual([[{ MaximumConcurrency: 10 }], [{ MaximumConcurrency: 2 }]]);
});

test('log groups end', () => {
  for (const { RetentionInDays } of propertiesOf('AWS::Logs::LogGroup')) expect(RetentionInDays).toBeGreaterThan(0);
});

test('schedules call their functions, and what cannot be called is kept', () => {
  const schedules = propertiesOf('AWS::Scheduler::Schedule');
  expect(schedules.map(({ Name, ScheduleExpression }) => [Name, ScheduleExpression])).toEqual([
    ['reconcile-rollouts', 'rate(1 minute)'],
    ['discover-clusters', 'rate(1 hour)'],
    ['watch-versions', 'rate(1 hour)'],
    ['refresh-readiness', 'rate(1 hour)'],
    ['anchor-audit', 'rate(1 day)'],
  ]);
  for (const { Target } of schedules) expect(Target).toMatchObject({ DeadLetterConfig: { Arn: '<UndeliveredQueue>' } });
});

// CloudFormation compares what the template says and nothing else, so it finds, and puts back, no default that somebody changed.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html
test('whatever calls a function says that it is on', () => {
  const on = (type: string, property: string) => new Set(propertiesOf(type).map((properties) => properties[property]));
  expect(on('AWS::Scheduler::Schedule', 'State')).toEqual(new Set(['ENABLED']));
  expect(on('AWS::Events::Rule', 'State')).toEqual(new Set(['ENABLED']));
  expect(on('AWS::Lambda::EventSourceMapping', 'Enabled')).toEqual(new Set([true]));
});

test('every rule has a target and a place for what it did not take', () => {
  const rules = propertiesOf('AWS::Events::Rule') as { Targets: { Arn: string; DeadLetterConfig: object }[] }[];
  expect(rules.map(({ Targets }) => Targets[0]?.Arn).sort()).toEqual([
    '<ClustersQueue>',
    '<FunctionsreconcilerolloutsFunction>',
    '<FunctionsreconcilerolloutsFunction>',
    '<FunctionsreconcilerolloutsFunction>',
    '<FunctionsreconcilerolloutsFunction>',
    '<FunctionsreconcilerolloutsFunction>',
    '<NotificationsTopic>',
  ]);
  for (const { Targets } of rules) expect(Targets[0]?.DeadLetterConfig).toEqual({ Arn: '<UndeliveredQueue>' });
});

test("nobody outside the hub's account can pass for Liftlock", () => {
  const patterns = propertiesOf('AWS::Events::Rule').map(({ EventPattern }) => EventPattern as Record<string, unknown>);
  const own = patterns.filter(({ source }) => JSON.stringify(source) === '["liftlock"]');
  expect(own).toHaveLength(3);
  for (const pattern of own) expect(pattern.account).toEqual(['<AccountId>']);
});

test('the bus takes events of the configured accounts and of the organization only', () => {
  expect(propertiesOf('AWS::Events::EventBusPolicy').map(({ Statement }) => Statement)).toEqual([
    expect.objectContaining({
      Action: 'events:PutEvents',
      Principal: { AWS: '*' },
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
    }),
    expect.objectContaining({
      Action: 'events:PutEvents',
      Principal: { AWS: 'arn:<Partition>:iam::222222222222:root' },
    }),
  ]);
});

test('the queue brings a message back five times, twelve minutes later, and reports failures one by one', () => {
  const queue = propertiesOf('AWS::SQS::Queue', state).find(({ RedrivePolicy }) => RedrivePolicy !== undefined);
  expect(queue).toMatchObject({ VisibilityTimeout: 720, RedrivePolicy: { maxReceiveCount: 5 } });
  expect(propertiesOf('AWS::Lambda::EventSourceMapping')).toEqual([
    expect.objectContaining({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FunctionName: '<FunctionsrecordclustersFunction>',
    }),
    expect.objectContaining({ FunctionName: '<FunctionsanchorauditFunction>' }),
  ]);
  expect(functions.get('liftlock-record-clusters')?.Timeout).toBeLessThanOrEqual(720 / 6);
});

test('tables have the keys of the contract, are protected and stay when the stack goes', () => {
  const tables = resourcesOf(state, 'AWS::DynamoDB::Table');
  expect(tables).toHaveLength(2);
  for (const { Properties, DeletionPolicy } of tables) {
    expect(DeletionPolicy).toBe('Retain');
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  }
  const { hash, range, indexes, timeToLive } = TABLE_SCHEMA.items;
  const keys = (one: typeof hash, two: typeof range | (typeof indexes)[number]['range']) => [
    { AttributeName: one.name, KeyType: 'HASH' },
    { AttributeName: two.name, KeyType: 'RANGE' },
  ];
  expect(tables[0]?.Properties).toMatchObject({
    KeySchema: [
      { AttributeName: hash.name, KeyType: 'HASH' },
      { AttributeName: range.name, KeyType: 'RANGE' },
    ],
    TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keys({ ...index.hash } as never, index.range),
      Projection: { ProjectionType: 'ALL' },
    })),
  });
});

test('every route of the API asks IAM, and the stage is throttled and logged', () => {
  const routes = propertiesOf('AWS::ApiGatewayV2::Route');
  for (const { AuthorizationType } of routes) expect(AuthorizationType).toBe('AWS_IAM');
  expect(routes.map(({ RouteKey }) => RouteKey)).toContain('PUT /v1/config');
  expect(propertiesOf('AWS::ApiGatewayV2::Stage')).toEqual([
    expect.objectContaining({
      DefaultRouteSettings: { ThrottlingBurstLimit: 40, ThrottlingRateLimit: 20 },
      AccessLogSettings: expect.objectContaining({ DestinationArn: '<ControlAccessLogs>' }),
    }),
  ]);
});

test('each kind of user may do what those before it may, and only an admin changes config', () => {
  const resources = new Map(
    propertiesOf('AWS::IAM::ManagedPolicy').map(({ ManagedPolicyName, PolicyDocument }) => {
      const [statement] = (PolicyDocument as { Statement: { Resource: string | string[] }[] }).Statement;
      return [String(ManagedPolicyName), [statement?.Resource ?? []].flat()];
    }),
  );
  const [viewer = [], operator = [], approver = [], admin = []] = ['viewer', 'operator', 'approver', 'admin'].map(
    (role) => resources.get(`liftlock-${role}`) ?? [],
  );
  expect(viewer).toEqual(['arn:<Partition>:execute-api:<Region>:<AccountId>:<ControlApi>/$default/GET/v1/*']);
  expect(operator).toEqual(expect.arrayContaining(viewer));
  expect(approver).toEqual(expect.arrayContaining(operator));
  expect(admin).toEqual(expect.arrayContaining(approver));
  const mayChangeConfig = (list: string[]) => list.some((arn) => arn.endsWith('/PUT/v1/config'));
  expect([viewer, operator, approver, admin].map(mayChangeConfig)).toEqual([false, false, false, true]);
});

test('the heartbeat is a metric that the reconciler publishes', () => {
  const source = readFileSync(new URL('../../functions/reconcile-rollouts/function.ts', import.meta.url), 'utf8');
  const heartbeat = propertiesOf('AWS::CloudWatch::Alarm').find(({ AlarmName }) =>
    String(AlarmName).endsWith('heartbeat-missing'),
  );
  expect(heartbeat).toMatchObject({
    Namespace: 'Liftlock',
    MetricName: 'Ticks',
    TreatMissingData: 'breaching',
    Dimensions: [
      { Name: 'function', Value: 'reconcile-rollouts' },
      { Name: 'service', Value: 'liftlock' },
    ],
  });
  expect(source).toContain(' Ticks: 1,');
});

test('after a restore the hub uses the restored table, and the export of the one before stays for the time of the deployment', () => {
  const restored = synthesize({ itemsTable: 'liftlock-restored' });
  const [first] = propertiesOf('AWS::Lambda::Function', restored.hub);
  expect(first?.Environment).toMatchObject({ Variables: { LIFTLOCK_TABLE: 'liftlock-restored' } });
  expect(JSON.stringify(restored.hub)).toContain(':table/liftlock-restored');
  expect(JSON.stringify(restored.hub)).not.toContain('ItemsTable');
  const exportsOf = (outputs: typeof state.Outputs) =>
    Object.keys(outputs ?? {}).filter((name) => name.includes('ItemsTable'));
  expect(exportsOf(restored.state.Outputs)).toEqual(exportsOf(state.Outputs));
});
