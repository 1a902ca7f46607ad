import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createExecutions } from '../../adapters/aws/executions.ts';
import { Runner } from '../../simulator/asl/runner/runner.ts';
import { ServiceError } from '../../simulator/asl/runner/service-error.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import { createInMemoryExecutions } from '../../simulator/process/world.ts';
import type { ExecutionsUnderTest } from './executions-contract.ts';

const WAITING = {
  QueryLanguage: 'JSONata',
  StartAt: 'Wait',
  States: {
    Wait: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Arguments: { QueueUrl: 'q', MessageBody: '{% $states.context.Task.Token %}' },
      Output: {},
      End: true,
    },
  },
};
const FAILING = {
  QueryLanguage: 'JSONata',
  StartAt: 'Fail',
  States: { Fail: { Type: 'Fail', Error: 'Blocked', Cause: 'an insight says no' } },
};

function host() {
  const clock = new VirtualClock({ start: new Date('2026-11-20T08:00:00Z') });
  const tokens = new Map<string, string>();
  const runner = new Runner({
    timers: clock,
    track: (work) => clock.track(work),
    environment: { random: () => 0.5, uuid: () => `token-${tokens.size + 1}` },
    invokeTask: async (task, { execution }) => {
      tokens.set(execution.name, task.taskToken ?? '');
      return {};
    },
  });
  runner.machines.create({
    arn: `${MACHINE_ARN_PREFIX}smoke-check`,
    name: 'liftlock-smoke-check',
    definition: WAITING,
  });
  runner.machines.create({
    arn: `${MACHINE_ARN_PREFIX}scan-cluster`,
    name: 'liftlock-scan-cluster',
    definition: FAILING,
  });
  return {
    runner,
    settle: () => clock.runUntilIdle(),
    end: (name: string) => runner.sendTaskSuccess({ taskToken: tokens.get(name) ?? '', output: '{}' }),
  };
}

export async function memoryExecutions(): Promise<ExecutionsUnderTest> {
  const { runner, settle, end } = host();
  return { executions: createInMemoryExecutions(runner), settle, end, close: async () => {} };
}

/** The real client of Step Functions, over HTTP, against the interpreter: AWS JSON 1.0, as far as two operations need it. */
export async function httpExecutions(): Promise<ExecutionsUnderTest> {
  const { runner, settle, end } = host();
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const operation = String(request.headers['x-amz-target']).split('.')[1];
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      try {
        response.end(JSON.stringify(await answer(runner, operation, JSON.parse(body))));
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        response.statusCode = 400;
        response.end(JSON.stringify({ __type: `com.amazonaws.sfn#${error.name}`, message: error.message }));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  return {
    executions: createExecutions({ machineArnPrefix: MACHINE_ARN_PREFIX, client }),
    settle,
    end,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(runner: Runner, operation: string | undefined, input: Record<string, string>): Promise<object> {
  if (operation === 'StartExecution') {
    const { stateMachineArn: machineArn = '', name = '', input: json = '{}' } = input;
    const { executionArn, startDate } = await runner.startExecution({ machineArn, name, input: json });
    return { executionArn, startDate: startDate.getTime() / 1000 };
  }
  if (operation !== 'DescribeExecution') throw new Error(`${String(operation)} is not answered here`);
  const { startDate, stopDate, ...rest } = runner.describeExecution(input.executionArn ?? '');
  return {
    ...rest,
    startDate: startDate.getTime() / 1000,
    ...(stopDate === undefined ? {} : { stopDate: stopDate.getTime() / 1000 }),
  };
}
