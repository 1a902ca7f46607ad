import { checkTargetInput, type TargetInput, targetInput } from './event-buses.ts';

const EVENT = {
  version: '0',
  time: '2031-05-06T07:08:09Z',
  resources: ['arn:a', 'arn:b'],
  detail: { name: 'prod', said: 'it "broke"\n', count: 3, tags: { a: 'b' }, none: null },
};
const RULE = { name: 'watch', arn: 'arn:aws:events:eu-west-1:111111111111:rule/watch' };
const given = (target: TargetInput) => targetInput(target, EVENT, RULE);
const transformed = (InputTemplate: string) =>
  given({
    InputTransformer: {
      InputPathsMap: {
        name: '$.detail.name',
        said: '$.detail.said',
        count: '$.detail.count',
        tags: '$.detail.tags',
        second: '$.resources[1]',
        gone: '$.detail.gone',
      },
      InputTemplate,
    },
  });

it.each<[string, TargetInput, unknown]>([
  ['the event', {}, EVENT],
  ['a constant', { Input: '{"a":1}' }, { a: 1 }],
  ['a part', { InputPath: '$.detail.tags' }, { a: 'b' }],
  ['the whole by its path', { InputPath: '$' }, EVENT],
  ['a text', { InputPath: '$.detail.name' }, 'prod'],
  ['an item', { InputPath: '$.resources[1]' }, 'arn:b'],
  ['nothing', { InputPath: '$.detail.gone.deeper' }, null],
])('is %s', (_, target, expected) => {
  expect(JSON.parse(given(target))).toEqual(expected);
});

describe('a template', () => {
  it.each<[string, string, unknown]>([
    ['values alone', '{"name":<name>,"count":<count>,"tags":<tags>}', { name: 'prod', count: 3, tags: { a: 'b' } }],
    ['a value in quotes', '{"name":"<name>"}', { name: 'prod' }],
    ['values inside of a text', '{"text":"<name>, <count> of <second>"}', { text: 'prod, 3 of arn:b' }],
    ['quotes that belong to the text', '{"text":"cluster \\"<name>\\""}', { text: 'cluster "prod"' }],
    [
      'a text that has quotes itself',
      '{"text":"<said>","alone":<said>}',
      { text: EVENT.detail.said, alone: EVENT.detail.said },
    ],
    ['an object inside of a text', '{"text":"<tags>"}', { text: '{"a":"b"}' }],
    ['what is not there', '{"gone":<gone>,"text":"<gone>!"}', { gone: '', text: '""!' }],
    ['a text of its own', '"<name> is in state <count>"', 'prod is in state 3'],
    ['the whole event', '{"event":<aws.events.event.json>}', { event: EVENT }],
    [
      'the rule',
      '{"by":<aws.events.rule-name>,"arn":"<aws.events.rule-arn>","at":<aws.events.event.ingestion-time>}',
      { by: 'watch', arn: RULE.arn, at: EVENT.time },
    ],
  ])('fills in %s', (_, template, expected) => {
    expect(JSON.parse(transformed(template))).toEqual(expected);
  });

  it('gives the event without its detail', () => {
    const { detail: _, ...rest } = EVENT;
    expect(JSON.parse(transformed('{"event":<aws.events.event>}'))).toEqual({ event: rest });
  });

  it('may be no JSON at all', () => {
    expect(transformed('<name> has <count>')).toBe('prod has 3');
  });
});

it.each<[TargetInput, RegExp | undefined]>([
  [{}, undefined],
  [{ InputTransformer: { InputTemplate: '{"a":<aws.events.rule-arn>}' } }, undefined],
  [{ InputTransformer: { InputPathsMap: { a: '$.a' }, InputTemplate: '<a>' } }, undefined],
  [{ InputTransformer: { InputPathsMap: { a: '$.a' }, InputTemplate: '<b>' } }, /<b> of an input template has no path/],
  [{ Input: '1', InputPath: '$' }, /only one of/],
])('checks %j', (target, problem) => {
  if (problem === undefined) expect(() => checkTargetInput(target)).not.toThrow();
  else expect(() => checkTargetInput(target)).toThrow(problem);
});
