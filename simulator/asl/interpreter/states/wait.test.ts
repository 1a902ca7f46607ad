import { simulate } from '../../../../test/material/asl/simulation.ts';

describe('a Wait state', () => {
  it.each([
    [{ Seconds: 90 }, 90],
    [{ Seconds: '{% $states.input.n * 2 %}' }, 14],
    [{ Timestamp: '2026-01-01T00:01:00Z' }, 60],
    [{ Timestamp: '{% $states.input.until %}' }, 3_600],
    [{ Timestamp: '2016-01-01T00:00:00Z' }, 0],
  ])('%j takes %d seconds', async (wait, seconds) => {
    const run = await simulate(
      { W: { Type: 'Wait', ...wait, End: true } },
      { n: 7, until: '2026-01-01T02:00:00+01:00' },
    );
    expect(run).toMatchObject({ seconds, execution: { status: 'SUCCEEDED' } });
  });

  it.each([-1, 1.5])('fails for %d seconds', async (n) => {
    const { execution } = await simulate({ W: { Type: 'Wait', Seconds: '{% $states.input %}', End: true } }, n);
    expect(execution.error).toBe('States.QueryEvaluationError');
  });

  it('tells what time it is when it is over', async () => {
    const { output } = await simulate({
      W: { Type: 'Wait', Seconds: 5, Output: '{% $states.context.State.EnteredTime & " to " & $now() %}', End: true },
    });
    expect(output).toBe('2026-01-01T00:00:00.000Z to 2026-01-01T00:00:05.000Z');
  });
});
