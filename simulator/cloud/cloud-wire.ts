import { LocalTables, parseInput } from '../../adapters/dynamodb/local/local-tables.ts';
import { given } from '../../core/model/given.ts';
import { vendedData } from '../eks/vended-metrics.ts';
import { nameOf, type Principal } from '../iam/principals/principal.ts';
import type { AssumeRoleInput } from '../iam/sessions/assume-role-input.ts';
import { FakeKubernetes } from '../kubernetes/fake-kubernetes.ts';
import { createCertificates } from '../kubernetes/server/certificates.ts';
import type { ServedRequest } from '../kubernetes/server/served-request.ts';
import { startKubernetesServer } from '../kubernetes/server/start-kubernetes-server.ts';
import { type AwsCall, AwsFault, type ServiceName } from '../wire/aws-call.ts';
import type { HttpAnswer, HttpRequest, WireOptions } from '../wire/wire-options.ts';
import { type PassedRequest, startWireServer } from '../wire/wire-server.ts';
import { serveAccount, usageOf } from './account/serve-account.ts';
import { servePrometheus } from './account/serve-prometheus.ts';
import { organizationOperations, parameterOperations } from './accounts/account-operations.ts';
import { alarmOperations } from './alarms/alarm-operations.ts';
import { serveEc2 } from './ec2/serve-ec2.ts';
import { clusterTokens } from './eks/cluster-tokens.ts';
import { eksOperations } from './eks/eks-operations.ts';
import { eventOperations } from './events/event-operations.ts';
import type { IamAuthority } from './iam-authority.ts';
import { type CloudWire, type LocalCloud, ORGANIZATION_ID } from './local-cloud.ts';
import { logOperations } from './logs/logs.ts';
import { machineOperations, machinesByHand } from './machines/machine-operations.ts';
import { metricOperations } from './metrics/metric-operations.ts';
import { serveObjects } from './objects/serve-objects.ts';
import type { Operations } from './operation.ts';
import { queueOperations } from './queues/queue-operations.ts';
import { serveLambda } from './receivers/serve-lambda.ts';
import { scheduleOperations } from './schedules/schedules.ts';
import { secretOperations } from './secrets/secrets.ts';
import { tapWrites } from './streams/tap-writes.ts';
import { topicOperations } from './topics/topics.ts';

/** Opens both ports of a cloud: the services of AWS, and the API servers of its clusters. */
export async function startCloudWire(cloud: LocalCloud): Promise<CloudWire> {
  const { time, authority, options, kept, eks } = cloud;
  const now = () => time.clock.now();
  const certificate = await createCertificates();
  const kubernetes = await startKubernetesServer({
    fake: new FakeKubernetes(eks),
    authenticate: clusterTokens(authority, now),
    clock: { now },
    around: (work) => time.hold(work),
    certificate,
    onRequest: (request) => {
      if (mayChange(request)) kept.world.keepEks(eks.state, true);
    },
  });
  const services: CloudServices = {
    eks: eksOperations(eks, kubernetes, () => {
      kept.world.keepEks(eks.state);
      cloud.trail.tell();
    }),
    events: eventOperations(cloud.buses, time.uuid),
    logs: logOperations(cloud.logs),
    monitoring: {
      ...alarmOperations(cloud.alarms),
      ...metricOperations(
        cloud.metrics,
        (place, of) => usageOf(cloud, place, of),
        (place, asked, at) => vendedData(eks.state, place, asked, at.getTime()),
      ),
    },
    organizations: organizationOperations(options.accounts, options.organizationId ?? ORGANIZATION_ID),
    scheduler: scheduleOperations(cloud.schedules, options.start),
    secretsmanager: secretOperations(cloud.secrets),
    sns: topicOperations(cloud.topics),
    sqs: queueOperations(cloud.queues),
    ssm: parameterOperations(new Map([['/cdk-bootstrap/hnb659fds/version', '30']]), cloud.eks),
    states: {
      ...machineOperations(cloud.runner, options.start, (...act) => cloud.trail.tellOfExecution(...act)),
      ...machinesByHand(cloud),
    },
  };
  const tables = new LocalTables(kept.tables);
  let isClosed = false;
  const closeOthers = async (): Promise<void> => {
    isClosed = true;
    await kubernetes.close();
    await tables.close();
  };
  const listen = (port: number | undefined) => startWireServer({ ...given({ port }), ...served });
  const served: Omit<WireOptions, 'port'> = {
    services: {
      ...Object.fromEntries(Object.entries(services).map(([name, operations]) => [name, Object.keys(operations)])),
      sts: STS_OPERATIONS,
    },
    serve: callServer(services, authority, now),
    passThrough: {
      ec2: (request, context) => serveEc2(cloud, request, context),
      aps: servePrometheus(cloud),
      backup: serveAccount(cloud, 'backup'),
      iam: serveAccount(cloud, 'iam'),
      kms: serveAccount(cloud, 'kms'),
      lambda: serveLambda(cloud),
      servicequotas: serveAccount(cloud, 'servicequotas'),
      dynamodb: (request, context) => serveTables(cloud, tables, request, context),
      s3: (request, context) => serveObjects(cloud, request, context),
    },
    other: (request) => cloud.apis.handle(request),
    secretOf: (accessKeyId) => authority.secretOf(accessKeyId),
    around: (work) => time.hold(work),
    onUnmodelled: (service, operation) =>
      options.onNote(`${service}:${operation} is not modelled by the local cloud; it was answered with 501.`),
    onFailure: (error, call) => {
      // After the close nothing waits for an answer.
      if (isClosed) return;
      const where = call === undefined ? '' : ` at ${call.service}:${call.operation}`;
      options.onNote(`The local cloud itself failed${where}: ${error instanceof Error ? error.stack : String(error)}`);
    },
  };
  // If another process has taken the port of an earlier start, a free one is used.
  const again = options.port === undefined ? kept.world.port() : undefined;
  const wire = await listen(again ?? options.port)
    .catch((error: unknown) => (again === undefined ? Promise.reject(error) : listen(undefined)))
    .catch(async (error: unknown) => {
      // When the port is taken, open servers would keep the process running.
      await closeOthers();
      throw error;
    });
  kept.world.keepPort(wire.port);
  const servers = {
    origin: `https://127.0.0.1:${kubernetes.port}`,
    certificateAuthority: certificate.certificateAuthority,
  };
  return {
    origin: wire.origin,
    port: wire.port,
    kubernetesPort: kubernetes.port,
    kubernetes: servers,
    answer: (request) => (request.target.startsWith(servers.origin) ? kubernetes : wire).answer(request),
    close: async () => {
      await wire.close();
      await closeOthers();
    },
  };
}

/** Whether an API server may have changed its cluster. Reviews are only posted to be answered; what broke off may have been done. */
const mayChange = ({ method, path, status = 200 }: ServedRequest): boolean =>
  method !== 'GET' && method !== 'HEAD' && status < 300 && !path.endsWith('reviews');

/** DynamoDB parses its requests itself; this code reads their permissions, which must be decided first. */
async function serveTables(
  cloud: LocalCloud,
  tables: LocalTables,
  request: HttpRequest,
  { operation = '', ...context }: PassedRequest,
): Promise<HttpAnswer> {
  const input = parseInput(request.body.toString('utf8'));
  // DynamoDB's own answer tells what is wrong with the request.
  const call: AwsCall = { service: 'dynamodb', operation, input: input ?? {}, ...context };
  const principal = operation === 'CreateTable' ? setUp(cloud, call) : cloud.authority.admit(call);
  noteIndex(cloud, call, principal);
  const tell = await tapWrites(cloud.streams, tables, operation, input);
  const { status, text } = await tables.answerText(operation, input);
  if (operation === 'TransactWriteItems' && status === 200) cloud.auditOrder.note(call.input);
  if (status === 200) await tell(cloud.clock.now().getTime());
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': context.requestId };
  return { status, headers, body: text };
}

/** CloudFormation creates tables as the hub's administrator. Liftlock never does, so every other caller is refused. */
function setUp({ authority, hub }: LocalCloud, { signer }: AwsCall): Principal {
  const principal = authority.principalOf(signer);
  if (principal.kind === 'user' && principal.account === hub.account) return principal;
  throw new AwsFault('AccessDeniedException', `${nameOf(principal)} may not create tables`, { status: 400 });
}

/** Records the use of an index. An index that no run queries any more shows lost wiring. */
function noteIndex({ wiring, options }: LocalCloud, { input, region }: AwsCall, principal: Principal): void {
  const { TableName, IndexName } = input as { TableName?: string; IndexName?: string };
  if (IndexName === undefined || principal.kind !== 'assumed-role') return;
  const table = `arn:aws:dynamodb:${region}:${options.stacks[0]?.account}:table/${TableName}`;
  wiring.record(`Role ${principal.roleArn.split('/').at(-1)}`, `${wiring.nameOf(table)} index ${IndexName}`);
}

/** Every service that answers over the wire, without DynamoDB, which parses its requests itself. */
type CloudServices = Readonly<Partial<Record<ServiceName, Operations>>>;

/** Operations of STS, which are about the caller. */
const STS_OPERATIONS = ['AssumeRole', 'GetCallerIdentity'] as const;

/** Serves a parsed call: it finds the caller, checks the permission, and calls the service. */
function callServer(
  services: CloudServices,
  authority: IamAuthority,
  now: () => Date,
): (call: AwsCall) => Promise<object> {
  return async (call) => {
    const principal = authority.admit(call);
    if (call.service === 'sts') return serveSts(call, principal, authority);
    const operation = services[call.service]?.[call.operation];
    if (operation === undefined) throw new Error(`${call.service}:${call.operation} is listed and not there`);
    const { account, arn: principalArn } = principal as { account: string; arn: string };
    return operation(call.input as never, { account, region: call.region, now: now(), principalArn, call });
  };
}

function serveSts(call: AwsCall, principal: Principal, authority: IamAuthority): object {
  if (call.operation === 'GetCallerIdentity') {
    const {
      account: Account,
      arn: Arn,
      userId: UserId,
    } = principal as { account: string; arn: string; userId: string };
    return { Account, Arn, UserId };
  }
  const assumed = authority.assumeRole(call.input as AssumeRoleInput, principal, call.region);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = assumed.credentials;
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    },
    AssumedRoleUser: { AssumedRoleId: assumed.assumedRoleUser.assumedRoleId, Arn: assumed.assumedRoleUser.arn },
    ...(assumed.packedPolicySize === undefined ? {} : { PackedPolicySize: assumed.packedPolicySize }),
  };
}
