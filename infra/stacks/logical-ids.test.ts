import { FUNCTION_NAMES, MACHINE_NAMES } from '../../core/contracts/names.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import type { Template } from '../../test/material/infra/template.ts';

/**
 * CloudFormation knows a resource by its logical id, which the CDK makes of the path of its construct. Under another id it makes another resource and
 * lets the first one go. An id in this file may change only together with a way for those who have the resource.
 */
const { state, hub, spokeRole } = synthesize();
const idsOf = (template: Template, ...types: readonly string[]): string[] =>
  Object.entries(template.Resources).flatMap(([id, { Type }]) => (types.includes(Type) ? [id] : []));
const withoutHashes = (ids: readonly string[]): string[] => ids.map((id) => id.replace(/[0-9A-F]{8}$/, ''));
const plain = (name: string): string => name.replaceAll('-', '');

test('the tables, the anchors, the queues and the topic stay the same ones', () => {
  const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'];
  expect(idsOf(state, ...kept)).toEqual([
    'ItemsTableE2D1F4C3',
    'AuditTable18A3095C',
    'AnchorsBucketE0A93AD3',
    'ClustersDeadLettersQueue3AEF4CF6',
    'ClustersQueueA1FC33F9',
    'NotificationsDeadLettersQueueD9935971',
    'NotificationsTopicAE679CBD',
  ]);
});

test('the API keeps its address, and the policies that people have attached stay', () => {
  expect(idsOf(hub, 'AWS::ApiGatewayV2::Api')).toEqual(['ControlApiF8045C21']);
  expect(withoutHashes(idsOf(hub, 'AWS::IAM::ManagedPolicy'))).toEqual(
    ['viewer', 'operator', 'approver', 'admin', 'breakglass'].map((role) => `Policies${role}`),
  );
});

/** A second resource of the same name is refused, and running executions keep the role that their machine had when they began. */
test('what has a name of its own, and the roles of machines, are replaced by nothing', () => {
  const functions = FUNCTION_NAMES.flatMap((name) =>
    ['Logs', 'Role', 'Function'].map((part) => `Functions${plain(name)}${part}`),
  );
  const machines = MACHINE_NAMES.flatMap((name) =>
    ['Role', 'Logs', 'Machine'].map((part) => `Machines${plain(name)}${part}`),
  );
  const named = ['AWS::Logs::LogGroup', 'AWS::IAM::Role', 'AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine'];
  const others = ['EventsBus', 'RulesPublisher', 'SchedulesGroup', 'SchedulesRole', 'ControlAccessLogs'];
  const found = idsOf(hub, ...named, 'AWS::Events::EventBus', 'AWS::Scheduler::ScheduleGroup');
  expect(withoutHashes(found).sort()).toEqual([...functions, ...machines, ...others].sort());
});

/** EKS keeps the id of a role with its access entry, so that a role made anew would be let into no cluster. */
test('the roles that access entries name stay', () => {
  expect(idsOf(spokeRole, 'AWS::IAM::Role')).toEqual(['SpokeRole', 'OperateRole', 'HookRole']);
});
