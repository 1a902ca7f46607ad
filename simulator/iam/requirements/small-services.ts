import { arnOf, nameOrArn, PARTITION } from './arns.ts';
import { passRole } from './eks-on-behalf.ts';
import { text, textOrAny, texts } from './input-members.ts';
import type { CallFacts, RequirementRows } from './requirement.ts';
import { need, on, onNoResource } from './row-kinds.ts';

/** Parameters of AWS belong to no account. */
function parameter(call: CallFacts, given: string): string {
  return nameOrArn(given, (name) => {
    const path = name.replace(/^\//, '');
    const account = path.startsWith('aws/service/') ? '' : call.account;
    return arnOf('ssm', { region: call.region, account }, `parameter/${path}`);
  });
}

export const ssmRows: RequirementRows = {
  GetParameter: on((call) => parameter(call, textOrAny(call.input, 'Name'))),
  GetParameters: (call) => {
    const names = texts(call.input, 'Names');
    return (names.length === 0 ? ['*'] : names).map((name) => need(call, 'GetParameters', parameter(call, name)));
  },
};

/** The six characters that AWS adds to a name do not follow from it. */
const secret = (call: CallFacts, member: string): string =>
  nameOrArn(textOrAny(call.input, member), (name) => arnOf('secretsmanager', call, `secret:${name}`));

export const secretsRows: RequirementRows = {
  CreateSecret: on((call) => secret(call, 'Name')),
  GetSecretValue: on((call) => secret(call, 'SecretId')),
  PutSecretValue: on((call) => secret(call, 'SecretId')),
};

export const schedulerRows: RequirementRows = {
  GetSchedule: on((call) => {
    const group = text(call.input, 'GroupName') ?? 'default';
    return arnOf('scheduler', call, `schedule/${group}/${textOrAny(call.input, 'Name')}`);
  }),
  ListScheduleGroups: onNoResource,
  ListSchedules: onNoResource,
};

const role = ({ account, input }: CallFacts) => `arn:${PARTITION}:iam::${account}:role/${textOrAny(input, 'RoleName')}`;

export const iamRows: RequirementRows = { CreateRole: on(role), GetRole: on(role), PutRolePolicy: on(role) };

const lambdaFunction = (call: CallFacts): string =>
  nameOrArn(textOrAny(call.input, 'FunctionName'), (name) => arnOf('lambda', call, `function:${name}`));

export const lambdaRows: RequirementRows = {
  CreateFunction: (call) => [
    need(call, 'CreateFunction', lambdaFunction(call)),
    passRole(textOrAny(call.input, 'Role'), 'lambda.amazonaws.com'),
  ],
  Invoke: (call) => {
    const context = { 'lambda:EventSourceToken': null, 'lambda:InvokedViaFunctionUrl': null };
    return [need(call, 'InvokeFunction', lambdaFunction(call), context)];
  },
  TagResource: on((call) => textOrAny(call.input, 'Resource')),
};

export const kmsRows: RequirementRows = {
  DescribeKey(call) {
    const key = nameOrArn(textOrAny(call.input, 'KeyId'), (id) => arnOf('kms', call, `key/${id}`));
    // The default policy of a key: IAM of the key's own account decides (KMS, default key policy).
    const root = { AWS: `arn:${PARTITION}:iam::${key.split(':')[4]}:root` };
    const Statement = [{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }];
    return [{ ...need(call, 'DescribeKey', key), resourcePolicy: { Version: '2012-10-17', Statement } }];
  },
};

export const quotasRows: RequirementRows = {
  GetServiceQuota: on((call) => {
    const { input } = call;
    return arnOf('servicequotas', call, `${textOrAny(input, 'ServiceCode')}/${textOrAny(input, 'QuotaCode')}`);
  }),
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmanagedserviceforprometheus.html */
export const apsRows: RequirementRows = {
  QueryMetrics: on((call) => arnOf('aps', call, `workspace/${textOrAny(call.input, 'workspaceId')}`)),
};

export const backupRows: RequirementRows = {
  ListRecoveryPointsByBackupVault: on((call) =>
    arnOf('backup', call, `backup-vault:${textOrAny(call.input, 'BackupVaultName')}`),
  ),
};

/** IAM needs a template's id also where the request has its name; ids of templates that a dump only names are generated (eks-lookups.ts). */
const launchTemplate = (call: CallFacts): string =>
  arnOf(
    'ec2',
    call,
    `launch-template/${text(call.input, 'LaunchTemplateId') ?? `lt-of-${textOrAny(call.input, 'LaunchTemplateName')}`}`,
  );

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
export const ec2Rows: RequirementRows = {
  CreateLaunchTemplateVersion: on(launchTemplate),
  DescribeImages: onNoResource,
  DescribeInstanceTypes: onNoResource,
  DescribeLaunchTemplates: onNoResource,
  DescribeLaunchTemplateVersions: onNoResource,
  DescribeSecurityGroups: onNoResource,
  DescribeSubnets: onNoResource,
};

export const organizationsRows: RequirementRows = {
  DescribeOrganization: onNoResource,
  ListAccounts: onNoResource,
};

/** Every signer may call GetCallerIdentity, even under an explicit deny. `sessions/assume-role.ts` decides AssumeRole, which has two sides. */
export const stsRows: RequirementRows = {
  AssumeRole: () => [],
  GetCallerIdentity: () => [],
};
