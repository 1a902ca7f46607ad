import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { clusterToken } from '../../../adapters/kubernetes/cluster-token.ts';
import { IamAuthority } from '../iam-authority.ts';
import { ResourcePolicies } from '../resource-policies.ts';
import { clusterTokens } from './cluster-tokens.ts';

const ACCOUNT = '111111111111';
const NOW = new Date('2031-05-06T07:08:09.000Z');
const ARN = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/LiftlockSpoke`;
const MINUTE = 60_000;

let now: Date;
let authenticate: ReturnType<typeof clusterTokens>;
let credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
beforeEach(() => {
  now = NOW;
  const authority = new IamAuthority({
    policies: new ResourcePolicies(),
    now: () => now,
    random: Math.random,
    organizationId: 'o-test',
    lookups: { arnOf: () => undefined, tagsOf: () => undefined, launchTemplateOf: () => undefined },
  });
  authority.iam.directory.addAdministrator(ACCOUNT);
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  authority.iam.directory.addRole({ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [trust] } });
  const source = { service: 'lambda.amazonaws.com', sourceArn: 'arn:f', sourceAccount: ACCOUNT };
  credentials = authority.functionSession(ROLE, 'smoke', source).credentials;
  authenticate = clusterTokens(authority, () => now);
});

const cluster = { region: 'eu-west-1', clusterName: 'prod' };
const token = (at = NOW, more = {}) => clusterToken(cluster, { ...credentials, ...more }, at);
/** The token with a changed URL. */
async function changed(change: (url: string) => string, at = NOW): Promise<string> {
  const [prefix, url = ''] = (await token(at)).split(/(?<=k8s-aws-v1\.)/);
  return prefix + Buffer.from(change(Buffer.from(url, 'base64url').toString())).toString('base64url');
}

/** A valid signature, but of another request than a cluster's token has. */
async function signed(request: {
  hostname?: string;
  Action?: string;
  headers?: object;
  service?: string;
}): Promise<string> {
  const { hostname = 'sts.eu-west-1.amazonaws.com', Action = 'GetCallerIdentity', service = 'sts' } = request;
  const { headers = { 'x-k8s-aws-id': 'prod' } } = request;
  const signer = new SignatureV4({ service, region: 'eu-west-1', credentials, sha256: Sha256 });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action, Version: '2011-06-15' },
      headers: { host: hostname, ...headers },
    },
    { expiresIn: 60, signingDate: NOW },
  );
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${parameters.join('&')}`).toString('base64url')}`;
}

it('knows who made a token', async () => {
  expect(await authenticate(await token(), ARN)).toEqual({
    principal: `arn:aws:sts::${ACCOUNT}:assumed-role/LiftlockSpoke/smoke`,
  });
  const administrator = { accessKeyId: `LOCALADMIN${ACCOUNT}`, secretAccessKey: `local-administrator-of-${ACCOUNT}` };
  expect(await authenticate(await clusterToken(cluster, administrator, NOW), ARN)).toEqual({
    principal: `arn:aws:iam::${ACCOUNT}:user/local-administrator`,
  });
});

it('takes one that was signed for this machine, and for the one STS of all Regions', async () => {
  for (const hostname of ['127.0.0.1', 'localhost', 'sts.amazonaws.com'])
    expect(await authenticate(await signed({ hostname }), ARN)).toBeDefined();
});

it('takes one that is fresh in either time, for fifteen minutes', async () => {
  expect(await authenticate(await token(new Date()), ARN)).toBeDefined();
  expect(await authenticate(await token(new Date(NOW.getTime() - 14 * MINUTE)), ARN)).toBeDefined();
  now = new Date(NOW.getTime() + 15 * MINUTE);
  expect(await authenticate(await token(NOW), ARN)).toBeUndefined();
  // Virtual time may be years away from real time.
  expect(await authenticate(await token(new Date()), ARN)).toBeDefined();
});

it.each<[string, () => Promise<string>]>([
  ['that is over in both times', () => token(new Date(NOW.getTime() - 15 * MINUTE))],
  ['of the future', () => token(new Date(NOW.getTime() + 15 * MINUTE))],
  ['of another cluster', () => clusterToken({ ...cluster, clusterName: 'dev' }, credentials, NOW)],
  ['with a wrong secret', () => token(NOW, { secretAccessKey: 'wrong' })],
  ['with a key that nobody has', () => token(NOW, { accessKeyId: 'ASIANOBODY' })],
  ['without its session', () => token(NOW, { sessionToken: undefined })],
  ['with another session', () => token(NOW, { sessionToken: 'other' })],
  ['signed for another host', () => signed({ hostname: 'sts.evil.example' })],
  ['signed for a host that only looks like it', () => signed({ hostname: 'sts.amazonaws.com.evil.example' })],
  ['signed for another action', () => signed({ Action: 'GetSessionToken' })],
  ['signed for another service', () => signed({ service: 'iam' })],
  ['signed for no cluster', () => signed({ headers: {} })],
  ['for another host', () => changed((url) => url.replace('sts.eu-west-1.amazonaws.com', 'sts.evil.example'))],
  [
    'for a host that only looks like it',
    () => changed((url) => url.replace('amazonaws.com/', 'amazonaws.com.evil.example/')),
  ],
  ['for another host of AWS', () => changed((url) => url.replace('sts.eu-west-1', 'sts.eu-west-2'))],
  ['for another action', () => changed((url) => url.replace('GetCallerIdentity', 'AssumeRole'))],
  ['whose header is not signed', () => changed((url) => url.replace('%3Bx-k8s-aws-id', ''))],
  ['without a signature', () => changed((url) => url.replace(/&X-Amz-Signature=[^&]*/, ''))],
  ['that is no URL', () => changed(() => 'nonsense')],
  ['of another kind', async () => 'eyJhbGciOi'],
  ['that is empty', async () => ''],
])('knows nobody by one %s', async (_, made) => {
  expect(await authenticate(await made(), ARN)).toBeUndefined();
});

it('knows nobody whose session is over', async () => {
  now = new Date(NOW.getTime() + 13 * 3_600_000);
  expect(await authenticate(await token(now), ARN)).toBeUndefined();
});

it('knows a token that it has seen for no other cluster, for no altered one, and not when it is old', async () => {
  const good = await token();
  expect(await authenticate(good, ARN)).toBeDefined();
  expect(await authenticate(good, ARN)).toBeDefined();
  expect(await authenticate(good, ARN.replace('prod', 'test'))).toBeUndefined();
  const forged = await changed((url) => url.replace(/(X-Amz-Signature=)./, (_, name: string) => `${name}g`));
  expect(await authenticate(forged, ARN)).toBeUndefined();
  now = new Date(NOW.getTime() + 16 * MINUTE);
  expect(await authenticate(good, ARN)).toBeUndefined();
});
