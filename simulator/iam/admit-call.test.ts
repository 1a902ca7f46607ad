import { HUB, NOW, REGION, SPOKE } from '../../test/material/iam/accounts.ts';
import { EXTERNAL_ID, SPOKE_ROLE } from '../../test/material/iam/spoke.ts';
import { functionSession, spokeWorld } from '../../test/material/iam/spoke-world.ts';
import type { AwsCall, ServiceName, Signer } from '../wire/aws-call.ts';
import type { LocalIam } from './local-iam.ts';
import type { Lookups } from './requirements/requirement.ts';

const lookups: Lookups = { arnOf: () => undefined };

function call(service: ServiceName, operation: string, input: object, signer?: Signer): AwsCall {
  const place = { region: REGION, requestId: '1', origin: 'http://127.0.0.1:4566' };
  return { service, operation, input, ...place, ...(signer === undefined ? {} : { signer }) };
}

function spokeSigner(iam: LocalIam, name: string): Signer {
  return iam.assumeRole({
    caller: functionSession(iam, name),
    input: { RoleArn: SPOKE_ROLE, RoleSessionName: `liftlock-${name}`, ExternalId: EXTERNAL_ID },
    now: NOW,
    where: 'test',
  }).credentials;
}

function admit(iam: LocalIam, asked: AwsCall, resourcePolicyOf?: (arn: string) => unknown) {
  const options = resourcePolicyOf === undefined ? {} : { resourcePolicyOf };
  return iam.admit({ call: asked, now: NOW, lookups, ...options });
}

it('lets a call in and says who calls', () => {
  const iam = spokeWorld();
  const principal = admit(iam, call('eks', 'DescribeCluster', { name: 'prod' }, spokeSigner(iam, 'scan-cluster')));
  expect(principal).toMatchObject({ account: SPOKE, roleArn: SPOKE_ROLE });
});

it('refuses in the words of the service, and writes down where', () => {
  const iam = spokeWorld();
  const asked = call(
    'eks',
    'UpdateClusterVersion',
    { name: 'prod', version: '1.36' },
    spokeSigner(iam, 'scan-cluster'),
  );
  expect(() => admit(iam, asked)).toThrow(
    expect.objectContaining({
      name: 'AccessDeniedException',
      message: expect.stringContaining('eks:UpdateClusterVersion'),
    }),
  );
  expect(iam.denials()).toMatchObject([{ role: SPOKE_ROLE, where: 'eks:UpdateClusterVersion over HTTP' }]);
});

it('asks for all that a call needs', () => {
  const iam = spokeWorld();
  const role = `arn:aws:iam::${HUB}:role/elsewhere`;
  const input = { clusterName: 'prod', addonName: 'coredns', addonVersion: '1' };
  const signer = spokeSigner(iam, 'update-addons');
  expect(admit(iam, call('eks', 'UpdateAddon', input, signer))).toBeDefined();
  expect(() => admit(iam, call('eks', 'UpdateAddon', { ...input, serviceAccountRoleArn: role }, signer))).toThrow(
    `iam:PassRole on resource: ${role}`,
  );
});

it('refuses a call that nobody signed, but not before it looked for an operation without a row', () => {
  const iam = spokeWorld();
  expect(() => admit(iam, call('eks', 'ListClusters', {}))).toThrow('Missing Authentication Token');
  const signer = { accessKeyId: `LOCALADMIN${HUB}` };
  expect(() => admit(iam, call('eks', 'CreateAddon', {}, signer))).toThrow('eks:CreateAddon has no row');
});

it('asks the policy of the resource', () => {
  const iam = spokeWorld();
  const queue = { QueueUrl: `http://127.0.0.1:4566/${SPOKE}/clusters`, MessageBody: '{}' };
  const asked = call('sqs', 'SendMessage', queue, { accessKeyId: `LOCALADMIN${HUB}` });
  const policy = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sqs:SendMessage', Resource: '*' },
  };
  expect(() => admit(iam, asked)).toThrow('because no resource-based policy allows the sqs:sendmessage action');
  expect(admit(iam, asked, (arn) => (arn.endsWith(':clusters') ? policy : undefined))).toMatchObject({ account: HUB });
});

it('lets whoever can sign ask who he is', () => {
  const iam = spokeWorld();
  const signer = spokeSigner(iam, 'scan-cluster');
  expect(admit(iam, call('sts', 'GetCallerIdentity', {}, signer))).toMatchObject({ roleArn: SPOKE_ROLE });
});
