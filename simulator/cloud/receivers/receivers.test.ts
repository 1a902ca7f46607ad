import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStateMachineCommand, SFNClient, TagResourceCommand } from '@aws-sdk/client-sfn';
import { createAwsReceivers } from '../../../adapters/aws/aws-receivers.ts';
import { hookExecutionName } from '../../../core/contracts/hook.ts';
import { QUESTION } from '../../../test/contract/hooks-contract.ts';
import { makeFunction, makeMachine, makeRole, signedRequest } from '../../../test/material/cloud/hook-receivers.ts';
import { testWorld } from '../../../test/material/eks/world.ts';
import { localAdministrator } from '../../iam/principals/local-administrator.ts';
import { installLocalCloud } from '../install-local-cloud.ts';
import type { LocalCloud } from '../local-cloud.ts';
import type { Template } from '../template/assembly.ts';

const HUB = '000000000000';
const REGION = 'eu-west-1';
const ASKER = `arn:aws:iam::${HUB}:role/asker`;
const opened = { StringEquals: { 'aws:ResourceTag/liftlock:hook': 'allowed' } };
const statement = (Action: string[], Resource: string, Condition?: object) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition && { Condition }),
});
/** The permissions of the templates for hooks (infra/permissions/function-statements.ts). */
const Statement = [
  statement(['lambda:InvokeFunction'], `arn:aws:lambda:*:${HUB}:function:*`, opened),
  statement(['states:DescribeStateMachine', 'states:StartExecution'], `arn:aws:states:*:${HUB}:stateMachine:*`, opened),
  statement(['states:DescribeExecution'], `arn:aws:states:*:${HUB}:execution:*:liftlock-hook-*`),
];
const STACK: Template = {
  Resources: {
    Asker: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'asker',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [{ PolicyName: 'Own', PolicyDocument: { Version: '2012-10-17', Statement } }],
      },
    },
  },
};
const go = { schema: 'liftlock.hook/v1', answer: 'go' };
const MODULE = `export const handler = async ({ hook }) => ({ schema: 'liftlock.hook/v1', answer: 'go', message: hook });`;

let cloud: LocalCloud;
let stateFolder: string;
let notes: string[];
beforeEach(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), 'liftlock-receivers-'));
  notes = [];
  cloud = await open();
});
afterEach(async () => {
  await cloud.close();
  // The code of functions that were created by hand is kept with the state only.
  expect(cloud.byHand.folders.filter((folder) => existsSync(folder))).toEqual([]);
  rmSync(stateFolder, { recursive: true });
});

const open = () =>
  installLocalCloud({
    assembly: { folder: '/none', templates: new Map([['Hub', STACK]]), assets: new Map() },
    stacks: [{ stack: 'Hub', account: HUB, region: REGION, parameters: {} }],
    ...{ eksState: testWorld(() => {}).state, start: new Date('2031-05-06T07:08:09.000Z'), seed: 1, stateFolder },
    ...{ accounts: [], functionsHere: true, onNote: (note) => notes.push(note) },
  });
const place = (region = REGION) => ({ cloud, account: HUB, region });

/** The product's own adapter, in the role of a function. */
function asker() {
  const source = { service: 'lambda.amazonaws.com', sourceArn: 'arn:asker', sourceAccount: HUB };
  const { credentials } = cloud.authority.functionSession(ASKER, 'asker', source);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return createAwsReceivers({
    sessions: { forAccount: async () => ({ accessKeyId, secretAccessKey, sessionToken }) },
    ...{ clock: cloud.clock, sleep: async () => {}, endpointOf: () => cloud.wire.origin },
  });
}
const later = (seconds: number) => cloud.clock.runUntil(new Date(cloud.clock.now().getTime() + seconds * 1000));

function stepFunctions(): SFNClient {
  const { accessKeyId, secretAccessKey } = localAdministrator(HUB);
  const own = { endpoint: cloud.wire.origin, region: REGION, credentials: { accessKeyId, secretAccessKey } };
  return new SFNClient(own);
}

it('invokes a function of somebody, in any Region, once it has the tag', async () => {
  const role = await makeRole(place(), 'ticket');
  const arn = await makeFunction(place('us-east-1'), role, 'ticket', MODULE, {});
  const { answer, message } = await asker().askFunction(arn, QUESTION);
  expect([answer, message]).toEqual(['none', expect.stringContaining(`give ${arn} the tag liftlock:hook=allowed`)]);
  const tags = JSON.stringify({ Tags: { 'liftlock:hook': 'allowed' } });
  await signedRequest(place('us-east-1'), 'lambda', `/2017-03-31/tags/${encodeURIComponent(arn)}`, tags);
  expect(await asker().askFunction(arn, QUESTION)).toEqual({ answer: 'go', message: 'ticket' });
  expect(notes).toEqual([]);
});

it('starts a machine once, and one without the tag not at all', async () => {
  const role = await makeRole(place(), 'board');
  const arn = await makeMachine(place(), role, 'board', go, {});
  const denied = await asker().askMachine(arn, QUESTION);
  expect(denied).toEqual({ answer: 'none', message: expect.stringContaining(`give ${arn} the tag`) });
  const client = stepFunctions();
  await client.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'liftlock:hook', value: 'allowed' }] }));
  const running = { answer: 'wait', message: `the execution ${hookExecutionName(QUESTION)} is running` };
  expect(await asker().askMachine(arn, QUESTION)).toEqual(running);
  expect(await asker().askMachine(arn, QUESTION)).toEqual(running);
  await later(61);
  expect(await asker().askMachine(arn, QUESTION)).toEqual({ answer: 'go', message: '' });
  expect(cloud.runner.listExecutions({ machineArn: arn }).executions).toHaveLength(1);
  client.destroy();
});

it('refuses by name a machine that it cannot run: one in JSONPath', async () => {
  const roleArn = await makeRole(place(), 'board');
  const definition = JSON.stringify({ StartAt: 'Go', States: { Go: { Type: 'Pass', End: true } } });
  const client = stepFunctions();
  await expect(
    client.send(new CreateStateMachineCommand({ name: 'board', roleArn, definition })),
  ).rejects.toMatchObject({
    name: 'NotImplemented',
    message: 'JSONPath query language is not supported at /States/Go',
    $metadata: { httpStatusCode: 501, attempts: 1 },
  });
  client.destroy();
});

it('gives functions, their roles and tags back after a restart, and machines too', async () => {
  const role = await makeRole(place(), 'ticket');
  const lambda = await makeFunction(place(), role, 'ticket', MODULE);
  const machine = await makeMachine(place(), role, 'board', go);
  cloud.kept.complete('');
  await cloud.close();
  cloud = await open();
  expect(await asker().askFunction(lambda, QUESTION)).toEqual({ answer: 'go', message: 'ticket' });
  expect(await asker().askMachine(machine, QUESTION)).toMatchObject({ answer: 'wait' });
});

describe('refuses as Lambda does', () => {
  const made = async (more: { role?: string; module?: string } = {}) =>
    makeFunction(place(), more.role ?? (await makeRole(place(), 'ticket')), 'ticket', more.module ?? MODULE);
  const invoke = (name: string, body: string, more = {}) =>
    signedRequest(place(), 'lambda', `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, body, more);

  it('a role that it cannot assume, and a second function of one name', async () => {
    await expect(made({ role: ASKER.replace('asker', 'nobody') })).rejects.toThrow(
      /400 InvalidParameterValueException .*cannot be assumed/,
    );
    const role = await makeRole(place(), 'ticket');
    await made({ role });
    await expect(made({ role })).rejects.toThrow(/409 ResourceConflictException/);
  });

  it('what is no zip, no JSON, not there, or in another Region', async () => {
    const Role = await makeRole(place(), 'ticket');
    const input = {
      FunctionName: 'x',
      Role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: 'eA==' },
    };
    const create = signedRequest(place(), 'lambda', '/2015-03-31/functions', JSON.stringify(input));
    await expect(create).rejects.toThrow(/400 InvalidParameterValueException .*Could not unzip/);
    await made({ role: Role });
    await expect(invoke('ticket', '{')).rejects.toThrow(/400 InvalidRequestContentException/);
    await expect(invoke('other', '{}')).rejects.toThrow(/404 ResourceNotFoundException/);
    await expect(invoke(`arn:aws:lambda:us-east-1:${HUB}:function:ticket`, '{}')).rejects.toThrow(/404/);
  });

  it('an invocation that nobody waits for is not modelled, and is told', async () => {
    await made();
    await expect(invoke('ticket', '{}', { 'x-amz-invocation-type': 'Event' })).rejects.toThrow(/501/);
    expect(notes).toEqual([expect.stringContaining('is not modelled by the local cloud')]);
  });

  it('an error of the function comes with status 200 and a header', async () => {
    await made({ module: "export const handler = async () => { throw new Error('no board today'); };" });
    const { text, headers } = await invoke('ticket', '{}');
    expect([headers.get('x-amz-function-error'), JSON.parse(text)]).toEqual([
      'Unhandled',
      expect.objectContaining({ errorMessage: 'no board today' }),
    ]);
  });
});
