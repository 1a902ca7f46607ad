import { askedAgain, askerText } from './asked-for.ts';

test('who asked for an upgrade is told with the reason, where there is one', () => {
  expect(askerText({ requestedBy: 'ann' })).toBe('ann');
  expect(askerText({ requestedBy: 'ann', requestReason: 'bad image' })).toBe('ann (bad image)');
});

test('a reason stays with the person who gave it', () => {
  const before = { requestedBy: 'ann', requestReason: 'bad image' };
  expect(askedAgain(before, 'ann')).toEqual(before);
  expect(askedAgain(before, 'bob')).toEqual({ requestedBy: 'bob' });
  expect(askedAgain(undefined, 'bob')).toEqual({ requestedBy: 'bob' });
});
