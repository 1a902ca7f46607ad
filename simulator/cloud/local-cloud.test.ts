import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, DescribeLimitsCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clusterToken } from '../../adapters/kubernetes/cluster-token.ts';
import { testWorld } from '../../test/material/eks/world.ts';
import { addCluster } from '../eks/add-cluster.ts';
import { localAdministrator } from '../iam/principals/local-administrator.ts';
import type { CloudOptions } from './cloud-options.ts';
import { installLocalCloud } from './install-local-cloud.ts';
import type { LocalCloud } from './local-cloud.ts';
import type { Template } from './template/assembly.ts';

const HUB = '000000000000';
const SPOKE = '222222222222';
const REGION = 'eu-west-1';
const START = new Date('2031-05-06T07:08:09.000Z');

const table = (name: string) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
});
const anyTable = { Action: 'dynamodb:*', Resource: '*' };
const role = (name: string, Principal: object, allowed: { Action: string; Resource: string } = anyTable) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: name,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'Own',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', ...allowed }],
        },
      },
    ],
  },
});
const HUB_STACK: Template = {
  Resources: {
    Table: table('items'),
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
    Role: role('worker', { AWS: `arn:aws:iam::${HUB}:root` }),
  },
};

let notes: string[];
let clouds: LocalCloud[];
beforeEach(() => {
  [notes, clouds] = [[], []];
});
afterEach(async () => {
  for (const cloud of clouds) await cloud.close();
});

async function start(templates: Record<string, Template>, options: Partial<CloudOptions> = {}): Promise<LocalCloud> {
  const cloud = await installLocalCloud({
    assembly: { folder: '/none', templates: new Map(Object.entries(templates)), assets: new Map() },
    stacks: [
      { stack: 'Hub', account: HUB, region: REGION, parameters: {} },
      { stack: 'Spoke', account: SPOKE, region: REGION, parameters: {} },
    ],
    eksState: testWorld(() => {}).state,
    start: START,
    seed: 1,
    accounts: [SPOKE],
    onNote: (note) => notes.push(note),
    ...options,
  });
  clouds.push(cloud);
  return cloud;
}
const EMPTY: Template = { Resources: {} };
const client = (cloud: LocalCloud, account = HUB, more = {}) => {
  const { accessKeyId, secretAccessKey } = localAdministrator(account);
  return {
    endpoint: cloud.wire.origin,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    ...more,
  };
};
const CREATE = {
  TableName: 'other',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
  BillingMode: 'PAY_PER_REQUEST' as const,
};

describe('the installed cloud decides who may what', () => {
  let cloud: LocalCloud;
  beforeEach(async () => {
    cloud = await start({ Hub: HUB_STACK, Spoke: EMPTY });
  });

  it('knows its callers', async () => {
    const identity = (more = {}) => new STSClient(client(cloud, HUB, more)).send(new GetCallerIdentityCommand({}));
    expect(await identity()).toMatchObject({ Account: HUB, Arn: `arn:aws:iam::${HUB}:user/local-administrator` });
    await expect(identity({ credentials: { accessKeyId: 'AKIDNOBODY', secretAccessKey: 'x' } })).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    const { accessKeyId } = localAdministrator(HUB);
    await expect(identity({ credentials: { accessKeyId, secretAccessKey: 'wrong' } })).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
  });

  it("lets nobody but the hub's administrator make tables", async () => {
    const create = (options: object) => new DynamoDBClient(options).send(new CreateTableCommand(CREATE));
    await expect(create(client(cloud, SPOKE))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('may not create tables'),
    });
    const sts = new STSClient(client(cloud));
    const RoleArn = `arn:aws:iam::${HUB}:role/worker`;
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    await expect(create(client(cloud, HUB, { credentials }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(create(client(cloud))).resolves.toBeDefined();
  });

  it('refuses an operation that no row describes, even to who may everything', async () => {
    await expect(new DynamoDBClient(client(cloud)).send(new DescribeLimitsCommand({}))).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('refuses what one account asks of another', async () => {
    const put = (account: string) =>
      new DynamoDBClient(client(cloud, account)).send(
        new PutItemCommand({ TableName: `arn:aws:dynamodb:${REGION}:${HUB}:table/items`, Item: { id: { S: 'a' } } }),
      );
    await expect(put(SPOKE)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('says what it does not model, and shows each account its own', async () => {
    await expect(new SQSClient(client(cloud)).send(new CreateQueueCommand({ QueueName: 'x' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
    expect(notes).toEqual(['sqs:CreateQueue is not modelled by the local cloud; it was answered with 501.']);
    const queues = async (account: string) =>
      (await new SQSClient(client(cloud, account)).send(new ListQueuesCommand({}))).QueueUrls;
    expect(await queues(HUB)).toEqual([`${cloud.wire.origin}/${HUB}/work`]);
    expect(await queues(SPOKE)).toBeUndefined();
  });
});

it('starts nothing for a template that it does not understand, and leaves nothing open', async () => {
  const odd = { Resources: { ...HUB_STACK.Resources, Odd: { Type: 'AWS::RDS::DBInstance' } } };
  await expect(start({ Hub: odd, Spoke: EMPTY })).rejects.toThrow(
    'Hub/Odd: the type AWS::RDS::DBInstance is not understood',
  );
  await expect(start({ Hub: HUB_STACK })).rejects.toThrow('The assembly /none holds no stack Spoke.');
});

it('leaves nothing open where its port is taken', async () => {
  const first = await start({ Hub: EMPTY, Spoke: EMPTY });
  const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  const before = servers();
  await expect(start({ Hub: EMPTY, Spoke: EMPTY }, { port: first.wire.port })).rejects.toThrow(/is taken/);
  for (let waits = 0; servers() > before && waits < 50; waits++) await new Promise((next) => setTimeout(next, 10));
  expect(servers()).toBe(before);
});

it('goes on from what was kept, and from nothing that was not complete', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'liftlock-cloud-test-'));
  const arn = `arn:aws:sqs:${REGION}:${HUB}:work`;
  const open = () => start({ Hub: HUB_STACK, Spoke: EMPTY }, { stateFolder });
  const first = await open();
  first.queues.find(arn)?.send('lost', 'sender');
  await first.close();
  const second = await open();
  expect([second.kept.isContinued, second.queues.find(arn)?.messages]).toEqual([false, []]);
  second.kept.complete('');
  second.queues.find(arn)?.send('kept', 'sender');
  await second.clock.runUntil(new Date(START.getTime() + 60_000));
  second.time.show();
  const { state } = second.eks;
  Object.assign(state, { launchTemplateKubelets: { kept: '1.36' }, vcpuQuotas: { standard: 1 } });
  second.kept.world.keepEks(state);
  await second.close();
  const folder = { ...state, launchTemplateKubelets: {}, vcpuQuotas: { standard: 9 } };
  const third = await start({ Hub: HUB_STACK, Spoke: EMPTY }, { stateFolder, eksState: folder });
  // State that no call of EKS changes comes from the present folder.
  expect(third.eks.state).toMatchObject({ launchTemplateKubelets: { kept: '1.36' }, vcpuQuotas: { standard: 9 } });
  expect(third.queues.find(arn)?.messages.map(({ body }) => body)).toEqual(['kept']);
  expect(third.clock.now()).toEqual(new Date(START.getTime() + 60_000));
  await expect(open()).rejects.toThrow('Another local cloud uses it');
  // A shell with the export lines continues with them, unless another process listens there by now.
  expect(third.wire.port).toBe(second.wire.port);
  await third.close();
  const other = await start({ Hub: EMPTY, Spoke: EMPTY }, { port: second.wire.port });
  const fourth = await open();
  expect(fourth.wire.port).not.toBe(second.wire.port);
  await fourth.close();
  await other.close();
  rmSync(stateFolder, { recursive: true, force: true });
});

it('keeps what an API server was told when it has answered, though nothing else changes', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'liftlock-cloud-test-'));
  const open = () => {
    const { state } = testWorld((world) => addCluster(world, { name: 'shop', version: '1.36', account: HUB }));
    return start({ Hub: HUB_STACK, Spoke: EMPTY }, { stateFolder, eksState: state });
  };
  const first = await open();
  first.kept.complete('');
  const asked = async (cloud: LocalCloud, method: string, path: string, told?: object) => {
    const cluster = { region: 'eu-central-1', clusterName: 'shop' };
    const token = await clusterToken(cluster, localAdministrator(HUB), cloud.clock.now());
    const target = `${cloud.wire.kubernetes.origin}/clusters/${HUB}/eu-central-1/shop${path}`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return (await cloud.wire.answer({ method, target, headers, body: Buffer.from(JSON.stringify(told) ?? '') })).status;
  };
  const told = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } };
  expect(await asked(first, 'POST', '/api/v1/namespaces', told)).toBe(201);
  await first.close();
  const second = await open();
  expect(await asked(second, 'GET', '/api/v1/namespaces/web')).toBe(200);
  await second.close();
  rmSync(stateFolder, { recursive: true, force: true });
});

it('evaluates alarms over what its own services count, when somebody asks', async () => {
  const alarm = (AlarmName: string, metric: object) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      Statistic: 'Maximum',
      Period: 300,
      ...metric,
    },
  });
  const machineArn = `arn:aws:states:${REGION}:${HUB}:stateMachine:failing`;
  const Resources = {
    ...HUB_STACK.Resources,
    Runner: role('runner', { Service: 'states.amazonaws.com' }),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'failing',
        RoleArn: `arn:aws:iam::${HUB}:role/runner`,
        DefinitionString: JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'No',
          States: { No: { Type: 'Fail', Error: 'No' } },
        }),
      },
    },
    Depth: alarm('depth', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'work' }],
    }),
    Failed: alarm('failed', {
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsFailed',
      Dimensions: [{ Name: 'StateMachineArn', Value: machineArn }],
    }),
    Any: {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      Properties: {
        AlarmName: 'any',
        AlarmRule: `(ALARM("arn:aws:cloudwatch:${REGION}:${HUB}:alarm:depth") OR ALARM("arn:aws:cloudwatch:${REGION}:${HUB}:alarm:failed"))`,
      },
    },
  };
  const cloud = await start({ Hub: { Resources }, Spoke: EMPTY });
  const ringing = async (): Promise<(string | undefined)[]> => {
    const asked = new DescribeAlarmsCommand({ StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
    const { MetricAlarms = [], CompositeAlarms = [] } = await new CloudWatchClient(client(cloud)).send(asked);
    return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName);
  };
  const goOn = (minutes: number) => cloud.clock.runUntil(new Date(cloud.clock.now().getTime() + minutes * 60_000));
  expect(await ringing()).toEqual([]);
  await new SFNClient(client(cloud)).send(new StartExecutionCommand({ stateMachineArn: machineArn, input: '{}' }));
  await goOn(2);
  expect(await ringing()).toEqual(['failed', 'any']);
  await goOn(10);
  expect(await ringing()).toEqual([]);
  const queue = cloud.queues.find(`arn:aws:sqs:${REGION}:${HUB}:work`);
  queue?.send('left', 'sender');
  await goOn(10);
  expect(await ringing()).toEqual(['depth', 'any']);
  queue?.purge();
  await goOn(10);
  expect(await ringing()).toEqual([]);
});

describe('a failed execution is redriven', () => {
  const place = `arn:aws:states:${REGION}:${HUB}`;
  const allowed = (Action: string, Resource: string) => ({ Action, Resource: `${place}:${Resource}` });

  it.each([
    ['by who may do so to the execution', allowed('states:RedriveExecution', 'execution:failing:*'), 1],
    ['by nobody who may do so to the machine', allowed('states:RedriveExecution', 'stateMachine:failing'), 0],
    ['by nobody who may stop the execution', allowed('states:StopExecution', 'execution:failing:*'), 0],
  ])('%s', async (_, may, redriveCount) => {
    const definition = { QueryLanguage: 'JSONata', StartAt: 'No', States: { No: { Type: 'Fail', Error: 'No' } } };
    const Machine = {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'failing',
        RoleArn: `arn:aws:iam::${HUB}:role/runner`,
        DefinitionString: JSON.stringify(definition),
      },
    };
    const Runner = role('runner', { Service: 'states.amazonaws.com' });
    const Role = role('worker', { AWS: `arn:aws:iam::${HUB}:root` }, may);
    const cloud = await start({ Hub: { Resources: { Role, Runner, Machine } }, Spoke: EMPTY });
    const administrator = new SFNClient(client(cloud));
    const begin = new StartExecutionCommand({ stateMachineArn: `${place}:stateMachine:failing`, name: 'run' });
    const { executionArn = '' } = await administrator.send(begin);
    const session = { RoleArn: `arn:aws:iam::${HUB}:role/worker`, RoleSessionName: 'test' };
    const { Credentials } = await new STSClient(client(cloud)).send(new AssumeRoleCommand(session));
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const redriving = new SFNClient(client(cloud, HUB, { credentials })).send(
      new RedriveExecutionCommand({ executionArn }),
    );
    const refused = await redriving.then(
      () => undefined,
      (error: Error) => error.name,
    );
    expect(refused).toBe(redriveCount === 1 ? undefined : 'AccessDeniedException');
    const described = await administrator.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: 'FAILED', redriveCount });
  });
});
