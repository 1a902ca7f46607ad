import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Assembly, synthesize } from './testing/synthesize.ts';

const everything = {
  accounts: ['222222222222'],
  organizationId: 'o-a1b2c3d4e5',
  hubAccount: '111111111111',
  hubRegion: 'eu-central-1',
  alarmEmail: 'ops@example.com',
};

test.each([
  ['a fresh clone', {}],
  ['every setting', everything],
])('cdk-nag finds nothing with %s', (_, settings) => {
  const { folder } = synthesize(settings, 'nag');
  const report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8')) as {
    pluginReports: unknown[];
  };
  expect(JSON.stringify(report)).not.toContain('"violations":[{');
});

test('cdk-nag would tell', () => {
  expect(() => synthesize({}, 'nag-flawed')).toThrow(/AwsSolutions-SQS3/);
});

describe.each([
  ['AWS', 'eu-central-1'],
  ['AWS GovCloud', 'us-gov-west-1'],
  ['AWS China', 'cn-northwest-1'],
])('%s', (_, hubRegion) => {
  const { state, hub, spokeRole, spokeForwarder }: Assembly = synthesize({ ...everything, hubRegion });

  test('no ARN, principal or host names a partition', () => {
    const text = JSON.stringify([state, hub, spokeRole, spokeForwarder]);
    expect(text.match(/arn:aws[a-z-]*:(?!\[)/g) ?? []).toEqual([]);
    expect(text.match(/amazonaws\.com\.cn|amazonaws-us-gov/g) ?? []).toEqual([]);
    const services = new Set(text.match(/[a-z0-9.-]+\.amazonaws\.com/g));
    expect([...services].sort()).toEqual(
      [
        'cloudwatch.amazonaws.com',
        'eks.amazonaws.com',
        'events.amazonaws.com',
        'lambda.amazonaws.com',
        'scheduler.amazonaws.com',
        'sns.amazonaws.com',
        'states.amazonaws.com',
        'apigateway.amazonaws.com',
      ].sort(),
    );
  });
});
