import { matches, matchesInAnyOrder } from './wildcard.ts';

describe('comparing with a recording', () => {
  it('lets a wildcard stand for a value and for any run of characters', () => {
    expect(matches({ id: '__ANY__', arn: 'arn:__ANY__:x' }, { id: 7, arn: 'arn:aws:(a+b):x' })).toBe(true);
    expect(matches({ arn: 'arn:__ANY__:x' }, { arn: 'arn:aws:y' })).toBe(false);
  });

  it('asks for all members, or only for the expected ones', () => {
    expect(matches({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(matches({ a: 1 }, { a: 1, b: 2 }, 'subset')).toBe(true);
    expect(matches({ a: { b: 1 } }, { a: { c: 1 } }, 'subset')).toBe(false);
  });

  it('compares text that is an object in JSON as such, in whatever words', () => {
    expect(matches('{"a": "__ANY__", "b": [1]}', '{"b":[1],"a":"x"}')).toBe(true);
    expect(matches('{"a": 1}', '{"a":2}')).toBe(false);
    expect(matches('{"a": 1}', 'no object')).toBe(false);
  });

  it('lets recordings of before be without what AWS tells of redrives since', () => {
    expect(matches({ a: 1 }, { a: 1, RedriveCount: 0 })).toBe(true);
    expect(matches({ a: 1, RedriveCount: 0 }, { a: 1 })).toBe(false);
    expect(matches({ a: 1 }, { a: 1, Status: 'NOT_REDRIVABLE' })).toBe(false);
  });

  it('uses every actual item once when the order is open', () => {
    expect(matchesInAnyOrder(['a', 'b', 'a'], ['a', 'a', 'b'])).toBe(true);
    expect(matchesInAnyOrder(['a', 'b', 'b'], ['a', 'a', 'b'])).toBe(false);
  });
});
