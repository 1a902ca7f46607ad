import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { createWebhookSecrets } from './webhook-secrets.ts';

const manager = mockClient(SecretsManagerClient);
afterAll(() => manager.restore());
const arn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:liftlock/gate-AbCdEf';
let now: number;

beforeEach(() => {
  manager.reset();
  now = 0;
});

const secrets = () => createWebhookSecrets({ clock: { now: () => new Date(now) } });
const signal = () => AbortSignal.timeout(1_000);
const asked = () => manager.commandCalls(GetSecretValueCommand).length;

test('a value is kept for five minutes, and then read again', async () => {
  manager
    .on(GetSecretValueCommand, { SecretId: arn })
    .resolvesOnce({ SecretString: 'one' })
    .resolves({ SecretString: 'two' });
  const kept = secrets();
  expect((await kept.valueOf(arn, signal())).toString()).toBe('one');
  now = 299_999;
  expect((await kept.valueOf(arn, signal())).toString()).toBe('one');
  expect(asked()).toBe(1);
  now = 300_000;
  expect((await kept.valueOf(arn, signal())).toString()).toBe('two');
});

test('who asks while it is being read waits for that, and one that failed is read again', async () => {
  manager
    .on(GetSecretValueCommand)
    .rejectsOnce(Object.assign(new Error('no'), { name: 'AccessDeniedException' }))
    .resolves({ SecretString: 'one' });
  const kept = secrets();
  const denied = await Promise.allSettled([kept.valueOf(arn, signal()), kept.valueOf(arn, signal())]);
  expect([denied.map(({ status }) => status), asked()]).toEqual([['rejected', 'rejected'], 1]);
  const read = await Promise.all([kept.valueOf(arn, signal()), kept.valueOf(arn, signal())]);
  expect([read.map(String), asked()]).toEqual([['one', 'one'], 2]);
});

test('once it cannot be read any more, the old value is not used either', async () => {
  manager
    .on(GetSecretValueCommand)
    .resolvesOnce({ SecretString: 'one' })
    .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  const kept = secrets();
  await kept.valueOf(arn, signal());
  now = 300_000;
  await expect(kept.valueOf(arn, signal())).rejects.toMatchObject({ name: 'AccessDeniedException' });
  now = 0;
  await expect(kept.valueOf(arn, signal())).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('bytes are taken as they are, and nothing is no secret', async () => {
  manager
    .on(GetSecretValueCommand)
    .resolvesOnce({ SecretBinary: new Uint8Array([0, 255]) })
    .resolves({ SecretString: '' });
  expect([...(await secrets().valueOf(arn, signal()))]).toEqual([0, 255]);
  await expect(secrets().valueOf(arn, signal())).rejects.toMatchObject({ name: 'SecretEmpty' });
});
