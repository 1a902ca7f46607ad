import type { Assembly, Template } from '../../../simulator/cloud/template/assembly.ts';
import { mutationsOf } from './mutations.ts';

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const statement = (Sid: string, ...Action: string[]) => ({
  Sid,
  Effect: 'Allow',
  Action: Action.length === 1 ? Action[0] : Action,
  Resource: '*',
});

/** The resources that are left when a stack of these is mutated. */
function without(id: string, Resources: object): Record<string, { Properties: Record<string, unknown> }> {
  const templates = new Map([['Stack', { Resources } as Template]]);
  const assembly: Assembly = { folder: '', templates, assets: new Map() };
  const mutation = mutationsOf(assembly).find((one) => one.id === id);
  if (mutation === undefined)
    throw new Error(
      `there are ${mutationsOf(assembly)
        .map((one) => one.id)
        .join(', ')}, and not ${id}`,
    );
  return mutation.apply(assembly).templates.get('Stack')?.Resources as never;
}

describe('a permission', () => {
  const role = (...statements: object[]) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'liftlock-api',
      Policies: [{ PolicyName: 'All', PolicyDocument: document(...statements) }],
    },
  });

  test('is one action of a statement', () => {
    const left = without('permission liftlock-api sqs:ReceiveMessage Queue', {
      Role: role(statement('Queue', 'sqs:DeleteMessage', 'sqs:ReceiveMessage')),
    });
    expect(left.Role?.Properties.Policies).toEqual(
      role(statement('Queue', 'sqs:DeleteMessage')).Properties.Policies.map((policy) => ({
        ...policy,
        PolicyDocument: document({ ...statement('Queue'), Action: ['sqs:DeleteMessage'] }),
      })),
    );
  });

  test('is the statement when that has no other action, and the policy when that has no other statement', () => {
    const [first, second] = [statement('Queue', 'sqs:SendMessage'), statement('Events', 'events:PutEvents')];
    expect(without('permission liftlock-api sqs:SendMessage Queue', { Role: role(first, second) })).toEqual({
      Role: role(second),
    });
    const left = without('permission liftlock-api sqs:SendMessage Queue', { Role: role(first) });
    expect(left.Role?.Properties.Policies).toEqual([]);
  });

  test('is found in a policy that is attached to the role', () => {
    const attached = {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyDocument: document(statement('Events', 'events:PutEvents')), Roles: [{ Ref: 'Role' }] },
    };
    const Role = role(statement('Queue', 'sqs:SendMessage'));
    expect(without('permission liftlock-api events:PutEvents Events', { Role, Attached: attached })).toEqual({ Role });
  });
});

describe('a value of an event pattern', () => {
  const rule = (EventPattern: object) => ({ Type: 'AWS::Events::Rule', Properties: { EventPattern } });

  test('goes out of its list', () => {
    const Rule = rule({ detail: { status: ['SUCCEEDED', 'FAILED'] } });
    expect(without('pattern Stack/Rule detail.status FAILED', { Rule }).Rule?.Properties.EventPattern).toEqual({
      detail: { status: ['SUCCEEDED'] },
    });
  });

  test('goes with its list when it is the only one', () => {
    const Rule = rule({ source: ['liftlock'], 'detail-type': ['FleetStopped'] });
    expect(without('pattern Stack/Rule source liftlock', { Rule }).Rule?.Properties.EventPattern).toEqual({
      'detail-type': ['FleetStopped'],
    });
  });
});

test('a rule goes with the leave that it has to call its target', () => {
  const leave = { Effect: 'Allow', Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } } };
  const other = { Effect: 'Deny', Action: 'sqs:*' };
  const queue = (...statements: object[]) => ({
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { PolicyDocument: document(...statements) },
  });
  const left = without('rule Stack/Rule', {
    Rule: { Type: 'AWS::Events::Rule', Properties: { Targets: [] } },
    Leave: { Type: 'AWS::Lambda::Permission', Properties: { SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] } } },
    Queue: queue(other, leave, leave),
  });
  expect(left).toEqual({ Queue: queue(other) });
});

test('an index goes with the attributes that no other key uses', () => {
  const key = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, KeyType: 'HASH' }));
  const attributes = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  const table = (indexes: object[], ...names: string[]) => ({
    Type: 'AWS::DynamoDB::Table',
    Properties: { KeySchema: key('pk'), GlobalSecondaryIndexes: indexes, AttributeDefinitions: attributes(...names) },
  });
  const [active, kind] = [
    { IndexName: 'active', KeySchema: key('activeKey', 'pk') },
    { IndexName: 'kind', KeySchema: key('kindKey', 'pk') },
  ];
  expect(without('index Stack/Items active', { Items: table([active, kind], 'pk', 'activeKey', 'kindKey') })).toEqual({
    Items: table([kind], 'pk', 'kindKey'),
  });
});

test('a variable, a target and a substitution go alone', () => {
  const Lambda = {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: 'liftlock-api', Environment: { Variables: { A: '1', B: '2' } } },
  };
  expect(without('variable liftlock-api A', { Lambda }).Lambda?.Properties.Environment).toEqual({
    Variables: { B: '2' },
  });
  const Rule = { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'One' }, { Id: 'Two' }] } };
  expect(without('target Stack/Rule One', { Rule }).Rule?.Properties.Targets).toEqual([{ Id: 'Two' }]);
  const Machine = {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { DefinitionSubstitutions: { Partition: 'aws', Machine: 'scan-cluster' } },
  };
  expect(without('substitution Stack/Machine Machine', { Machine }).Machine?.Properties).toEqual({
    DefinitionSubstitutions: { Partition: 'aws' },
  });
});
