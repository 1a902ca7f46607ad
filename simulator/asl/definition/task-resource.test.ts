import { parseTaskResource } from './task-resource.ts';

describe("a task's resource", () => {
  it.each([
    ['arn:aws:lambda:eu-west-1:111111111111:function:read:live', 'function', 'lambda', 'invoke', 'REQUEST_RESPONSE'],
    [
      'arn:aws-cn:states:::lambda:invoke.waitForTaskToken',
      'service',
      'lambda',
      'invoke.waitForTaskToken',
      'WAIT_FOR_TASK_TOKEN',
    ],
    ['arn:aws:states:::states:startExecution.sync:2', 'service', 'states', 'startExecution.sync:2', 'RUN_JOB'],
    [
      'arn:aws-us-gov:states:::aws-sdk:eks:describeUpdate',
      'service',
      'aws-sdk:eks',
      'describeUpdate',
      'REQUEST_RESPONSE',
    ],
  ])('%s is taken apart', (resource, kind, service, action, pattern) => {
    expect(parseTaskResource(resource)).toEqual({ kind, service, action, pattern });
  });

  it.each([
    'arn:aws:states:::dynamodb:query',
    'arn:aws:states:::sqs:sendMessage.sync',
    'arn:aws:states:::aws-sdk:eks:createCluster.sync',
    'arn:aws:s3:::bucket',
    'lambda',
  ])('%s is not recognised', (resource) => {
    expect(parseTaskResource(resource)).toBeUndefined();
  });
});
