import { exceedsDataLimit, maximumDataBytes } from './data-limit.ts';

describe('the data limit', () => {
  it('counts bytes of UTF-8, not characters', () => {
    expect(exceedsDataLimit('x'.repeat(maximumDataBytes))).toBe(false);
    expect(exceedsDataLimit('x'.repeat(maximumDataBytes + 1))).toBe(true);
    expect(exceedsDataLimit('é'.repeat(maximumDataBytes / 2))).toBe(false);
    expect(exceedsDataLimit('é'.repeat(maximumDataBytes / 2 + 1))).toBe(true);
  });
});
