import { machineArnOf, simulation } from '../../../test/material/asl/simulation.ts';
import { Logs } from '../logs/logs.ts';
import { ExecutionLogs } from './execution-logs.ts';

const place = { account: '111111111111', region: 'eu-west-1' };
const group = 'arn:aws:logs:eu-west-1:111111111111:log-group:/aws/vendedlogs/states/m';
const machine = machineArnOf('m');

/** The log after an execution of this name has passed one state. */
async function logged(name: string, IncludeExecutionData: boolean, Level = 'ALL', isRedriven = false) {
  const logs = new Logs();
  logs.addGroup(`${group}:*`);
  const { clock, runner } = simulation(async () => ({}), { onStep: (record) => executionLogs.write(record) });
  const executionLogs = new ExecutionLogs(logs, clock.now());
  executionLogs.configure(machine, {
    Level,
    IncludeExecutionData,
    Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: `${group}:*` } }],
  });
  const States = { Wait: { Type: 'Wait', Seconds: 1, Next: 'Pass' }, Pass: { Type: 'Pass', End: true } };
  runner.machines.create({
    arn: machine,
    name: 'm',
    definition: { QueryLanguage: 'JSONata', StartAt: 'Wait', States },
  });
  const { executionArn } = await runner.startExecution({ machineArn: machine, name, input: '{"secret":1}' });
  if (isRedriven) {
    await runner.stopExecution({ executionArn });
    await runner.redriveExecution({ executionArn });
  }
  await clock.runUntilIdle();
  const streams = logs.streams('/aws/vendedlogs/states/m', place);
  return [...streams].flatMap(([stream, events]) => events.map(({ message }) => ({ stream, ...JSON.parse(message) })));
}

describe('the log of an execution', () => {
  it('has every event once, in the words of CloudWatch Logs', async () => {
    const events = await logged('run_1-a', true);
    expect(events.map(({ id, type }) => `${id} ${type}`)).toEqual([
      '1 ExecutionStarted',
      '2 WaitStateEntered',
      '3 WaitStateExited',
      '4 PassStateEntered',
      '5 PassStateExited',
      '6 ExecutionSucceeded',
    ]);
    expect(events[2]).toEqual({
      stream: 'states/m',
      id: '3',
      type: 'WaitStateExited',
      details: { name: 'Wait', output: '{"secret":1}', outputDetails: { truncated: false } },
      previous_event_id: '2',
      event_timestamp: String(Date.parse('2026-01-01T00:00:01Z')),
      execution_arn: `${machine.replace(':stateMachine:', ':execution:')}:run_1-a`,
      redrive_count: '0',
    });
  });

  it('goes on where it was after a redrive, and counts redrives', async () => {
    const events = await logged('run', true, 'ALL', true);
    expect(events.map(({ id, type, redrive_count }) => `${id} ${type} ${redrive_count}`)).toEqual([
      '1 ExecutionStarted 0',
      '2 WaitStateEntered 0',
      '3 ExecutionAborted 0',
      '4 ExecutionRedriven 1',
      '5 WaitStateExited 1',
      '6 PassStateEntered 1',
      '7 PassStateExited 1',
      '8 ExecutionSucceeded 1',
    ]);
  });

  it('has no data where the machine keeps them out', async () => {
    expect(JSON.stringify(await logged('run', false))).not.toContain('secret');
    expect((await logged('run', false))[2]?.details).toEqual({ name: 'Wait' });
  });

  it.each(['upgrade.scan-cluster.cluster.0', 'über', 'a=b'])(
    'is not there for %s, as AWS says of such names',
    async (name) => {
      expect(await logged(name, true)).toEqual([]);
    },
  );

  it('is not there where logging is off, and refused for levels that are not modelled', async () => {
    expect(await logged('run', true, 'OFF')).toEqual([]);
    await expect(logged('run', true, 'ERROR')).rejects.toThrow('level ALL or OFF');
  });
});
