import { createClusterReaders } from '../../../adapters/kubernetes/reader/create-cluster-readers.ts';
import { clusterReadersContract } from '../../../test/contract/cluster-readers-contract.ts';
import {
  principal,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/material/kubernetes/server-under-test.ts';

const MINUTE = 60_000;
/** Accepts the tokens that the adapter makes, whatever their identity. */
const eksTokens = async (token: string) => (token.startsWith('k8s-aws-v1.') ? { principal } : undefined);

function readersOf(under: ServerUnderTest, pauseMilliseconds = 0) {
  let [slept, made] = [0, 0];
  let now = under.world.now().getTime();
  const readers = createClusterReaders({
    credentials: async () => {
      made += 1;
      return { accessKeyId: `key-${made}`, secretAccessKey: 'secret', sessionToken: 'session' };
    },
    clock: { now: () => new Date(now) },
    sleep: async (milliseconds) => {
      slept += milliseconds;
      now += milliseconds;
    },
    pauseMilliseconds,
  });
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { readers, pass, slept: () => slept, made: () => made };
}

clusterReadersContract('over HTTPS', async () => {
  const under = await startServerUnderTest({ authenticate: eksTokens });
  const { readers, slept } = readersOf(under);
  return { readers, server: under.apiServer(), slept, close: () => under.close() };
});

test('a token serves ten minutes', async () => {
  const under = await startServerUnderTest({ authenticate: eksTokens });
  const { readers, pass, made } = readersOf(under);
  const { reader, close } = readers.open(under.apiServer());
  const ask = async () => (await reader.get({ path: '/api/v1/nodes?limit=1' })).status;
  expect([await ask(), await ask(), made()]).toEqual([200, 200, 1]);
  pass(10 * MINUTE);
  expect([await ask(), made()]).toEqual([200, 1]);
  pass(1);
  expect([await ask(), made()]).toEqual([200, 2]);
  close();
  await under.close();
});

test('between two requests there is a pause', async () => {
  const under = await startServerUnderTest({ authenticate: eksTokens });
  const { readers, pass, slept } = readersOf(under, 50);
  const { reader, close } = readers.open(under.apiServer());
  await reader.get({ path: '/version' });
  await reader.get({ path: '/version' });
  expect(slept()).toBe(50);
  pass(30);
  await reader.get({ path: '/version' });
  expect(slept()).toBe(70);
  close();
  await under.close();
});

test('a token that is not taken any more is made anew once', async () => {
  let taken = 0;
  const under = await startServerUnderTest({
    authenticate: async () => {
      taken += 1;
      return taken === 1 ? undefined : { principal };
    },
  });
  const { readers, made } = readersOf(under);
  const { reader, close } = readers.open(under.apiServer());
  expect((await reader.get({ path: '/api/v1/nodes?limit=1' })).status).toBe(200);
  expect(made()).toBe(2);
  close();
  await under.close();
});
