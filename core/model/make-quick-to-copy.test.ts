import { makeQuickToCopy } from './make-quick-to-copy.ts';

test('an object says what it said before, and can be changed as before', () => {
  const object = {
    plain: 1,
    get said() {
      return this.plain + 1;
    },
  };
  Object.defineProperty(object, 'hidden', { get: () => 3, configurable: true });
  makeQuickToCopy(object);
  expect({ ...object }).toEqual({ plain: 1, said: 2 });
  expect((object as { hidden?: number }).hidden).toBe(3);
  expect(Object.values(Object.getOwnPropertyDescriptors(object)).map(({ writable }) => writable)).toEqual([
    true,
    true,
    true,
  ]);
});
