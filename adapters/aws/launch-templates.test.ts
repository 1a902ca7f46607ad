import { startAnsweringServer } from '../../test/material/wire/answering-server.ts';
import { createLaunchTemplates, versionPolicy } from './launch-templates.ts';

let server: Awaited<ReturnType<typeof startAnsweringServer>>;
let narrowed: [account: string, policy: object][];
beforeEach(async () => {
  narrowed = [];
  server = await startAnsweringServer();
});
afterEach(() => server.close());

const scope = { account: '111111111111', region: 'eu-central-1' };
const credentials = { accessKeyId: 'key', secretAccessKey: 's', sessionToken: 't', expiration: new Date(0) };
const templates = () =>
  createLaunchTemplates({
    sessions: {
      forAccount: async () => {
        throw new Error('a session that is not narrowed was asked for');
      },
      async narrowedTo(account, policy) {
        narrowed.push([account, policy]);
        return credentials;
      },
    },
    ...{ partition: 'aws', clock: { now: () => new Date(0) }, sleep: async () => {}, endpointOf: () => server.url },
  });
const wanted = { template: 'lt-1', sourceVersion: '3', imageId: 'ami-1', description: 'made' };

test('a version is asked for once, in a session for that template alone, and its number is given', async () => {
  server.answers.push({
    status: 200,
    body: '<CreateLaunchTemplateVersionResponse><launchTemplateVersion><versionNumber>4</versionNumber></launchTemplateVersion></CreateLaunchTemplateVersionResponse>',
  });
  expect(await templates().createVersion(scope, wanted, 'token')).toBe('4');
  expect(Object.fromEntries(new URLSearchParams(server.asked[0]?.body))).toEqual({
    ...{ Action: 'CreateLaunchTemplateVersion', Version: '2016-11-15', LaunchTemplateId: 'lt-1', SourceVersion: '3' },
    ...{ 'LaunchTemplateData.ImageId': 'ami-1', VersionDescription: 'made', ClientToken: 'token' },
  });
  expect(narrowed).toEqual([[scope.account, versionPolicy('aws', scope, 'lt-1')]]);
});

test('what would pass is not tried again: the first one may have taken effect', async () => {
  for (let count = 0; count < 2; count += 1)
    server.answers.push({
      status: 503,
      body: '<Response><Errors><Error><Code>Unavailable</Code><Message>no</Message></Error></Errors></Response>',
    });
  await expect(templates().createVersion(scope, wanted, 'token')).rejects.toMatchObject({ name: 'Unavailable' });
  expect(server.asked).toHaveLength(1);
});

test('a session may do nothing else, and nothing to a template that is not open; of one that is named the tag alone decides', () => {
  const statement = (resource: string) => ({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Action: 'ec2:CreateLaunchTemplateVersion' },
        Resource: `arn:aws-cn:ec2:eu-central-1:111111111111:launch-template/${resource}`,
        Condition: { StringEquals: { 'aws:ResourceTag/liftlock:versions': 'allowed' } },
      },
    ],
  });
  expect(versionPolicy('aws-cn', scope, 'lt-1')).toEqual(statement('lt-1'));
  expect(versionPolicy('aws-cn', scope, 'web')).toEqual(statement('*'));
});
