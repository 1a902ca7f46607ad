import { holds, type IntrinsicScope, resolve } from './intrinsics.ts';

const unknown = (what: string) => () => {
  throw new Error(`unknown ${what}`);
};
const REFS: Readonly<Record<string, unknown>> = { Name: 'prod', 'AWS::Region': 'eu-west-1', Count: '3' };
const scope: IntrinsicScope = {
  ref: (name) => REFS[name] ?? unknown(`ref ${name}`)(),
  attribute: (id, name) => (id === 'Queue' ? `${name} of ${id}` : unknown(`attribute ${id}.${name}`)()),
  importValue: (name) => (name === 'Hub:prod' ? 'imported' : unknown(`export ${name}`)()),
  condition: (name) => (name === 'Yes' ? true : name === 'No' ? false : unknown(`condition ${name}`)()),
};

it.each<[string, unknown, unknown]>([
  ['plain values', { a: [1, 'b', null, true] }, { a: [1, 'b', null, true] }],
  ['Ref', { Ref: 'Name' }, 'prod'],
  ['Fn::GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Arn of Queue'],
  ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'Queue.A.B' }, 'A.B of Queue'],
  ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': `Hub:\${Name}` } }, 'imported'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Name' }, 5]] }, 'a-prod-5'],
  ['Fn::Join of a split', { 'Fn::Join': ['+', { 'Fn::Split': [',', 'a,b'] }] }, 'a+b'],
  ['Fn::Select', { 'Fn::Select': ['1', ['a', { Ref: 'Name' }]] }, 'prod'],
  ['Fn::Select of a split', { 'Fn::Select': [2, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
  [
    'Fn::Sub',
    { 'Fn::Sub': `\${Name} \${AWS::Region} \${Queue.Arn} \${!Name}` },
    `prod eu-west-1 Arn of Queue \${Name}`,
  ],
  ['Fn::Sub with variables', { 'Fn::Sub': [`\${Own}/\${Name}`, { Own: { Ref: 'Count' } }] }, '3/prod'],
  ['Fn::If', [{ 'Fn::If': ['Yes', 'a', 'b'] }, { 'Fn::If': ['No', 'a', { Ref: 'Name' }] }], ['a', 'prod']],
  ['a branch that is not taken', { 'Fn::If': ['Yes', 'a', { Ref: 'Gone' }] }, 'a'],
  ['no value of an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['no value of a list', ['a', { 'Fn::If': ['No', 'b', { Ref: 'AWS::NoValue' }] }], ['a']],
  ['no value at all', { Ref: 'AWS::NoValue' }, undefined],
  ['an object that only looks like a function', { Ref: 'x', more: 1 }, { Ref: 'x', more: 1 }],
])('resolves %s', (_, value, expected) => {
  expect(resolve(value, scope)).toEqual(expected);
});

it.each<[unknown, RegExp]>([
  [{ 'Fn::Cidr': ['10.0.0.0/8', 1] }, /^the function Fn::Cidr is not understood$/],
  [{ 'Fn::FindInMap': ['a', 'b', 'c'] }, /Fn::FindInMap is not understood/],
  [{ a: [{ 'Fn::Base64': 'x' }] }, /Fn::Base64 is not understood/],
  [{ Ref: 'Gone' }, /unknown ref Gone/],
  [{ 'Fn::GetAtt': ['Gone', 'Arn'] }, /unknown attribute Gone.Arn/],
  [{ 'Fn::ImportValue': 'Gone' }, /unknown export Gone/],
  [{ 'Fn::If': ['Gone', 1, 2] }, /unknown condition Gone/],
  [{ 'Fn::Sub': `\${Gone}` }, /unknown ref Gone/],
  [{ 'Fn::Select': [3, ['a']] }, /finds no item 3/],
  [{ 'Fn::Select': [0, 'text'] }, /Fn::Select is given no list/],
  [{ 'Fn::Join': [',', 'text'] }, /Fn::Join is given no list/],
  [{ 'Fn::Join': [',', [{ a: 1 }]] }, /cannot be part of a text/],
  [{ 'Fn::Sub': [`\${A}`, { A: ['x'] }] }, /cannot be part of a text/],
])('fails on %j', (value, why) => {
  expect(() => resolve(value, scope)).toThrow(why);
});

it.each<[unknown, boolean]>([
  [{ 'Fn::Equals': [{ Ref: 'Name' }, 'prod'] }, true],
  [{ 'Fn::Equals': [{ Ref: 'Name' }, 'PROD'] }, false],
  [{ 'Fn::Equals': [{ Ref: 'Count' }, 3] }, true],
  [{ 'Fn::Not': [{ Condition: 'Yes' }] }, false],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, true],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
  [{ 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] }, true],
  [{ 'Fn::Or': [{ Condition: 'No' }, { Condition: 'No' }] }, false],
])('decides %j: %s', (expression, expected) => {
  expect(holds(expression, scope)).toBe(expected);
});

it.each([[{ 'Fn::Contains': [['a'], 'a'] }], [{}], [{ Condition: 'Gone' }]])(
  'decides nothing it does not know: %j',
  (one) => {
    expect(() => holds(one, scope)).toThrow(/is not understood|unknown condition/);
  },
);
