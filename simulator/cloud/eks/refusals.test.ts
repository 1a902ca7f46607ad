import * as eks from '@aws-sdk/client-eks';
import { EKSClient } from '@aws-sdk/client-eks';
import { operations } from '../../eks/operations/catalog.ts';
import { testCaller } from '../../eks/test-world.ts';
import { findCli, type Outcome, printedError, runCli } from './refusals/aws-cli.ts';
import { commandLine } from './refusals/command-line.ts';
import { administrator, startEksServer } from './refusals/eks-server.ts';
import type { Refusal, World } from './refusals/refusal.ts';
import { refusals } from './refusals/refusals-table.ts';

type Command = Parameters<EKSClient['send']>[0];

/** What a refusal must leave as it was: all but insights, which EKS looks at anew, and the record of what it refused. */
const stateOf = ({ state }: World) =>
  structuredClone({
    mutations: state.mutations,
    clusters: Object.values(state.clusters).map(({ insights: _, ...cluster }) => cluster),
  });

/** Makes the call of a refusal in a world of its own. */
async function refuse<T>(refusal: Refusal, call: (input: object, origin: string) => Promise<T>): Promise<T> {
  const world = refusal.world();
  world.pass(0);
  const before = stateOf(world);
  const server = await startEksServer(world);
  try {
    const { input } = refusal;
    const result = await call(typeof input === 'function' ? input(world) : input, server.origin);
    expect(server.failures).toEqual([]);
    expect(stateOf(world)).toEqual(before);
    return result;
  } finally {
    await server.close();
  }
}

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

const found = await findCli();
if ('missing' in found) {
  test(`not run with the AWS CLI: ${found.missing}`, () => {});
} else {
  describe(`${found.version}, once per rule, prints that EKS refuses`, () => {
    const called = refusals.filter(({ alike }) => alike === undefined);
    const outcomes = new Map<Refusal, Outcome>();
    beforeAll(async () => {
      const left = [...called];
      const worker = async () => {
        for (let refusal = left.shift(); refusal !== undefined; refusal = left.shift()) {
          const { operation } = refusal;
          const call = (input: object, origin: string) => runCli(commandLine(operation, input), origin);
          outcomes.set(refusal, await refuse(refusal, call));
        }
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
    }, 180_000);

    const outcomeOf = (refusal: Refusal): Outcome => outcomes.get(refusal) as Outcome;
    const sent = called.filter(({ cli }) => cli === undefined);
    const unsent = called.flatMap((refusal) => (refusal.cli === undefined ? [] : [{ ...refusal.cli, refusal }]));

    test.each(sent)('$name', (refusal) => {
      const outcome = outcomeOf(refusal);
      const { operation, error, message } = refusal;
      expect(printedError(outcome) ?? outcome).toEqual({ error, operation, message: expect.stringMatching(message) });
      expect([254, 255]).toContain(outcome.status);
      expect(outcome.output).toBe('');
    });

    test.each(unsent)('$refusal.name, or does not send it: $reason', ({ refusal, words, until }) => {
      const outcome = outcomeOf(refusal);
      expect(outcome.status).not.toBe(0);
      if (until !== undefined && printedError(outcome)?.error === refusal.error) return;
      expect(outcome.errors).toMatch(words);
    });
  });
}
