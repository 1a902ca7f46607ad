import { HUB, NOW } from '../../../test/material/iam/accounts.ts';
import { EXTERNAL_ID, SPOKE_ROLE } from '../../../test/material/iam/spoke.ts';
import { functionSession, spokeWorld } from '../../../test/material/iam/spoke-world.ts';
import type { ServiceName } from '../../wire/aws-call.ts';

const LATER = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

function issued() {
  const iam = spokeWorld();
  const { credentials, session } = iam.assumeRole({
    caller: functionSession(iam, 'scan-cluster'),
    input: {
      RoleArn: SPOKE_ROLE,
      RoleSessionName: 'liftlock-scan-cluster',
      ExternalId: EXTERNAL_ID,
      DurationSeconds: 900,
    },
    now: NOW,
    where: 'test',
  });
  return { iam, credentials, session };
}

it('knows a session until it expires', () => {
  const { iam, credentials, session } = issued();
  expect(iam.sessions.principalOf(credentials, 'eks', LATER(899))).toEqual(session);
  expect(() => iam.sessions.principalOf(credentials, 'eks', LATER(900))).toThrow('is expired');
});

it('knows an administrator by a key that could not be one of AWS', () => {
  const { iam } = issued();
  const accessKeyId = `LOCALADMIN${HUB}`;
  expect(iam.sessions.principalOf({ accessKeyId }, 'eks', NOW)).toMatchObject({
    kind: 'user',
    arn: `arn:aws:iam::${HUB}:user/local-administrator`,
    account: HUB,
  });
  expect(iam.sessions.secretOf(accessKeyId)).toBe(`local-administrator-of-${HUB}`);
});

const services: [ServiceName, string, string, string, number][] = [
  ['sts', 'MissingAuthenticationToken', 'InvalidClientTokenId', 'ExpiredToken', 403],
  ['sns', 'MissingAuthenticationToken', 'InvalidClientTokenId', 'ExpiredToken', 403],
  ['sqs', 'MissingAuthenticationToken', 'InvalidClientTokenId', 'ExpiredToken', 403],
  ['eks', 'MissingAuthenticationTokenException', 'UnrecognizedClientException', 'ExpiredTokenException', 403],
  ['dynamodb', 'MissingAuthenticationTokenException', 'UnrecognizedClientException', 'ExpiredTokenException', 400],
  ['states', 'MissingAuthenticationTokenException', 'UnrecognizedClientException', 'ExpiredTokenException', 400],
];

it.each(services)('%s refuses credentials by its own names', (service, missing, unknown, expired, status) => {
  const { iam, credentials } = issued();
  const faultOf = (signer: { accessKeyId: string; sessionToken?: string } | undefined, now = NOW) => {
    try {
      return iam.sessions.principalOf(signer, service, now);
    } catch (error) {
      return error;
    }
  };
  expect(faultOf(undefined)).toMatchObject({ name: missing, status });
  expect(faultOf({ accessKeyId: 'ASIANOBODYHASTHISKEY' })).toMatchObject({ name: unknown, status });
  expect(faultOf(credentials, LATER(900))).toMatchObject({ name: expired, status });
});

it.each([
  ['a session without its token', (key: string) => ({ accessKeyId: key })],
  ["a session with another's token", (key: string) => ({ accessKeyId: key, sessionToken: 'IQoJb3JpZ2luX2Vj' })],
  ['an administrator with a token', () => ({ accessKeyId: `LOCALADMIN${HUB}`, sessionToken: 'x' })],
])('does not know %s', (_, signer) => {
  const { iam, credentials } = issued();
  expect(() => iam.sessions.principalOf(signer(credentials.accessKeyId), 'eks', NOW)).toThrow('is invalid');
});

it('forgets what expired a day ago, and grows no further', () => {
  const { iam, credentials } = issued();
  iam.serviceSession({
    roleArn: `arn:aws:iam::${HUB}:role/liftlock-api`,
    service: 'lambda.amazonaws.com',
    sessionName: 'liftlock-api',
    context: {},
    now: LATER(25 * 3600),
    where: 'test',
  });
  expect(iam.sessions.state()).toHaveLength(1);
  expect(() => iam.sessions.principalOf(credentials, 'eks', LATER(25 * 3600))).toThrow('is invalid');
});

it('gives the same keys to the same dice', () => {
  expect(issued().credentials).toEqual(issued().credentials);
  const { iam, credentials } = issued();
  const again = iam.sessions.state().map(({ accessKeyId }) => accessKeyId);
  expect(new Set(again).size).toBe(again.length);
  expect(iam.sessions.secretOf(credentials.accessKeyId)).toBe(credentials.secretAccessKey);
});
