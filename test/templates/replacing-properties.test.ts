import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { synthesize } from '../material/infra/synthesize.ts';
import type { Template } from '../material/infra/template.ts';

const database = loadAwsServiceSpecSync();

/** They have neither names nor data, and are made anew with whatever they say. */
const BETWEEN = /^AWS::Lambda::(EventInvokeConfig|EventSourceMapping|Permission)$/;

/**
 * Properties for which CloudFormation makes a resource anew ("Update requires: Replacement"). One with a name of its own it then refuses to update
 * ("cannot update a stack when a custom-named resource requires replacing"), and one with data would be left behind for an empty one.
 */
function replacing({ Resources }: Template): string[] {
  const found = Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
    if (BETWEEN.test(Type)) return [];
    const [schema] = database.lookup('resource', 'cloudFormationType', 'equals', Type);
    return Object.entries(Properties)
      .filter(([property]) => !property.endsWith('Name') && schema?.properties[property]?.causesReplacement === 'yes')
      .map(([property, value]) => `${Type}.${property} ${JSON.stringify(value)}`);
  });
  return [...new Set(found)].filter((one) => !/"(Ref|Fn::\w+)"/.test(one)).sort();
}

const { state, hub, spokeRole, spokeForwarder } = synthesize();

test('tables and the bucket of the anchors say what they were made with', () => {
  const key = (hash: string, range: string) =>
    JSON.stringify([
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ]);
  expect(replacing(state)).toEqual([
    `AWS::DynamoDB::Table.KeySchema ${key('pk', 'sk')}`,
    `AWS::DynamoDB::Table.KeySchema ${key('subject', 'sequence')}`,
    'AWS::S3::Bucket.ObjectLockEnabled true',
  ]);
});

test('what the hub has under a name of its own says nothing else, for good', () => {
  expect(replacing(hub)).toEqual([
    'AWS::ApiGatewayV2::Api.ProtocolType "HTTP"',
    ...['admin', 'approver', 'break-glass', 'operator', 'viewer'].map(
      (role) => `AWS::IAM::ManagedPolicy.Description "What a Liftlock ${role} may ask of the API"`,
    ),
    'AWS::IAM::ManagedPolicy.Path "/"',
  ]);
});

test('nor do the roles of the spokes', () => {
  expect([...replacing(spokeRole), ...replacing(spokeForwarder)]).toEqual([]);
});
