import { simulate } from '../../../test/material/asl/simulation.ts';

async function evaluate(source: string): Promise<unknown> {
  const { execution, output } = await simulate({
    A: { Type: 'Pass', Output: { value: `{% ${source} %}` }, End: true },
  });
  return output && typeof output === 'object' && 'value' in output ? output.value : execution.cause;
}

describe('the functions of expressions', () => {
  it.each([
    ['$partition([1, 2, 3], 2)', [[1, 2], [3]]],
    ['$partition([0], 4)', [[0]]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(-1.7, 2, 1)', [-1, 0, 1, 2]],
    ['$range(5, 5, 1)', 5],
    ['$hash("abc", "SHA-256")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$hash("abc", "MD5")', '900150983cd24fb0d6963f7d28e17f72'],
    ['$parse("{\\"a\\":[1]}")', { a: [1] }],
    ['$uuid()', '00000000-0000-4000-8000-000000000001'],
    ['$random()', 0.5],
    ['$random(7) = $random(7)', true],
    ['$random(7) = $random(8)', false],
    ['$millis()', Date.parse('2026-01-01T00:00:00.000Z')],
    ['$now()', '2026-01-01T00:00:00.000Z'],
    ["$now('[Y]/[M01]/[D01] [H01]:[m01]', '+0230')", '2026/01/01 02:30'],
    ['1/0', 'Infinity'],
  ])('%s', async (source, expected) => {
    expect(await evaluate(source)).toEqual(expected);
  });

  it.each([
    ['$eval("1+1")', 'T1006: Attempted to invoke a non-function'],
    ['$number("a")', 'D3030: Unable to cast value to a number: "a"'],
    ['$partition([1], 0)', 'Argument 2 of function "partition" must be a positive number'],
    ['$range(0, 1, 0)', 'Argument 3 of function "range" must not be zero'],
    ['$hash("abc", "CRC")', 'Algorithm must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512'],
    ['$parse("{")', 'Argument 1 of function "parse" is not a valid JSON string'],
  ])('%s fails the state', async (source, expected) => {
    expect(await evaluate(source)).toContain(expected);
    expect(await evaluate(source)).toContain(
      "specified for the field 'Output/value' threw an error during evaluation. ",
    );
  });

  it('stops an expression that calls itself without end', async () => {
    expect(await evaluate('($f := function($x) { 1 + $f($x) }; $f(1))')).toContain(
      'threw an error during evaluation: Stack overflow error',
    );
  });
});
