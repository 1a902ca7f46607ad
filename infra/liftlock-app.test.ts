import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Assembly, synthesize } from '../test/material/infra/synthesize.ts';

const everything = {
  accounts: ['222222222222'],
  organizationId: 'o-a1b2c3d4e5',
  hubAccount: '111111111111',
  hubRegion: 'eu-central-1',
  alarmEmail: 'ops@example.com',
};

/** The errors of CDK for the app with each of these settings; the test fails when there are any. */
function review(kind: 'whole' | 'flawed', ...settings: readonly object[]): string[] {
  const script = fileURLToPath(new URL('../test/material/infra/review.ts', import.meta.url));
  const folders = settings.map(() => mkdtempSync(join(tmpdir(), 'liftlock-review-')));
  // Only cdk-nag can find this error.
  const env = { ...process.env, CDK_VALIDATION: String(kind === 'whole') };
  const asked = settings.flatMap((each, at) => [folders[at] ?? '', JSON.stringify(each)]);
  execFileSync(process.execPath, [script, kind, ...asked], { env, stdio: 'pipe', encoding: 'utf8' });
  return folders.map((folder) => readFileSync(join(folder, 'validation-report.json'), 'utf8'));
}

describe('cdk-nag finds nothing', () => {
  let reports: string[];
  beforeAll(() => {
    reports = review('whole', {}, everything);
  }, 120_000);

  test.each([
    ['a fresh clone', 0],
    ['every setting', 1],
  ])('with %s', (_, number) => {
    const report = JSON.parse(reports[number] ?? '') as { pluginReports: unknown[] };
    expect(JSON.stringify(report)).not.toContain('"violations":[{');
  });
});

test('cdk-nag would tell', () => {
  expect(() => review('flawed', {})).toThrow(/AwsSolutions-SQS3/);
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
