import type { Json } from '../json/json.ts';
import { evaluateTemplate } from './evaluate.ts';

const bindings = { states: { input: { n: 2, one: [1], data: JSON.parse('{"__proto__": 1}') } } };

describe('evaluating a template', () => {
  it.each<[Json, Json]>([
    [' {% $states.input.n %} ', ' {% $states.input.n %} '],
    ['{%$states.input.n%}', 2],
    [{ a: ['{% $states.input.n + 1 %}', null] }, { a: [3, null] }],
    ['{% $states.input.one %}', [1]],
    ['{% {"kept": 1, "gone": $missing} %}', { kept: 1 }],
  ])('%j gives %j', async (template, expected) => {
    expect(await evaluateTemplate(template, 'Output', bindings)).toEqual(expected);
  });

  it('returns a template without expressions itself', async () => {
    const template = { a: [1, { b: '$states.input' }] };
    expect(await evaluateTemplate(template, 'Output', bindings)).toBe(template);
  });

  it('keeps members whose names mean something to JavaScript', async () => {
    expect(JSON.stringify(await evaluateTemplate('{% $states.input.data %}', 'Output', bindings))).toBe(
      '{"__proto__":1}',
    );
  });

  it('gives values of its own, so that later changes to the input do not show', async () => {
    const input = { list: [1] };
    const value = await evaluateTemplate('{% $states.input %}', 'Output', { states: { input } });
    input.list.push(2);
    expect(value).toEqual({ list: [1] });
  });

  it.each([
    [
      '{% $missing %}',
      'Output[0]/a',
      "The JSONata expression '$missing' specified for the field 'Output[0]/a' returned nothing (undefined).",
    ],
    [
      '{% $sum %}',
      'Output[0]/a',
      "The JSONata expression '$sum' specified for the field 'Output[0]/a' returned an unsupported result type.",
    ],
  ])('%s fails and names its place', async (expression, location, message) => {
    await expect(evaluateTemplate([{ a: expression }], 'Output', bindings)).rejects.toMatchObject({
      message,
      location,
    });
  });
});
