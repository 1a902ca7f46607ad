import type { Io } from '../command/io.ts';
import { Progress } from './progress.ts';

test('what has not changed is told once', () => {
  const told: string[] = [];
  let seconds = 0;
  const progress = new Progress({
    err: (text: string) => void told.push(text),
    now: () => {
      seconds += 2;
      return new Date(seconds * 1_000);
    },
  } as unknown as Io);
  for (const text of ['a', 'a', 'b', 'b', 'a']) progress.tell(() => text);
  expect(told).toEqual(['a\n', 'b\n', 'a\n']);
});
