import { dataInstallers } from '../install/install-data.ts';
import { eventInstallers } from '../install/install-events.ts';
import { functionInstallers } from '../install/install-functions.ts';
import { apiInstallers, iamInstallers, machineInstallers, observabilityInstallers } from '../install/install-stack.ts';
import type { Template } from './assembly.ts';
import { resolveStack } from './resolve-stack.ts';
import { RESOURCE_KINDS } from './resource-kinds.ts';

const place = { account: '111111111111', region: 'eu-west-1', partition: 'aws', origin: 'http://127.0.0.1:4566' };
const resolved = (template: Template, parameters = {}, imports = new Map<string, unknown>()) =>
  resolveStack(template, { stack: 'Own', place, parameters, imports });
const of = (Type: string, Properties: Record<string, unknown> = {}, more = {}) => ({ Type, Properties, ...more });
/** The only resource of a template. */
const only = (Type: string, Properties: Record<string, unknown> = {}) =>
  resolved({ Resources: { One: of(Type, Properties) } }).resources[0];
const HERE = 'eu-west-1:111111111111';
const made = (id = 'One') => expect.stringMatching(new RegExp(`^Own-${id}-[0-9A-F]{12}$`));

describe('a resource is called', () => {
  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['AWS::SQS::Queue', { QueueName: 'q' }, 'q', 'http://127.0.0.1:4566/111111111111/q', `arn:aws:sqs:${HERE}:q`],
    ['AWS::SNS::Topic', { TopicName: 't' }, 't', `arn:aws:sns:${HERE}:t`, `arn:aws:sns:${HERE}:t`],
    ['AWS::Lambda::Function', { FunctionName: 'f' }, 'f', 'f', `arn:aws:lambda:${HERE}:function:f`],
    ['AWS::DynamoDB::Table', { TableName: 't' }, 't', 't', `arn:aws:dynamodb:${HERE}:table/t`],
    ['AWS::Events::EventBus', { Name: 'b' }, 'b', 'b', `arn:aws:events:${HERE}:event-bus/b`],
    ['AWS::Events::Rule', { Name: 'r' }, 'r', 'r', `arn:aws:events:${HERE}:rule/r`],
    ['AWS::Events::Rule', { Name: 'r', EventBusName: 'b' }, 'r', 'b|r', `arn:aws:events:${HERE}:rule/b/r`],
    ['AWS::Events::Rule', { Name: 'r', EventBusName: 'default' }, 'r', 'r', `arn:aws:events:${HERE}:rule/r`],
    [
      'AWS::Events::Rule',
      { Name: 'r', EventBusName: `arn:aws:events:${HERE}:event-bus/b` },
      'r',
      'b|r',
      `arn:aws:events:${HERE}:rule/b/r`,
    ],
    ['AWS::Scheduler::Schedule', { Name: 's' }, 's', 's', `arn:aws:scheduler:${HERE}:schedule/default/s`],
    ['AWS::Scheduler::Schedule', { Name: 's', GroupName: 'g' }, 's', 's', `arn:aws:scheduler:${HERE}:schedule/g/s`],
    ['AWS::Scheduler::ScheduleGroup', { Name: 'g' }, 'g', 'g', `arn:aws:scheduler:${HERE}:schedule-group/g`],
    [
      'AWS::StepFunctions::StateMachine',
      { StateMachineName: 'm' },
      'm',
      `arn:aws:states:${HERE}:stateMachine:m`,
      `arn:aws:states:${HERE}:stateMachine:m`,
    ],
    ['AWS::IAM::Role', { RoleName: 'r' }, 'r', 'r', 'arn:aws:iam::111111111111:role/r'],
    ['AWS::IAM::Role', { RoleName: 'r', Path: '/team/' }, 'r', 'r', 'arn:aws:iam::111111111111:role/team/r'],
    [
      'AWS::IAM::ManagedPolicy',
      { ManagedPolicyName: 'p', Path: '/' },
      'p',
      'arn:aws:iam::111111111111:policy/p',
      'arn:aws:iam::111111111111:policy/p',
    ],
    ['AWS::Logs::LogGroup', { LogGroupName: '/g' }, '/g', '/g', `arn:aws:logs:${HERE}:log-group:/g:*`],
    ['AWS::CloudWatch::Alarm', { AlarmName: 'a' }, 'a', 'a', `arn:aws:cloudwatch:${HERE}:alarm:a`],
  ])('%s %j', (type, properties, name, ref, arn) => {
    expect(only(type, properties)).toMatchObject({ name, ref, arn, attributes: { Arn: arn } });
  });

  it('by a name that is the same at every start, and fits', () => {
    expect(only('AWS::Lambda::Function')).toMatchObject({ name: made(), ref: made() });
    expect(only('AWS::Lambda::Function')?.name).toBe(only('AWS::Lambda::Function')?.name);
    const Resources = { ['Long'.repeat(30)]: of('AWS::Lambda::Function') };
    expect(resolved({ Resources }).resources[0]?.name).toHaveLength(64);
  });
});

it('resolves what refers to other resources, in any order', () => {
  const { resources, outputs, exports } = resolved(
    {
      Parameters: { Given: { Type: 'String' }, Other: { Type: 'String', Default: 'default' } },
      Resources: {
        Rule: of('AWS::Events::Rule', {
          EventBusName: { Ref: 'Bus' },
          Targets: [{ Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
        }),
        Queue: of('AWS::SQS::Queue', { QueueName: { 'Fn::Sub': `\${Given}-\${Other}-\${AWS::Region}` } }),
        Bus: of('AWS::Events::EventBus', { Name: { 'Fn::ImportValue': 'Hub:Bus' } }),
      },
      Outputs: { Url: { Value: { Ref: 'Queue' }, Export: { Name: { 'Fn::Sub': `\${AWS::StackName}:Url` } } } },
    },
    { Given: 'given' },
    new Map([['Hub:Bus', 'imported']]),
  );
  const queue = 'given-default-eu-west-1';
  expect(resources[0]).toMatchObject({
    arn: expect.stringContaining('rule/imported/'),
    stack: 'Own',
    account: '111111111111',
    properties: { EventBusName: 'imported', Targets: [{ Arn: `arn:aws:sqs:${HERE}:${queue}` }] },
  });
  const url = `http://127.0.0.1:4566/111111111111/${queue}`;
  expect([outputs, exports]).toEqual([new Map([['Url', url]]), new Map([['Own:Url', url]])]);
});

describe('a template is refused, by stack and logical id', () => {
  const QUEUE = of('AWS::SQS::Queue');
  it.each<[string, Template, RegExp]>([
    [
      'an unknown type',
      { Resources: { One: of('AWS::RDS::DBInstance') } },
      /^Own\/One: the type AWS::RDS::DBInstance is not understood$/,
    ],
    [
      'unknown properties',
      { Resources: { One: of('AWS::SQS::Queue', { FifoQueue: true, QueueName: 'q', Odd: 1 }) } },
      /^Own\/One: FifoQueue, Odd of AWS::SQS::Queue is not understood$/,
    ],
    [
      'an unknown function',
      { Resources: { One: of('AWS::SQS::Queue', { QueueName: { 'Fn::Cidr': [] } }) } },
      /^Own\/One: the function Fn::Cidr/,
    ],
    [
      'a missing resource',
      { Resources: { One: of('AWS::SQS::Queue', { QueueName: { Ref: 'Gone' } }) } },
      /^Own\/One: there is no resource or parameter Gone$/,
    ],
    [
      'a missing export',
      { Resources: { One: of('AWS::SQS::Queue', { QueueName: { 'Fn::ImportValue': 'Gone' } }) } },
      /^Own\/One: nothing exports Gone$/,
    ],
    [
      'an attribute that is not known',
      {
        Resources: {
          One: of('AWS::SQS::Queue', { QueueName: { 'Fn::GetAtt': ['Two', 'StreamLabel'] } }),
          Two: of('AWS::DynamoDB::Table'),
        },
      },
      /^Own\/One: the attribute StreamLabel of Two \(AWS::DynamoDB::Table\) is not known$/,
    ],
    ['names in a circle', { Resources: { One: of('AWS::SQS::Queue', { QueueName: { Ref: 'One' } }) } }, /^Own\/One: /],
    [
      'a condition that is not there',
      { Resources: { One: of('AWS::SQS::Queue', {}, { Condition: 'Gone' }) } },
      /^Own\/One: there is no condition Gone$/,
    ],
    [
      'a condition that is not known',
      {
        Conditions: { Odd: { 'Fn::Contains': [] } },
        Resources: { One: of('AWS::SQS::Queue', {}, { Condition: 'Odd' }) },
      },
      /^Own\/One: the condition Fn::Contains is not understood$/,
    ],
    [
      'what is not made',
      {
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: {
          One: of('AWS::SQS::Queue', {}, { Condition: 'No' }),
          Two: of('AWS::SQS::Queue', { QueueName: { Ref: 'One' } }),
        },
      },
      /^Own\/Two: One is not made: its condition No does not hold$/,
    ],
    [
      'an output of what is not there',
      { Resources: { One: QUEUE }, Outputs: { Out: { Value: { Ref: 'Gone' } } } },
      /^Own\/Out: there is no/,
    ],
    [
      'a parameter without a value',
      { Parameters: { P: { Type: 'String' } }, Resources: { One: QUEUE } },
      /^Own\/P: the parameter has no value$/,
    ],
    [
      'a parameter that is a list',
      {
        Parameters: { P: { Type: 'CommaDelimitedList', Default: 'a,b' } },
        Resources: { One: of('AWS::SQS::Queue', { QueueName: { Ref: 'P' } }) },
      },
      /^Own\/P: the type CommaDelimitedList/,
    ],
    [
      'a value that its pattern forbids',
      {
        Parameters: {
          P: { Type: 'String', Default: 'x', AllowedPattern: '\\d+', ConstraintDescription: 'digits, please' },
        },
        Resources: {},
      },
      /^Own\/P: the parameter's value "x" is not allowed: digits, please$/,
    ],
    [
      'a value that is not listed',
      { Parameters: { P: { Type: 'String', Default: 'x', AllowedValues: ['a', 'b'] } }, Resources: {} },
      /must be a or b$/,
    ],
  ])('%s', (_, template, why) => {
    expect(() => resolved(template)).toThrow(
      expect.objectContaining({ name: 'TemplateProblem', message: expect.stringMatching(why) }),
    );
  });

  it('a parameter that it does not have', () => {
    expect(() => resolved({ Resources: {} }, { Odd: 'x' })).toThrow('Own/Odd: the template has no such parameter');
  });
});

it('leaves out resources and outputs whose condition does not hold', () => {
  const template = {
    Parameters: { On: { Type: 'String', Default: 'no' } },
    Conditions: { IsOn: { 'Fn::Equals': [{ Ref: 'On' }, 'yes'] } },
    Resources: { One: of('AWS::SQS::Queue', {}, { Condition: 'IsOn' }) },
    Outputs: { Out: { Value: { Ref: 'One' }, Export: { Name: 'Out' }, Condition: 'IsOn' } },
  };
  const off = resolved(template);
  expect([off.resources, off.outputs.size, off.exports.size]).toEqual([[], 0, 0]);
  const on = resolved(template, { On: 'yes' });
  expect([on.resources.length, on.outputs.size, on.exports.size]).toEqual([1, 1, 1]);
});

it('knows of each type how it is called, how far it is understood, and how it is made', () => {
  const installers = { ...dataInstallers, ...apiInstallers, ...eventInstallers, ...functionInstallers };
  const others = { ...iamInstallers, ...machineInstallers, ...observabilityInstallers };
  const names = Object.keys(RESOURCE_KINDS).sort();
  expect(Object.keys({ ...installers, ...others }).sort()).toEqual(names);
});
