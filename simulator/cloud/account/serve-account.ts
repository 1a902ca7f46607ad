import type { Scope } from '../../../core/ports/eks.ts';
import { networkIn } from '../../eks/network.ts';
import type { RoleDescription } from '../../iam/principals/principal.ts';
import { type AwsCall, AwsFault, type ServiceName } from '../../wire/aws-call.ts';
import { parseForm } from '../../wire/form.ts';
import type { HttpRequest, PassThrough } from '../../wire/wire-options.ts';
import type { LocalCloud } from '../local-cloud.ts';

type Resources = ReturnType<typeof networkIn>;
type Input = Readonly<Record<string, string>>;
type Operation = (input: Input, resources: Resources, cloud: LocalCloud, account: string) => object;

/** Refusals follow the APIs' references; the wire writes them in the form of each protocol. */
const OPERATIONS: Readonly<Partial<Record<ServiceName, Readonly<Record<string, Operation>>>>> = {
  iam: {
    GetRole: ({ RoleName = '' }, { roles }) => {
      const role = roles.find(({ arn }) => arn.endsWith(`/${RoleName}`));
      if (role === undefined)
        throw new AwsFault('NoSuchEntity', `The role with name ${RoleName} cannot be found.`, { status: 404 });
      const AssumeRolePolicyDocument = encodeURIComponent(role.trustPolicy);
      return { Role: { RoleName, Arn: role.arn, AssumeRolePolicyDocument } };
    },
    CreateRole: ({ RoleName = '', AssumeRolePolicyDocument = '' }, _, cloud, account) => {
      const arn = `arn:aws:iam::${account}:role/${RoleName}`;
      if (cloud.authority.iam.directory.role(arn) !== undefined)
        throw new AwsFault('EntityAlreadyExists', `Role with name ${RoleName} already exists.`, { status: 409 });
      keepRole(cloud, { arn, trustPolicy: JSON.parse(AssumeRolePolicyDocument) });
      return { Role: { RoleName, Arn: arn } };
    },
    PutRolePolicy: ({ RoleName = '', PolicyName = '', PolicyDocument = '' }, _, cloud, account) => {
      const role = cloud.byHand.roles.get(`arn:aws:iam::${account}:role/${RoleName}`);
      // CloudFormation owns the roles of the stacks.
      if (role === undefined)
        throw new AwsFault('NoSuchEntity', `The role with name ${RoleName} cannot be found.`, { status: 404 });
      const others = role.policies?.filter(({ name }) => name !== PolicyName) ?? [];
      keepRole(cloud, { ...role, policies: [...others, { name: PolicyName, document: JSON.parse(PolicyDocument) }] });
      return {};
    },
  },
  servicequotas: {
    GetServiceQuota: ({ ServiceCode, QuotaCode }, { quotas }) => {
      const quota = quotas.find(({ quotaCode }) => ServiceCode === 'ec2' && quotaCode === QuotaCode);
      if (quota === undefined)
        throw new AwsFault(
          'NoSuchResourceException',
          'The request failed because the specified resource does not exist.',
          { status: 400 },
        );
      const MetricDimensions = { Class: quota.usage, Resource: 'vCPU', Service: 'EC2', Type: 'Resource' };
      const names = { MetricNamespace: 'AWS/Usage', MetricName: 'ResourceCount' };
      const UsageMetric = { ...names, MetricDimensions, MetricStatisticRecommendation: 'Maximum' };
      return { Quota: { ServiceCode, QuotaCode, Value: quota.value, UsageMetric } };
    },
  },
  backup: {
    ListRecoveryPointsByBackupVault: ({ BackupVaultName = '', ByResourceArn = '' }, { recoveryPoints }) => ({
      RecoveryPoints: recoveryPoints(BackupVaultName, ByResourceArn).map(({ resourceArn, status, creationDate }) => ({
        ...{ BackupVaultName, ResourceArn: resourceArn, ResourceType: 'EKS', IsParent: true, Status: status },
        CreationDate: Date.parse(creationDate) / 1000,
      })),
    }),
  },
  kms: {
    DescribeKey: ({ KeyId = '' }, { keys }) => {
      const key = keys.find(({ keyId }) => keyId === KeyId);
      if (key === undefined) throw new AwsFault('NotFoundException', `Key '${KeyId}' does not exist`, { status: 400 });
      return { KeyMetadata: { Arn: KeyId, KeyId: KeyId.split('/').at(-1), KeyState: key.keyState } };
    },
  },
};

function keepRole({ authority, byHand }: LocalCloud, role: RoleDescription): void {
  authority.iam.directory.addRole(role);
  byHand.roles.set(role.arn, role);
  byHand.keep();
}

/** The usage that EC2 publishes to CloudWatch, by the name in the quota. */
export const usageOf = (cloud: LocalCloud, place: Scope, of: string | undefined): number | undefined =>
  networkIn(cloud.eks.state, place).quotas.find(({ usage }) => usage === of)?.used;

/** Only these two parameters are accepted, because AWS would apply others and this server would not. */
const RECOVERY_POINTS = /^\/backup-vaults\/([\w-]{2,50})\/recovery-points\/\?resourceArn=([^&]+)(?:&maxResults=\d+)?$/;

/** The operation and its input, in the SDK's names. */
function readCall(
  service: ServiceName,
  { target, body }: HttpRequest,
  operation = '',
): Pick<AwsCall, 'operation'> & { input: Input } {
  const [, BackupVaultName = '', resourceArn = ''] = RECOVERY_POINTS.exec(target) ?? [];
  if (service === 'backup' && BackupVaultName !== '')
    return {
      operation: 'ListRecoveryPointsByBackupVault',
      input: { BackupVaultName, ByResourceArn: decodeURIComponent(resourceArn) },
    };
  const text = body.toString('utf8');
  const form = service === 'iam' ? [...parseForm(text).parts].map(([name, { value }]) => [name, value]) : undefined;
  return { operation, input: form === undefined ? JSON.parse(text || '{}') : Object.fromEntries(form) };
}

/** A service of the account as far as a scan calls it; the client of its SDK is not loaded. Every other call is answered with 501. */
export const serveAccount =
  (cloud: LocalCloud, service: ServiceName): PassThrough =>
  async (request, { operation: named, ...context }) => {
    const { authority, options, eks } = cloud;
    const { operation, input } = readCall(service, request, named);
    const serve = OPERATIONS[service]?.[operation];
    if (serve === undefined) {
      options.onNote(`${service}:${operation} is not modelled by the local cloud; it was answered with 501.`);
      throw new AwsFault('NotImplemented', `${service} ${operation} is not modelled by this server`, { status: 501 });
    }
    const call: AwsCall = { ...context, service, operation, input };
    const { account } = authority.admit(call) as { account: string };
    const output = serve(input, networkIn(eks.state, { account, region: context.region }), cloud, account);
    const isXml = service === 'iam';
    return {
      status: 200,
      headers: { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' },
      body: isXml ? xmlOf({ [`${operation}Response`]: { [`${operation}Result`]: output } }) : JSON.stringify(output),
    };
  };

const xmlOf = (node: object): string =>
  Object.entries(node)
    .map(([name, value]) => `<${name}>${typeof value === 'object' ? xmlOf(value) : value}</${name}>`)
    .join('');
