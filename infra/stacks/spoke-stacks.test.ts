import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTATING_CALLS, MUTATORS, type MutatingCallName } from '../../core/contracts/mutating-calls.ts';
import { FUNCTION_NAMES, MUTATING_FUNCTIONS } from '../../core/contracts/names.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import { listOf, readable, type Statement, statementsOf } from '../../test/material/infra/template.ts';

const { folder, spokeRole, spokeForwarder } = synthesize();
const statements = statementsOf(spokeRole, 'SpokeRole');
const trust = (
  readable(spokeRole.Resources.SpokeRole?.Properties.AssumeRolePolicyDocument) as { Statement: Statement[] }
).Statement;

const allowing = (action: string) => statements.filter(({ Action }) => listOf(Action).includes(action));

test.each(['LiftlockSpokeRole', 'LiftlockSpokeForwarder'])('%s is one file without assets', (stack) => {
  expect(readdirSync(folder)).not.toContain(`${stack}.assets.json`);
  const text = readFileSync(join(folder, `${stack}.template.json`), 'utf8');
  expect(text).not.toMatch(/cdk-hnb|BootstrapVersion|Fn::ImportValue|CDKMetadata/);
  // The text form for CreateStackSet.
  expect(text.length).toBeLessThan(51_200);
});

test('what differs between hubs is a parameter, and empty ones mean the account itself', () => {
  expect(Object.keys(spokeRole.Parameters ?? {})).toEqual(['HubAccountId', 'ExternalId', 'OrganizationId', 'RoleName']);
  expect(Object.keys(spokeForwarder.Parameters ?? {})).toEqual(['HubAccountId', 'HubRegion']);
  for (const parameter of Object.values({ ...spokeRole.Parameters, ...spokeForwarder.Parameters })) {
    expect(parameter).toHaveProperty('Default');
    expect(parameter).toHaveProperty('AllowedPattern');
  }
});

/** The form of the template. */
const LONGEST_EXTERNAL_ID = 512;

test('its policies are as long as IAM takes them, in every partition', () => {
  const { AssumeRolePolicyDocument, Policies } = readable(spokeRole.Resources.SpokeRole?.Properties) as {
    readonly AssumeRolePolicyDocument: object;
    readonly Policies: readonly { readonly PolicyDocument: object }[];
  };
  const length = (...documents: readonly object[]): number =>
    JSON.stringify(documents)
      .replaceAll('<HasHubAccountId|<HubAccountId>|<AccountId>>', '1'.repeat(12))
      .replace(/<HasExternalId\|<ExternalId>\|[^>]*>/, 'e'.repeat(LONGEST_EXTERNAL_ID))
      .replace('<HasOrganizationId|<OrganizationId>|<NoValue>>', 'o'.repeat(34))
      .replaceAll('<Partition>', 'aws-us-gov')
      .replaceAll('<AccountId>', '1'.repeat(12)).length;
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: all inline policies of a role together, and its trust policy.
  expect(length(...Policies.map(({ PolicyDocument }) => PolicyDocument))).toBeLessThan(10_240);
  expect(length(AssumeRolePolicyDocument)).toBeLessThan(2_048);
});

test("it trusts the hub's functions and nobody else, each by its own session name", () => {
  const hub = '<HasHubAccountId|<HubAccountId>|<AccountId>>';
  expect(trust).toEqual([
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:<Partition>:iam::${hub}:root` },
      Action: 'sts:AssumeRole',
      Condition: {
        ArnEquals: {
          'aws:PrincipalArn': FUNCTION_NAMES.filter(
            (name) => !['api', 'anchor-audit', 'refresh-readiness'].includes(name),
          ).map((name) => `arn:<Partition>:iam::${hub}:role/liftlock-${name}`),
        },
        StringEquals: {
          'sts:ExternalId': `<HasExternalId|<ExternalId>|liftlock-${hub}>`,
          'sts:RoleSessionName': `liftlock-\${aws:PrincipalTag/liftlock-function}`,
          'aws:PrincipalOrgID': '<HasOrganizationId|<OrganizationId>|<NoValue>>',
        },
      },
    },
  ]);
});

test.each([
  ['drains', 'OperateRole', '-operate', ['drain-nodes', 'restore-nodes']],
  [
    ...(['asks by Jobs', 'HookRole', '-hooks'] as const),
    ['update-addons', 'upgrade-control-plane', 'roll-node-group', 'smoke-check', 'restore-nodes'],
  ],
])(
  'the role that %s is assumed by few functions, each by its own session name, and IAM lets it do nothing',
  (_, id, suffix, functions) => {
    const { AssumeRolePolicyDocument, ...role } = spokeRole.Resources[id]?.Properties ?? {};
    expect(Object.keys(role).filter((name) => /polic/i.test(name))).toEqual([]);
    expect(readable(role.RoleName)).toBe(`<RoleName>${suffix}`);
    const { Statement: trusted } = readable(AssumeRolePolicyDocument) as { Statement: Statement[] };
    const [own] = trust;
    const callers = functions.map((name) => `liftlock-${name}`);
    expect(trusted).toEqual([
      {
        ...own,
        Condition: {
          ...own?.Condition,
          ArnEquals: { 'aws:PrincipalArn': callers.map((name) => expect.stringContaining(`:role/${name}`)) },
        },
      },
    ]);
  },
);

test('the trust policy fits into the 2,048 characters that IAM allows, in the longest partition', () => {
  const text = JSON.stringify(trust)
    .replaceAll(/<HasHubAccountId\|<HubAccountId>\|<AccountId>>/g, '111111111111')
    .replaceAll('<Partition>', 'aws-us-gov')
    .replaceAll(/<Has\w+\|[^"]*/g, 'o-a1b2c3d4e5');
  expect(text.length).toBeLessThan(2_048);
});

test('it may read exactly what the reader of EKS calls', () => {
  const source = readFileSync(new URL('../../adapters/aws/eks-reader.ts', import.meta.url), 'utf8');
  const called = [...source.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)].map(
    ([, list, one]) => `eks:${list ?? one}`,
  );
  const reading = statements.filter(({ Condition }) => Condition === undefined).flatMap(({ Action }) => listOf(Action));
  expect(reading.sort()).toEqual([...new Set(called)].sort());
});

test('alarms are read by the functions that ask gates, scan, check after a hop and lift silences alone', () => {
  expect(allowing('cloudwatch:DescribeAlarms')).toMatchObject([
    {
      Resource: '*',
      Condition: {
        StringLike: {
          'aws:userid': [
            ...['reconcile-rollouts', 'scan-cluster', 'smoke-check'],
            ...['update-addons', 'upgrade-control-plane', 'roll-node-group', 'restore-nodes'],
          ].map((name) => `*:liftlock-${name}`),
        },
      },
    },
  ]);
});

test.each(Object.entries(MUTATING_CALLS))(
  '%s is for the sessions of the functions that make it, on one type of resource',
  (call, action) => {
    const [statement, ...others] = allowing(action);
    expect(others).toEqual([]);
    const ofClusters = ['UpdateClusterVersion', 'RollbackClusterVersion', 'ExtendSupport'];
    const type = ofClusters.includes(call) ? 'cluster' : call === 'UpdateAddon' ? 'addon' : 'nodegroup';
    expect(statement?.Resource).toBe(`arn:<Partition>:eks:*:<AccountId>:${type}/*`);
    const sessions = listOf(statement?.Condition?.StringLike?.['aws:userid']);
    expect(sessions).toEqual(MUTATORS[call as MutatingCallName].map((name) => `*:liftlock-${name}`));
  },
);

const INSTALL = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');

test('docs/install.md has each action that sessions of a function have alone in a row of that function', () => {
  const rows = INSTALL.split('\n').map((line) => line.split('|'));
  const rowsOf = (name: string) => rows.filter(([, sessions = '']) => sessions.includes(`\`${name}\``));
  const missing = statements.flatMap(({ Action, Condition }) =>
    listOf(Condition?.StringLike?.['aws:userid']).flatMap((session) => {
      const name = session.replace('*:liftlock-', '');
      return listOf(Action).filter((action) => !rowsOf(name).some(([, , may]) => may?.includes(`\`${action}\``)));
    }),
  );
  expect(missing).toEqual([]);
});

test('docs/install.md names the calls of EKS to deny where Liftlock is to be kept out', () => {
  const denied = INSTALL.match(/deny these (\w+) actions by a service control policy: (.*)\./);
  const actions = [...new Set(Object.values(MUTATING_CALLS))];
  expect(denied?.[1]).toBe('five');
  expect(denied?.[2]?.split(', ')).toEqual(actions.map((action) => `\`${action}\``));
});

test('whatever is no read is for the sessions of mutating functions', () => {
  const reads =
    /^(eks:(List|Describe)|eks:StartInsightsRefresh$|cloudwatch:DescribeAlarms$|ec2:Describe|iam:GetRole$|servicequotas:GetServiceQuota$|cloudwatch:GetMetric(Statistics|Data)$|kms:DescribeKey$|ssm:GetParameters?$|backup:ListRecoveryPointsByBackupVault$|aps:QueryMetrics$)/;
  for (const { Action, Condition } of statements) {
    if (listOf(Action).every((action) => reads.test(action))) continue;
    const allowed = MUTATING_FUNCTIONS.map((name) => `*:liftlock-${name}`);
    const sessions = listOf(Condition?.StringLike?.['aws:userid']);
    expect(sessions.length).toBeGreaterThan(0);
    expect(allowed).toEqual(expect.arrayContaining([...sessions]));
  }
});

test('roles of add-ons are passed to EKS only, and instances launched from launch templates only', () => {
  expect(allowing('iam:PassRole')[0]?.Condition?.StringEquals).toEqual({ 'iam:PassedToService': 'eks.amazonaws.com' });
  expect(allowing('ec2:RunInstances')[0]?.Condition?.ArnLike).toEqual({
    'ec2:LaunchTemplate': 'arn:<Partition>:ec2:*:<AccountId>:launch-template/*',
  });
  expect(allowing('ec2:CreateTags')[0]?.Condition?.StringEquals).toEqual({ 'ec2:CreateAction': 'RunInstances' });
});

test('only what other accounts can share is launched with whoever owns it', () => {
  const launching = allowing('ec2:RunInstances').flatMap(({ Resource }) => listOf(Resource));
  const owners = launching.map((arn) => arn.split(':').slice(2));
  const kindsOf = (account: string) =>
    owners.filter((parts) => parts[2] === account).map((parts) => parts.slice(3).join(':'));
  expect(kindsOf('<AccountId>').sort()).toEqual([
    'instance/*',
    'key-pair/*',
    'launch-template/*',
    'network-interface/*',
    'spot-instances-request/*',
    'volume/*',
  ]);
  expect(kindsOf('*').sort()).toEqual([
    'capacity-reservation/*',
    'group/*',
    'license-configuration:*',

    'placement-group/*',
    'security-group/*',
    'subnet/*',
  ]);
  expect(kindsOf('').sort()).toEqual(['image/*', 'snapshot/*']);
  for (const arn of listOf(allowing('ec2:CreateTags')[0]?.Resource)) expect(arn).toContain(':<AccountId>:');
});

test("the forwarder may put events on the hub's bus and nothing else", () => {
  const bus =
    'arn:<Partition>:events:<HasHubRegion|<HubRegion>|<Region>>:<HasHubAccountId|<HubAccountId>|<AccountId>>:event-bus/liftlock';
  expect(statementsOf(spokeForwarder, 'Role')).toEqual([
    { Effect: 'Allow', Action: 'events:PutEvents', Resource: bus },
  ]);
  const rules = Object.values(spokeForwarder.Resources).filter(({ Type }) => Type === 'AWS::Events::Rule');
  expect(rules.map(({ Properties }) => readable(Properties.EventPattern))).toEqual([
    expect.objectContaining({ source: ['aws.eks'], 'detail-type': ['AWS API Call via CloudTrail'] }),
    expect.objectContaining({ source: ['aws.health'], detail: { service: ['EKS'] } }),
  ]);
  for (const { Properties } of rules)
    expect(readable(Properties.Targets)).toEqual([expect.objectContaining({ Arn: bus })]);
});
