import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { createSpokeSessions } from './spoke-role.ts';

const sts = mockClient(STSClient);
afterAll(() => sts.restore());
const minute = 60_000;
let now = 0;
let count = 0;

beforeEach(() => {
  sts.reset();
  now = Date.parse('2026-11-20T08:00:00Z');
  count = 0;
  sts.on(AssumeRoleCommand).callsFake(grant);
});

function grant(input: { DurationSeconds: number }) {
  count += 1;
  return {
    Credentials: {
      AccessKeyId: `key-${count}`,
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: new Date(now + input.DurationSeconds * 1000),
    },
  };
}

const sessions = () =>
  createSpokeSessions({
    role: { partition: 'aws-cn', name: 'LiftlockSpoke', externalId: 'ours', functionName: 'scan-cluster' },
    clock: { now: () => new Date(now) },
    sts: { region: 'eu-central-1' },
  });
const inputs = () => sts.commandCalls(AssumeRoleCommand).map((call) => call.args[0].input);

test('the role of the account is assumed with the external id, under the name of the function', async () => {
  await sessions().forAccount('111111111111');
  expect(inputs()).toEqual([
    {
      RoleArn: 'arn:aws-cn:iam::111111111111:role/LiftlockSpoke',
      RoleSessionName: 'liftlock-scan-cluster',
      ExternalId: 'ours',
      DurationSeconds: 3600,
    },
  ]);
});

test('a session for reads is shared for 50 minutes, also by those who ask at once', async () => {
  const { forAccount } = sessions();
  const keys = await Promise.all([forAccount('111111111111'), forAccount('111111111111'), forAccount('222222222222')]);
  expect(keys.map((key) => key.accessKeyId)).toEqual(['key-1', 'key-1', 'key-2']);
  now += 49 * minute;
  expect((await forAccount('111111111111')).accessKeyId).toBe('key-1');
  now += 2 * minute;
  const again = await Promise.all([forAccount('111111111111'), forAccount('111111111111')]);
  expect(again.map((key) => key.accessKeyId)).toEqual(['key-3', 'key-3']);
});

test('a session that is forgotten is asked for anew', async () => {
  const { forAccount, forget } = sessions();
  await forAccount('111111111111');
  forget('111111111111');
  expect((await forAccount('111111111111')).accessKeyId).toBe('key-2');
});

test('a refusal is passed on by its name and not kept', async () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
  sts.on(AssumeRoleCommand).rejectsOnce(denied).callsFake(grant);
  const { forAccount } = sessions();
  await expect(forAccount('111111111111')).rejects.toMatchObject({ name: 'AccessDenied' });
  expect((await forAccount('111111111111')).accessKeyId).toBe('key-1');
});

test('a session for one call carries its policy, is short and is not kept', async () => {
  const { narrowedTo } = sessions();
  const policy = { Version: '2012-10-17', Statement: [] };
  const signal = new AbortController().signal;
  const first = await narrowedTo('111111111111', policy, signal);
  const second = await narrowedTo('111111111111', policy, signal);
  expect([first.accessKeyId, second.accessKeyId]).toEqual(['key-1', 'key-2']);
  expect(inputs()[0]).toMatchObject({ DurationSeconds: 900, Policy: JSON.stringify(policy), ExternalId: 'ours' });
});

test('an answer without credentials is no session', async () => {
  sts.on(AssumeRoleCommand).resolves({});
  await expect(sessions().forAccount('111111111111')).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});
