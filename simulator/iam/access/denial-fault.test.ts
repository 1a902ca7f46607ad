import { roleSessionOf } from '../../../test/material/iam/principals.ts';
import type { ServiceName } from '../../wire/aws-call.ts';
import { denialFault } from './denial-fault.ts';

const RESOURCE = 'arn:aws:x:eu-west-1:111111111111:thing';
const USER = 'User: arn:aws:sts::111111111111:assumed-role/worker/work is not authorized to perform:';
const because = (action: string) => `because no identity-based policy allows the ${action} action`;

it.each<[ServiceName, string, string, string, number]>([
  ['eks', 'eks:DescribeCluster', 'eks:DescribeCluster', 'AccessDeniedException', 403],
  ['states', 'states:StartExecution', 'states:StartExecution', 'AccessDeniedException', 400],
  ['dynamodb', 'dynamodb:PutItem', 'dynamodb:PutItem', 'AccessDeniedException', 400],
  ['events', 'events:PutEvents', 'events:PutEvents', 'AccessDeniedException', 400],
  ['logs', 'logs:PutLogEvents', 'logs:PutLogEvents', 'AccessDeniedException', 400],
  ['ssm', 'ssm:GetParameter', 'ssm:GetParameter', 'AccessDeniedException', 400],
  ['organizations', 'organizations:ListAccounts', 'organizations:ListAccounts', 'AccessDeniedException', 400],
  ['scheduler', 'scheduler:GetSchedule', 'scheduler:GetSchedule', 'AccessDeniedException', 403],
  ['lambda', 'lambda:InvokeFunction', 'lambda:InvokeFunction', 'AccessDeniedException', 403],
  ['sts', 'sts:AssumeRole', 'sts:AssumeRole', 'AccessDenied', 403],
  ['monitoring', 'cloudwatch:PutMetricData', 'cloudwatch:PutMetricData', 'AccessDenied', 403],
  ['sqs', 'sqs:SendMessage', 'sqs:sendmessage', 'AccessDenied', 403],
  ['sns', 'sns:Publish', 'SNS:Publish', 'AuthorizationErrorException', 403],
  ['ec2', 'ec2:RunInstances', 'ec2:RunInstances', 'UnauthorizedOperation', 403],
])('%s refuses %s in its own words', (service, action, said, name, status) => {
  const fault = denialFault(service, roleSessionOf(), action, RESOURCE, because(action));
  expect(fault).toMatchObject({ name, status });
  expect(fault.message).toBe(`${USER} ${said} on resource: ${RESOURCE} ${because(said)}`);
});

it('names no resource where there is none', () => {
  const { message } = denialFault('eks', roleSessionOf(), 'eks:ListClusters', '*', because('eks:ListClusters'));
  expect(message).toBe(`${USER} eks:ListClusters ${because('eks:ListClusters')}`);
});

it('gives the refusal of a launch template as EKS does', () => {
  const fault = denialFault('eks', roleSessionOf(), 'ec2:RunInstances', RESOURCE, because('ec2:RunInstances'));
  expect(fault.name).toBe('InvalidRequestException');
  expect(fault.message).toMatch(/^You are not authorized to launch instances with this launch template\. Encoded/);
});
