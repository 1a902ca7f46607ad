import { HUB, NOW, REGION, SPOKE } from '../../../test/material/iam/accounts.ts';
import { allow, policyOf } from '../../../test/material/iam/policies.ts';
import { userOf } from '../../../test/material/iam/principals.ts';
import { EXTERNAL_ID, SPOKE_ROLE } from '../../../test/material/iam/spoke.ts';
import { functionSession, spokeSession, spokeWorld } from '../../../test/material/iam/spoke-world.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import { LocalIam } from '../local-iam.ts';
import type { Principal } from '../principals/principal.ts';
import type { AssumeRoleInput } from './assume-role-input.ts';

const ASKED: AssumeRoleInput = {
  RoleArn: SPOKE_ROLE,
  RoleSessionName: 'liftlock-scan-cluster',
  ExternalId: EXTERNAL_ID,
  DurationSeconds: 3600,
};

function assume(iam: LocalIam, caller: Principal, changes: Partial<Record<keyof AssumeRoleInput, unknown>> = {}) {
  const input = { ...ASKED, ...changes } as AssumeRoleInput;
  return iam.assumeRole({ caller, input, now: NOW, where: 'test', region: REGION });
}

/** `name: message` of the fault. */
function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AwsFault) return `${error.name}: ${error.message}`;
    throw error;
  }
  return 'none';
}

function refusalOf(changes: Partial<Record<keyof AssumeRoleInput, unknown>>, name = 'scan-cluster'): string {
  const iam = spokeWorld();
  return faultOf(() => assume(iam, functionSession(iam, name), changes));
}

const NOT_TRUSTED =
  `AccessDenied: User: arn:aws:sts::${HUB}:assumed-role/liftlock-scan-cluster/liftlock-scan-cluster is not authorized ` +
  `to perform: sts:AssumeRole on resource: ${SPOKE_ROLE} because no role trust policy allows the sts:AssumeRole action`;

describe('the spoke role', () => {
  it('lets in a function of the hub', () => {
    const iam = spokeWorld();
    const { credentials, assumedRoleUser, session } = assume(iam, functionSession(iam, 'scan-cluster'));
    expect(credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(credentials.expiration).toEqual(new Date(NOW.getTime() + 3600_000));
    expect(assumedRoleUser).toEqual({
      arn: `arn:aws:sts::${SPOKE}:assumed-role/LiftlockSpoke/liftlock-scan-cluster`,
      assumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:liftlock-scan-cluster$/),
    });
    const { accessKeyId, sessionToken } = credentials;
    expect(iam.sessions.principalOf({ accessKeyId, sessionToken }, 'eks', NOW)).toEqual(session);
    expect(iam.problems()).toEqual([]);
  });

  it.each([
    ['another external id', { ExternalId: 'liftlock-999999999999' }],
    ['no external id', { ExternalId: undefined }],
    ["another function's session name", { RoleSessionName: 'liftlock-roll-node-group' }],
  ])('refuses %s', (_, changes) => {
    expect(refusalOf(changes)).toBe(NOT_TRUSTED);
  });

  it('refuses a role of the hub that it does not name, and says no more of one that does not exist', () => {
    expect(refusalOf({ RoleSessionName: 'liftlock-api' }, 'api')).toMatch(/no role trust policy allows/);
    const missing = refusalOf({ RoleArn: `arn:aws:iam::${SPOKE}:role/LiftlockSpokes` });
    expect(missing).toMatch(/^AccessDenied: .* because no identity-based policy allows/);
  });

  it('refuses a role without the tag that its name is checked against', () => {
    const iam = spokeWorld();
    const role = iam.directory.role(`arn:aws:iam::${HUB}:role/liftlock-scan-cluster`);
    if (role === undefined) throw new Error('no role');
    iam.directory.addRole({ ...role, tags: {} });
    expect(faultOf(() => assume(iam, functionSession(iam, 'scan-cluster')))).toBe(NOT_TRUSTED);
  });

  it('refuses everybody outside the organization', () => {
    const outside = new LocalIam({ random: () => 0.5, now: () => NOW, state: spokeWorld().state() });
    expect(faultOf(() => assume(outside, functionSession(outside, 'scan-cluster')))).toBe(NOT_TRUSTED);
  });

  it('refuses a caller whose own policies do not allow it, whoever it trusts', () => {
    const iam = spokeWorld();
    const role = iam.directory.role(`arn:aws:iam::${HUB}:role/liftlock-scan-cluster`);
    if (role === undefined) throw new Error('no role');
    iam.directory.addRole({ ...role, policies: [] });
    expect(faultOf(() => assume(iam, functionSession(iam, 'scan-cluster')))).toMatch(
      /because no identity-based policy allows the sts:AssumeRole action$/,
    );
    expect(iam.denials()).toMatchObject([{ role: role.arn, action: 'sts:AssumeRole', where: 'test' }]);
  });
});

describe('AssumeRole refuses', () => {
  const long = JSON.stringify(policyOf(allow('eks:*', `arn:aws:eks:*:*:cluster/${'x'.repeat(2100)}`)));

  it.each<[string, Partial<Record<keyof AssumeRoleInput, unknown>>, RegExp]>([
    [
      'a name with a space',
      { RoleSessionName: 'lift lock' },
      /^ValidationError: 1 validation error detected: Value 'lift lock' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: \[\\w\+=,\.@-\]\*$/,
    ],
    ['a name too short', { RoleSessionName: 'x' }, /greater than or equal to 2$/],
    ['a name too long', { RoleSessionName: 'x'.repeat(65) }, /less than or equal to 64$/],
    ['no name', { RoleSessionName: undefined }, /Value null at 'roleSessionName'/],
    ['several mistakes', { RoleSessionName: 'x', ExternalId: '!' }, /^ValidationError: 3 validation errors detected/],
    ['an external id with a space', { ExternalId: 'a b' }, /'externalId'/],
    ['an ARN that is none', { RoleArn: 'role/LiftlockSpoke-of-the-hub' }, /^ValidationError: .* is invalid$/],
    ['no ARN', { RoleArn: undefined }, /Value null at 'roleArn'/],
    ['a duration too short', { DurationSeconds: 899 }, /greater than or equal to 900$/],
    ['a duration too long', { DurationSeconds: 43_201 }, /less than or equal to 43200$/],
    [
      'more than an hour to a session',
      { DurationSeconds: 3601 },
      /1 hour session limit for roles assumed by role chaining$/,
    ],
    [
      'a policy that is no JSON',
      { Policy: '{' },
      /^MalformedPolicyDocumentException: The policy is not in the valid JSON format\.$/,
    ],
    [
      'a policy that is none',
      { Policy: '{"Statement":[{"Effect":"Allow"}]}' },
      /^MalformedPolicyDocumentException: Syntax errors/,
    ],
    [
      'an operator it does not know',
      { Policy: JSON.stringify(policyOf(allow('eks:*', '*', { Condition: { StringEqual: { a: 'b' } } }))) },
      /unknown operator/,
    ],
    [
      'a policy with a principal',
      { Policy: JSON.stringify(policyOf(allow('*', '*', { Principal: '*' }))) },
      /^MalformedPolicyDocumentException/,
    ],
    ['a policy of strange characters', { Policy: '{"Statement":"…"}' }, /at 'policy' failed to satisfy constraint/],
    [
      'a policy without room',
      { Policy: long },
      /^PackedPolicyTooLargeException: Packed policy consumes \d+% of allotted space/,
    ],
    [
      'a managed policy that is not there',
      { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] },
      /^MalformedPolicyDocumentException/,
    ],
    ['what is not modelled', { SourceIdentity: 'ada' }, /^NotImplemented: AssumeRole with SourceIdentity/],
  ])('%s', (_, changes, expected) => {
    expect(refusalOf(changes)).toMatch(expected);
  });

  it('more than the role allows to a user', () => {
    const iam = spokeWorld();
    const arn = `arn:aws:iam::${HUB}:role/deployer`;
    const trustPolicy = policyOf({ Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sts:AssumeRole' });
    iam.directory.addRole({ arn, trustPolicy, maxSessionSeconds: 7200 });
    const [administrator] = iam.directory.users();
    if (administrator === undefined) throw new Error('no user');
    const { accessKeyId } = administrator;
    const caller = iam.sessions.principalOf({ accessKeyId }, 'sts', NOW);
    expect(assume(iam, caller, { RoleArn: arn, DurationSeconds: 7200 }).session.roleArn).toBe(arn);
    expect(faultOf(() => assume(iam, caller, { RoleArn: arn, DurationSeconds: 7201 }))).toBe(
      'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  });
});

describe('in one account', () => {
  const arn = `arn:aws:iam::${HUB}:role/target`;
  const ask = (principal: object, mayAssume: boolean) => {
    const iam = spokeWorld();
    iam.directory.addRole({
      arn,
      trustPolicy: policyOf({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }),
    });
    iam.directory.addRole({
      arn: `arn:aws:iam::${HUB}:role/worker`,
      trustPolicy: policyOf({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
      policies: mayAssume ? [{ name: 'Assume', document: policyOf(allow('sts:AssumeRole', arn)) }] : [],
    });
    const { session: caller } = iam.serviceSession({
      roleArn: `arn:aws:iam::${HUB}:role/worker`,
      service: 'ec2.amazonaws.com',
      sessionName: 'i-1',
      context: {},
      now: NOW,
      where: 'test',
    });
    return faultOf(() => assume(iam, caller, { RoleArn: arn }));
  };

  it('trust in the account needs a grant of the identity', () => {
    expect(ask({ AWS: `arn:aws:iam::${HUB}:root` }, true)).toBe('none');
    expect(ask({ AWS: `arn:aws:iam::${HUB}:root` }, false)).toMatch(/no identity-based policy/);
  });

  it('trust in the role does not', () => {
    expect(ask({ AWS: `arn:aws:iam::${HUB}:role/worker` }, false)).toBe('none');
  });

  it('a grant of the identity does not do without trust', () => {
    expect(ask({ AWS: `arn:aws:iam::${SPOKE}:root` }, true)).toMatch(/no role trust policy/);
    expect(ask({ Service: 'lambda.amazonaws.com' }, true)).toMatch(/no role trust policy/);
  });
});

describe('tags of a session', () => {
  const arn = `arn:aws:iam::${HUB}:role/tagged`;
  const grant = (actions: string[]) => {
    const iam = spokeWorld();
    const trustPolicy = policyOf({
      Effect: 'Allow',
      Principal: { AWS: HUB },
      Action: actions,
      Condition: { StringEqualsIfExists: { 'aws:RequestTag/team': 'lock' } },
    });
    iam.directory.addRole({ arn, trustPolicy, tags: { team: 'none', kind: 'role' } });
    return iam;
  };
  const tag = (Value: string, TransitiveTagKeys?: string[]) => ({
    RoleArn: arn,
    Tags: [{ Key: 'team', Value }],
    ...(TransitiveTagKeys === undefined ? {} : { TransitiveTagKeys }),
  });
  const administrator = (iam: LocalIam) => iam.sessions.principalOf({ accessKeyId: `LOCALADMIN${HUB}` }, 'sts', NOW);

  it('need a permission of their own', () => {
    const iam = grant(['sts:AssumeRole']);
    expect(faultOf(() => assume(iam, administrator(iam), tag('lock')))).toMatch(/to perform: sts:TagSession/);
  });

  it('win over those of the role, and are handed on where they are transitive', () => {
    const iam = grant(['sts:AssumeRole', 'sts:TagSession']);
    const { session } = assume(iam, administrator(iam), tag('lock', ['team']));
    expect(session.tags).toEqual({ team: 'lock', kind: 'role' });
    expect(session.transitiveTags).toEqual({ team: 'lock' });
    const { arn: ARN } = iam.directory.addRole({
      arn: `${arn}-next`,
      trustPolicy: policyOf({ Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:*' }),
    });
    expect(assume(iam, session, { RoleArn: ARN }).session.tags).toEqual({ team: 'lock' });
    expect(faultOf(() => assume(iam, session, { ...tag('gate'), RoleArn: ARN }))).toMatch(/is transitive/);
  });

  it('are seen by conditions', () => {
    const iam = grant(['sts:AssumeRole', 'sts:TagSession']);
    expect(faultOf(() => assume(iam, administrator(iam), tag('gate')))).toMatch(/no role trust policy/);
    expect(faultOf(() => assume(iam, administrator(iam), tag('lock', ['tool'])))).toMatch(/^ValidationError/);
  });
});

describe('a session policy', () => {
  const cluster = (name: string) => `arn:aws:eks:${REGION}:${SPOKE}:cluster/${name}`;
  const ask = (iam: LocalIam, principal: Principal, action: string, name: string) =>
    iam.authorize({
      principal,
      action,
      resource: cluster(name),
      context: { 'eks:kubernetesVersion': '1.36' },
      where: 'test',
    });

  it('narrows to one cluster what the role may', () => {
    const iam = spokeWorld();
    const session = spokeSession(
      iam,
      'upgrade-control-plane',
      policyOf(allow('eks:UpdateClusterVersion', cluster('prod'))),
    );
    expect(ask(iam, session, 'eks:UpdateClusterVersion', 'prod').allowed).toBe(true);
    expect(ask(iam, session, 'eks:UpdateClusterVersion', 'test').why).toMatch(/no session policy/);
    expect(ask(iam, session, 'eks:DescribeCluster', 'prod').why).toMatch(/no session policy/);
  });

  it('gives nothing that the role does not', () => {
    const iam = spokeWorld();
    const session = spokeSession(iam, 'scan-cluster', policyOf(allow('*')));
    expect(ask(iam, session, 'eks:DescribeCluster', 'prod').allowed).toBe(true);
    expect(ask(iam, session, 'eks:UpdateClusterVersion', 'prod').why).toMatch(/no identity-based policy/);
    expect(ask(iam, session, 'eks:DeleteCluster', 'prod').why).toMatch(/no identity-based policy/);
  });

  it('may be a managed one, beside its own', () => {
    const iam = spokeWorld();
    const policy = `arn:aws:iam::${SPOKE}:policy/look`;
    iam.directory.addManagedPolicy(policy, policyOf(allow('eks:Describe*')));
    const { session, packedPolicySize } = assume(iam, functionSession(iam, 'scan-cluster'), {
      PolicyArns: [{ arn: policy }],
    });
    expect(packedPolicySize).toBeGreaterThan(0);
    expect(ask(iam, session, 'eks:DescribeCluster', 'prod').allowed).toBe(true);
    expect(ask(iam, session, 'eks:ListNodegroups', 'prod').allowed).toBe(false);
  });
});

it('a user who is not there may assume nothing', () => {
  const iam = spokeWorld();
  expect(faultOf(() => assume(iam, userOf()))).toMatch(/^AccessDenied/);
});
