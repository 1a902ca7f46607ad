import { parseSettings } from './settings.ts';

const problemsOf = (context: unknown): string => {
  try {
    parseSettings(context);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : '';
  }
  return '';
};

test('a fresh clone needs no setting', () => {
  expect(parseSettings(undefined)).toEqual({
    accounts: [],
    spokeRoleName: 'LiftlockSpoke',
    mutatorConcurrency: 10,
    anchorDays: 400,
    anchorMode: 'governance',
    ownerTopics: [],
  });
  expect(parseSettings({})).toEqual(parseSettings(undefined));
});

test('cdk.json gives an object, the command line gives text', () => {
  const settings = {
    accounts: ['222222222222', '111111111111'],
    organizationId: 'o-a1b2c3d4e5',
    alarmEmail: 'a@b.example',
  };
  expect(parseSettings(JSON.stringify(settings))).toEqual(parseSettings(settings));
  expect(parseSettings(settings)).toMatchObject({
    accounts: ['111111111111', '222222222222'],
    organizationId: 'o-a1b2c3d4e5',
  });
});

test('every problem is told at once, by the name of its setting', () => {
  const message = problemsOf({
    accounts: [12, '123'],
    organizationId: 'r-abc',
    hubAccount: 111111111111,
    alarmEmail: 'nobody',
    mutatorConcurrency: -1,
    acounts: [],
  });
  expect(message).toMatch(/^InvalidSettings: The context "liftlock" is not usable/);
  for (const part of [
    'accounts: 12 is not an AWS account id of 12 digits; ids need quotes',
    'accounts: "123" is not',
    'organizationId: "r-abc" is not the id of an AWS organization',
    'hubAccount: 111111111111 is not',
    'alarmEmail: "nobody" is not',
    'mutatorConcurrency: -1 is not a whole number from 0 to 100',
    'acounts: there is no such setting; there are accounts, organizationId',
  ]) {
    expect(message).toContain(part);
  }
});

test.each([
  ['not JSON', '{', '{ is not JSON'],
  ['not an object', ['a'], '["a"] is not an object'],
  ['accounts that are no list', { accounts: '111111111111' }, 'accounts: "111111111111" is not a list'],
  ['a Region without its account', { hubRegion: 'eu-central-1' }, 'hubRegion: is only known together with hubAccount'],
])('%s is refused', (_, context, problem) => {
  expect(problemsOf(context)).toContain(problem);
});

test('more accounts than a policy holds need an organization', () => {
  const accounts = Array.from({ length: 101 }, (_, index) => String(100000000000 + index));
  expect(problemsOf({ accounts })).toContain('more than 100 need organizationId');
});

test('more topics than the policy of one function holds are refused before anything is deployed', () => {
  const topics = (count: number) =>
    Array.from({ length: count }, (_, index) => `arn:aws:sns:eu-central-1:222222222222:owners-of-team-${index}`);
  expect(parseSettings({ ownerTopics: topics(100) }).ownerTopics).toHaveLength(100);
  expect(problemsOf({ ownerTopics: topics(200) })).toContain('ownerTopics: 200 do not fit into an IAM policy');
});

test('a VPC has subnets and security groups, and says what is wrong with them', () => {
  const vpc = { subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: ['sg-0a1b2c3d4e5f60718'] };
  expect(parseSettings({ vpc }).vpc).toEqual({ ...vpc, gates: false });
  expect(parseSettings({ vpc: { ...vpc, gates: true } }).vpc).toEqual({ ...vpc, gates: true });
  expect(problemsOf({ vpc: { ...vpc, gates: 'yes' } })).toContain('vpc.gates: "yes" is neither true nor false');
  const message = problemsOf({ vpc: { subnetIds: ['vpc-1'], subnets: [] } });
  for (const part of [
    'vpc.subnetIds: "vpc-1" is not the id of a subnet',
    'vpc.securityGroupIds: at least one is needed',
    'vpc.subnets: there is no such setting; there are subnetIds, securityGroupIds, gates',
  ])
    expect(message).toContain(part);
});

test('nobody gets a lock that nobody can undo without having written so', () => {
  expect(parseSettings({ anchorDays: 30, anchorMode: 'governance' })).toMatchObject({
    anchorDays: 30,
    anchorMode: 'governance',
  });
  for (const anchorMode of ['compliance', 'COMPLIANCE', 'compliance, which nobody can shorten or undo!', true])
    expect(problemsOf({ anchorMode })).toContain(
      'is not "governance" or, for good, "compliance, which nobody can shorten or undo"',
    );
  const words = 'compliance, which nobody can shorten or undo';
  expect(parseSettings({ anchorMode: words })).toMatchObject({ anchorMode: 'compliance' });
  expect(problemsOf({ anchorDays: 0 })).toContain('anchorDays: 0 is not a whole number from 1 to 36500');
});
