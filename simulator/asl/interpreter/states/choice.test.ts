import { simulate } from '../../../../test/material/asl/simulation.ts';

const states = {
  C: {
    Type: 'Choice',
    Choices: [
      { Condition: '{% $states.input.n > 10 %}', Next: 'End', Output: 'large' },
      { Condition: '{% $states.input.n > 5 %}', Next: 'End' },
    ],
    Default: 'End',
    Output: 'default',
  },
  End: { Type: 'Succeed' },
};

describe('a Choice state', () => {
  it.each([
    [11, 'large'],
    [6, { n: 6 }],
    [1, 'default'],
  ])('with input %d gives the output of the rule that holds, or its own with Default', async (n, expected) => {
    expect((await simulate(states, { n })).output).toEqual(expected);
  });

  it('fails when no rule holds and there is no Default', async () => {
    const { Default: _, ...choice } = states.C;
    const { execution } = await simulate({ ...states, C: choice }, { n: 1 });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });

  it('asks for a boolean', async () => {
    const { execution } = await simulate(states, { n: 'x' });
    expect(execution.error).toBe('States.QueryEvaluationError');
    const choice = { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'End' }] };
    expect((await simulate({ C: choice, End: states.End })).execution.cause).toBe(
      "An error occurred while executing the state 'C' (entered at the event id #2). The JSONata expression '1' specified " +
        "for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1",
    );
  });
});
