import { simulate } from '../../../test/material/asl/simulation.ts';

describe('variables', () => {
  it('are assigned from their old values, all at once, and not seen by the Output beside them', async () => {
    const { output } = await simulate({
      First: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: '{% [$a, $b] %}', Next: 'Look' },
      Look: { Type: 'Succeed', Output: { before: '{% $states.input %}', after: '{% [$a, $b] %}' } },
    });
    expect(output).toEqual({ before: [1, 2], after: [2, 1] });
  });

  it('of an outer scope are read inside branches, those of a branch stay there', async () => {
    const branch = (name: string): unknown => ({
      StartAt: `${name}1`,
      States: {
        [`${name}1`]: { Type: 'Pass', Assign: { inner: `{% $outer & '${name}' %}` }, Next: `${name}2` },
        [`${name}2`]: { Type: 'Pass', Output: '{% $inner %}', End: true },
      },
    });
    const { output } = await simulate({
      Set: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [branch('x'), branch('y')], Next: 'Look' },
      Look: { Type: 'Pass', Output: { results: '{% $states.input %}', leaked: '{% $exists($inner) %}' }, End: true },
    });
    expect(output).toEqual({ results: ['ox', 'oy'], leaked: false });
  });

  it('are in the history with the state that set them', async () => {
    const { history } = await simulate({ A: { Type: 'Pass', Assign: { n: { k: [1] } }, End: true } });
    expect(history.find(({ type }) => type === 'PassStateExited')?.stateExitedEventDetails).toMatchObject({
      assignedVariables: { n: '{"k":[1]}' },
    });
  });
});
