import * as sdk from '@aws-sdk/client-secrets-manager';
import { ACCOUNT, REGION, startTestWire, type TestWire } from '../../../test/material/cloud/wire.ts';
import { type KeptSecrets, Secrets, secretOperations } from './secrets.ts';

let secrets: Secrets;
let wire: TestWire;
let client: sdk.SecretsManagerClient;

beforeEach(async () => {
  secrets = new Secrets();
  wire = await startTestWire({ secretsmanager: secretOperations(secrets) });
  client = new sdk.SecretsManagerClient(wire.client);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  expect(wire.failures).toEqual([]);
});

const create = (SecretString?: string) =>
  client.send(new sdk.CreateSecretCommand({ Name: 'liftlock/gate', ...(SecretString && { SecretString }) }));
const value = (SecretId: string) => client.send(new sdk.GetSecretValueCommand({ SecretId }));

it('gives back what it was given, by name and by ARN, the newest', async () => {
  const { ARN = '', VersionId } = await create('one');
  expect(ARN).toMatch(new RegExp(`^arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:liftlock/gate-[0-9a-f]{6}$`));
  expect((await value(ARN)).SecretString).toBe('one');
  await client.send(new sdk.PutSecretValueCommand({ SecretId: 'liftlock/gate', SecretString: 'two' }));
  const read = await value('liftlock/gate');
  expect([read.ARN, read.SecretString]).toEqual([ARN, 'two']);
  expect(read.VersionId).not.toBe(VersionId);
});

it('refuses what is not there, has no value, or is there already', async () => {
  await expect(value('liftlock/gate')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await create();
  await expect(value('liftlock/gate')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(create('again')).rejects.toMatchObject({ name: 'ResourceExistsException' });
});

it('gives them back after a restart', async () => {
  let kept: KeptSecrets = [];
  secrets.onChange = (all) => {
    kept = all;
  };
  const { ARN = '' } = await create('one');
  const later = new Secrets();
  later.restore(JSON.parse(JSON.stringify(kept)) as KeptSecrets);
  expect(later.find(ARN, { account: ACCOUNT, region: REGION })).toMatchObject({ value: 'one' });
});
