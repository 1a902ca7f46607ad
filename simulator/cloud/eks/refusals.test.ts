import * as eks from '@aws-sdk/client-eks';
import { EKSClient } from '@aws-sdk/client-eks';
import { testCaller } from '../../../test/material/eks/world.ts';
import { administrator } from '../../../test/refusals/eks-server.ts';
import { refusals } from '../../../test/refusals/refusals-table.ts';
import { refuse } from '../../../test/refusals/refuse.ts';
import { operations } from '../../eks/operations/catalog.ts';

type Command = Parameters<EKSClient['send']>[0];

describe('the SDK is told that EKS refuses', () => {
  test.each(refusals)('$name', async (refusal) => {
    const { operation, error, status, message, subject = {} } = refusal;
    const answer: unknown = await refuse(refusal, async (input, endpoint) => {
      const client = new EKSClient({ endpoint, region: testCaller.region, credentials: administrator, maxAttempts: 1 });
      const constructors = eks as unknown as Readonly<Record<string, new (given: object) => Command>>;
      const command = new (constructors[`${operation}Command`] as new (given: object) => Command)(input);
      return client
        .send(command)
        .then(
          () => 'accepted',
          (reason: unknown) => reason,
        )
        .finally(() => client.destroy());
    });
    expect(answer).toMatchObject({
      name: error,
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: status },
      ...subject,
    });
  });
});

test('every operation that is modelled refuses something', () => {
  expect(new Set(refusals.map(({ operation }) => operation))).toEqual(new Set(Object.keys(operations)));
});
