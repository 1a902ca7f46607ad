import { countingEnvironment, simulate, simulationStart } from '../../../test/material/asl/simulation.ts';
import { load } from '../definition/load.ts';
import { maximumDataBytes } from '../json/data-limit.ts';
import { createInterpreter } from './interpreter.ts';

describe('the limits of an execution', () => {
  it('fail it with its 25,000th event', async () => {
    const machine = load({
      QueryLanguage: 'JSONata',
      StartAt: 'Loop',
      States: {
        Loop: { Type: 'Choice', Choices: [{ Condition: false, Next: 'End' }], Default: 'Loop' },
        End: { Type: 'Succeed' },
      },
    });
    const stateMachineArn = 'arn:aws:states:eu-west-1:111111111111:stateMachine:m';
    const start = { arn: 'arn', name: 'run', stateMachineArn, stateMachineName: 'm', input: {} };
    const { execution, effects } = await createInterpreter(countingEnvironment()).start(
      machine,
      start,
      simulationStart,
    );
    expect(execution.history).toHaveLength(25_000);
    expect(execution.history.at(-1)).toMatchObject({ type: 'ExecutionFailed', id: 25_000 });
    expect(effects).toEqual([
      {
        type: 'ended',
        status: 'FAILED',
        error: 'States.Runtime',
        cause: 'The execution reached the maximum number of history events (25000).',
      },
    ]);
  });

  it('fail a state whose output is larger than 256 KiB', async () => {
    const { execution } = await simulate({
      A: { Type: 'Pass', Output: `{% $pad('', ${maximumDataBytes}, 'x') %}`, End: true },
    });
    expect(execution.error).toBe('States.DataLimitExceeded');
  });

  it('end it as timed out after TimeoutSeconds of the machine', async () => {
    const machine = load({
      QueryLanguage: 'JSONata',
      TimeoutSeconds: 30,
      StartAt: 'W',
      States: { W: { Type: 'Wait', Seconds: 31, End: true } },
    });
    const interpreter = createInterpreter(countingEnvironment());
    const start = { arn: 'arn', name: 'run', stateMachineArn: 'machine', stateMachineName: 'm', input: {} };
    const { execution, effects } = await interpreter.start(machine, start, simulationStart);
    const timers = effects.flatMap((effect) => (effect.type === 'setTimer' ? [effect] : []));
    expect(timers.map(({ at }) => at)).toEqual(['2026-01-01T00:00:30.000Z', '2026-01-01T00:00:31.000Z']);
    const later = new Date(simulationStart.getTime() + 30_000);
    const { effects: last } = await interpreter.advance(
      machine,
      execution,
      { type: 'timerFired', timerId: timers[0]?.timerId ?? '' },
      later,
    );
    expect(execution).toMatchObject({ status: 'TIMED_OUT', stopDate: later.toISOString(), strands: {}, timers: {} });
    expect(last).toEqual([
      { type: 'cancelTimer', timerId: timers[1]?.timerId },
      { type: 'ended', status: 'TIMED_OUT' },
    ]);
  });
});
