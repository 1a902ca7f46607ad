import { compileEventPattern } from './event-pattern.ts';

const EVENT = {
  source: 'aws.eks',
  'detail-type': 'AWS API Call via CloudTrail',
  account: '111111111111',
  resources: ['arn:aws:eks:a', 'arn:aws:eks:b'],
  detail: {
    name: 'CreateCluster',
    path: '/var/lib/files/a*b.PNG',
    count: 5,
    rate: -0.5,
    ok: true,
    none: null,
    empty: [],
    tags: ['red', 'green'],
    mixed: [['deep'], 3],
    nested: { inner: { value: 'x' } },
    items: [
      { kind: 'a', size: 1 },
      { kind: 'b', size: 2 },
    ],
  },
};

const inDetail = (pattern: object) => ({ detail: pattern });

describe('an event pattern matches', () => {
  it.each<[string, object]>([
    ['a value of several', { source: ['aws.ec2', 'aws.eks'] }],
    ['all fields', { source: ['aws.eks'], account: ['111111111111'] }],
    ['an item of a list', { resources: ['arn:aws:eks:b'] }],
    ['an item of a list in a list', inDetail({ mixed: ['deep'] })],
    ['a number', inDetail({ count: [5] })],
    ['a boolean', inDetail({ ok: [true] })],
    ['null', inDetail({ none: [null] })],
    ['a nested field', inDetail({ nested: { inner: { value: ['x'] } } })],
    ['fields of one object of a list', inDetail({ items: { kind: ['b'], size: [2] } })],
    ['prefix', { source: [{ prefix: 'aws.' }] }],
    ['prefix of any case', { source: [{ prefix: { 'equals-ignore-case': 'AWS.' } }] }],
    ['prefix of an item', { resources: [{ prefix: 'arn:aws:eks:b' }] }],
    ['suffix', inDetail({ path: [{ suffix: '.PNG' }] })],
    ['suffix of any case', inDetail({ path: [{ suffix: { 'equals-ignore-case': '.png' } }] })],
    ['equals-ignore-case', inDetail({ name: [{ 'equals-ignore-case': 'createcluster' }] })],
    ['wildcard', inDetail({ path: [{ wildcard: '/var/*/files/*' }] })],
    ['wildcard of nothing', inDetail({ path: [{ wildcard: '/var/lib/files/*a\\*b.PNG' }] })],
    ['numeric equality', inDetail({ count: [{ numeric: ['=', 5] }] })],
    ['numeric range', inDetail({ count: [{ numeric: ['>', 4.9, '<=', 5] }] })],
    ['numeric below', inDetail({ rate: [{ numeric: ['<', 0, '>=', -0.5] }] })],
    ['exists', inDetail({ name: [{ exists: true }] })],
    ['exists, of null', inDetail({ none: [{ exists: true }] })],
    ['exists not', inDetail({ gone: [{ exists: false }] })],
    ['exists not, below what is not there', inDetail({ gone: { deeper: [{ exists: false }] } })],
    ['anything but a value', inDetail({ name: [{ 'anything-but': 'DeleteCluster' }] })],
    ['anything but a list', inDetail({ name: [{ 'anything-but': ['a', 'b'] }] })],
    ['anything but numbers', inDetail({ count: [{ 'anything-but': [4, 6] }] })],
    ['anything but one item', inDetail({ tags: [{ 'anything-but': 'red' }] })],
    ['anything but a prefix', inDetail({ name: [{ 'anything-but': { prefix: 'Delete' } }] })],
    ['anything but a suffix', inDetail({ name: [{ 'anything-but': { suffix: ['Node', 'Addon'] } }] })],
    ['anything but any case', inDetail({ name: [{ 'anything-but': { 'equals-ignore-case': ['x'] } }] })],
    ['anything but a wildcard', inDetail({ path: [{ 'anything-but': { wildcard: ['*/tmp/*', '*.gif'] } }] })],
    ['one of two operators', inDetail({ name: [{ prefix: 'X' }, { suffix: 'Cluster' }] })],
    ['one of two alternatives', { $or: [{ source: ['x'] }, inDetail({ count: [5] })] }],
    ['a nested alternative', inDetail({ ok: [true], $or: [{ count: [9] }, { rate: [{ numeric: ['<', 0] }] }] })],
  ])('%s', (_, pattern) => {
    expect(compileEventPattern(pattern)(EVENT)).toBe(true);
  });
});

describe('an event pattern does not match', () => {
  it.each<[string, object]>([
    ['another value', { source: ['aws.ec2'] }],
    ['a field that is not there', { gone: ['x'] }],
    ['one field of two', { source: ['aws.eks'], account: ['2'] }],
    ['a number as a text', inDetail({ count: ['5'] })],
    ['another case', { source: ['AWS.EKS'] }],
    ['null for what is not there', inDetail({ gone: [null] })],
    ['fields of two objects of a list', inDetail({ items: { kind: ['a'], size: [2] } })],
    ['a field below a text', inDetail({ name: { deeper: ['x'] } })],
    ['prefix of a number', inDetail({ count: [{ prefix: '5' }] })],
    ['prefix of another case', { source: [{ prefix: 'AWS' }] }],
    ['a star that is none', inDetail({ path: [{ wildcard: '/var/\\*' }] })],
    ['a dot of a wildcard for any letter', { source: [{ wildcard: 'aws?eks' }] }],
    ['numeric of a text', inDetail({ name: [{ numeric: ['>', 0] }] })],
    ['the bound of an open range', inDetail({ count: [{ numeric: ['>', 5] }] })],
    ['exists, of what is not there', inDetail({ gone: [{ exists: true }] })],
    ['exists, of an object', inDetail({ nested: [{ exists: true }] })],
    ['exists not, of null', inDetail({ none: [{ exists: false }] })],
    ['anything but its value', inDetail({ name: [{ 'anything-but': 'CreateCluster' }] })],
    ['anything but one of a list', inDetail({ name: [{ 'anything-but': ['x', 'CreateCluster'] }] })],
    ['anything but, of what is not there', inDetail({ gone: [{ 'anything-but': 'x' }] })],
    ['anything but every item', inDetail({ tags: [{ 'anything-but': ['red', 'green'] }] })],
    ['anything but its prefixes', inDetail({ name: [{ 'anything-but': { prefix: ['x', 'Create'] } }] })],
    ['anything but its wildcard', inDetail({ path: [{ 'anything-but': { wildcard: '*/lib/*' } }] })],
    ['none of two alternatives', { $or: [{ source: ['x'] }, { account: ['2'] }] }],
    ['an alternative without the rest', { source: ['x'], $or: [{ account: ['111111111111'] }, { account: ['2'] }] }],
  ])('%s', (_, pattern) => {
    expect(compileEventPattern(pattern)(EVENT)).toBe(false);
  });

  it.each([undefined, null, 'text', 5, []])('an event that is %p', (event) => {
    expect(compileEventPattern({ source: ['x'] })(event)).toBe(false);
  });
});

describe('an event pattern is refused', () => {
  it.each<[unknown, RegExp]>([
    [undefined, /Empty patterns/],
    [{}, /Empty patterns/],
    [[], /Empty patterns/],
    [{ source: 'aws.eks' }, /"source" must be an object or an array/],
    [{ source: null }, /"source" must be/],
    [{ source: [] }, /Empty arrays are not allowed: "source"/],
    [{ detail: {} }, /Empty objects are not allowed: "detail"/],
    [{ source: [['x']] }, /Match value must be String/],
    [{ source: [{}] }, /Only one operator/],
    [{ source: [{ prefix: 'a', suffix: 'b' }] }, /Only one operator/],
    [{ source: [{ contains: 'x' }] }, /Unrecognized match type contains/],
    [{ source: [{ cidr: '10.0.0.0/8' }] }, /Unrecognized match type cidr/],
    [{ source: [{ prefix: 5 }] }, /prefix match pattern must be a string/],
    [{ source: [{ prefix: ['a'] }] }, /prefix match pattern must be a string/],
    [{ source: [{ prefix: { suffix: 'a' } }] }, /Unrecognized match type suffix/],
    [{ source: [{ wildcard: 'a**b' }] }, /Consecutive wildcard/],
    [{ source: [{ wildcard: 'a\\n' }] }, /Invalid escape/],
    [{ source: [{ exists: 'true' }] }, /either true or false/],
    [{ source: [{ numeric: [] }] }, /Invalid numeric match/],
    [{ source: [{ numeric: '5' }] }, /Invalid numeric match/],
    [{ source: [{ numeric: ['>'] }] }, /Invalid numeric match/],
    [{ source: [{ numeric: ['>', '5'] }] }, /must be numeric/],
    [{ source: [{ numeric: ['~', 5] }] }, /Unrecognized numeric range operator: ~/],
    [{ source: [{ 'anything-but': [] }] }, /Empty arrays/],
    [{ source: [{ 'anything-but': [null] }] }, /Inside anything-but/],
    [{ source: [{ 'anything-but': { numeric: ['>', 1] } }] }, /Unrecognized match type numeric/],
    [{ $or: { source: ['x'] } }, /\$or must be an array/],
    [{ $or: [{ source: ['x'] }] }, /at least 2/],
    [{ $or: [{ source: ['x'] }, {}] }, /Empty objects/],
  ])('%j', (pattern, reason) => {
    expect(() => compileEventPattern(pattern)).toThrow(
      expect.objectContaining({ name: 'InvalidEventPatternException', message: expect.stringMatching(reason) }),
    );
  });
});
