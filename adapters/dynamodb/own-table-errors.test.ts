import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CONTRACT } from '../../core/contracts/step-input.ts';
import { done } from '../../core/contracts/step-result.ts';
import { runStep } from '../../core/steps/run-step.ts';
import { dynamoClient } from './create-dynamo-table.ts';
import { DynamoTable } from './dynamo-table.ts';

/** A table to which DynamoDB answers every request with this error. */
function refusing(type: string) {
  const handle = async () => ({
    response: {
      statusCode: 400,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: new TextEncoder().encode(JSON.stringify({ __type: `com.amazonaws#${type}`, message: 'no' })),
    },
  });
  return dynamoClient({
    ...{ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 },
    requestHandler: { handle } as never,
  });
}

test.each([
  ['AccessDeniedException', 'TableDenied'],
  ['ThrottlingException', 'ProvisionedThroughputExceededException'],
  ['RequestLimitExceeded', 'ProvisionedThroughputExceededException'],
])(
  '%s of the own table is a fault of the function, and no answer about the cluster of its step',
  async (type, name) => {
    const client = refusing(type);
    const own = { name, message: `Liftlock's own table in DynamoDB: no` };
    const gone = async () => Promise.reject(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' }));
    const table = new DynamoTable(client, { items: 'items', audit: 'audit' });
    const ports = { table, eks: { describeCluster: gone }, clock: { now: () => new Date() } } as never;
    const input = {
      contract: CONTRACT,
      cluster: 'arn:aws:eks:eu-central-1:111111111111:cluster/web',
      targetVersion: '1.37',
    };
    const execution = { arn: 'arn:x', machineArn: 'arn:m' };
    const ran = runStep(ports, { execution, input } as never, 'read', 'smoke-check', async () => done());
    await expect(ran).rejects.toMatchObject(own);
  },
);

test('any other error keeps its name and words', async () => {
  const asked = refusing('ResourceNotFoundException').send(new GetItemCommand({ TableName: 'items', Key: {} }));
  await expect(asked).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'no' });
});
