import { changedFields } from './apply-documents.ts';

const wave = (name: string, more: object = {}) => ({ name, maxConcurrency: 1, ...more });

test.each<[string, unknown, unknown, string[]]>([
  ['nothing', { a: { b: [1] } }, { a: { b: [1] } }, []],
  ['a value', { spec: { target: 'latest', order: [] } }, { spec: { target: '1.37', order: [] } }, ['spec.target']],
  ['what is new and what is gone', { spec: { a: 1 } }, { spec: { b: 1 } }, ['spec.a', 'spec.b']],
  ['one of another type', { a: { b: 1 } }, { a: null }, ['a']],
  ['a list of texts as a whole', { a: ['x'] }, { a: ['x', 'y'] }, ['a']],
  [
    'an item by its name',
    { waves: [wave('a'), wave('b')] },
    { waves: [wave('a'), wave('b', { soak: '1h' })] },
    ['waves[b].soak'],
  ],
  [
    'an item that is new, and one that is gone',
    { waves: [wave('a')] },
    { waves: [wave('b')] },
    ['waves[a]', 'waves[b]'],
  ],
  ['the order of items', { waves: [wave('a'), wave('b')] }, { waves: [wave('b'), wave('a')] }, ['waves']],
  ['items of which two have one name', { waves: [wave('a'), wave('a')] }, { waves: [wave('a')] }, ['waves']],
])('tells %s', (_, before, after, fields) => {
  expect(changedFields(before, after)).toEqual(fields);
});
