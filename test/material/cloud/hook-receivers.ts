import { Sha256 } from '@aws-crypto/sha256-js';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SignatureV4 } from '@smithy/signature-v4';
import { HOOK_TAG } from '../../../core/contracts/hook.ts';
import type { LocalCloud } from '../../../simulator/cloud/local-cloud.ts';
import { localAdministrator } from '../../../simulator/iam/principals/local-administrator.ts';
import { zipOf } from './zip.ts';

interface Place {
  readonly cloud: LocalCloud;
  readonly account: string;
  readonly region: string;
}

/** A request of the account's administrator to a service of which no SDK client is here; fails with what it answers. */
export async function signedRequest(
  { cloud, account, region }: Place,
  service: string,
  path: string,
  body: string,
  more: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<{ readonly text: string; readonly headers: Headers }> {
  const { host, hostname } = new URL(cloud.wire.origin);
  const { accessKeyId, secretAccessKey } = localAdministrator(account);
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const request = { method: 'POST', protocol: 'http:', hostname, path, headers: { host, ...more }, body };
  const { host: _, ...headers } = (await signer.sign(request)).headers;
  const response = await fetch(`${cloud.wire.origin}${path}`, { method: 'POST', headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${response.headers.get('x-amzn-errortype') ?? ''} ${text}`);
  return { text, headers: response.headers };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const trust = {
  Version: '2012-10-17',
  Statement: ['lambda', 'states'].map((service) => ({
    ...{ Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' },
  })),
};
const logs = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' }],
};

/** A role that functions and machines may take, and that lets them write their logs. */
export async function makeRole(place: Place, RoleName: string): Promise<string> {
  const call = (form: Record<string, string>) =>
    signedRequest(place, 'iam', '/', new URLSearchParams({ ...form, Version: '2010-05-08' }).toString(), FORM);
  await call({ Action: 'CreateRole', RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) });
  const PolicyDocument = JSON.stringify(logs);
  await call({ Action: 'PutRolePolicy', RoleName, PolicyName: 'Logs', PolicyDocument });
  return `arn:aws:iam::${place.account}:role/${RoleName}`;
}

const TAGS = { [HOOK_TAG.key]: HOOK_TAG.value };

/** A function with this module; what it is asked it also writes to its log. */
export async function makeFunction(
  place: Place,
  Role: string,
  FunctionName: string,
  module: string,
  Tags: Readonly<Record<string, string>> = TAGS,
): Promise<string> {
  const ZipFile = zipOf('index.mjs', module).toString('base64');
  const input = { FunctionName, Role, Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile }, Tags };
  const { text } = await signedRequest(place, 'lambda', '/2015-03-31/functions', JSON.stringify(input));
  return (JSON.parse(text) as { FunctionArn: string }).FunctionArn;
}

/** A machine that thinks for a minute, and ends with an answer. */
export async function makeMachine(
  { cloud, account, region }: Place,
  roleArn: string,
  name: string,
  answer: object,
  tags: Readonly<Record<string, string>> = TAGS,
): Promise<string> {
  const States = {
    Think: { Type: 'Wait', Seconds: 60, Next: 'Say' },
    Say: { Type: 'Pass', Output: answer, End: true },
  };
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Think', States });
  const { accessKeyId, secretAccessKey } = localAdministrator(account);
  const client = new SFNClient({
    ...{ endpoint: cloud.wire.origin, region, credentials: { accessKeyId, secretAccessKey } },
  });
  const made = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const created = await client.send(new CreateStateMachineCommand({ name, roleArn, definition, tags: made }));
  client.destroy();
  return created.stateMachineArn ?? '';
}
