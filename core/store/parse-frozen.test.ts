import { z } from 'zod';
import { deepFreeze } from '../config/deep-freeze.ts';
import { parseFrozen } from './entity.ts';

const schema = z.object({ list: z.array(z.number()), more: z.string().default('none') });

test('what is frozen is parsed once for a schema, and the result cannot be changed', () => {
  const value = deepFreeze({ list: [1] });
  const first = parseFrozen(schema, value);
  expect(first.data).toEqual({ list: [1], more: 'none' });
  expect(parseFrozen(schema, value)).toBe(first);
  expect(Object.isFrozen(first.data?.list)).toBe(true);
  const other = z.object({ list: z.array(z.number()).length(2) });
  expect(parseFrozen(other, value).success).toBe(false);
});

test('what can change is parsed every time', () => {
  const value = { list: [1] };
  expect(parseFrozen(schema, value).data?.list).toEqual([1]);
  value.list.push(2);
  expect(parseFrozen(schema, value).data?.list).toEqual([1, 2]);
});

test.each([null, 7, 'text', undefined])('%j is refused like anything else that does not fit', (value) => {
  expect(parseFrozen(schema, value).success).toBe(false);
  expect(parseFrozen(z.literal(7), 7).success).toBe(true);
});

test('what does not fit is told each time alike', () => {
  const value = deepFreeze({ list: 'none' });
  const said = [parseFrozen(schema, value), parseFrozen(schema, value)].map(({ error }) => error?.issues[0]?.path);
  expect(said).toEqual([['list'], ['list']]);
});
