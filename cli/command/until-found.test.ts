import { EXIT, Failure } from './failure.ts';
import type { Io } from './io.ts';
import { untilFound } from './until-found.ts';

/** What a wait comes to whose looks end like these, with what it says meanwhile. */
async function waited(seconds: number, ...looks: (Failure | object | undefined)[]) {
  const said: string[] = [];
  const io = {
    sleep: async () => {},
    interrupted: new AbortController().signal,
    err: (text: string) => said.push(text),
  };
  const look = async () => {
    const next = looks.length > 1 ? looks.shift() : looks[0];
    if (next instanceof Failure) throw next;
    return next;
  };
  const ended = await untilFound(io as unknown as Io, seconds, look).catch((error: Failure) => error.message);
  return { ended, said };
}

const late = new Failure('liftlock: throttled.', EXIT.failure, true);
const found = { status: 'done' };

test('a failure that may pass is told once and does not end a wait, and any other one does', async () => {
  expect(await waited(60, late, late, undefined, found)).toEqual({ ended: found, said: ['liftlock: throttled.\n'] });
  expect(await waited(60, late, new Failure('liftlock: gone.'))).toMatchObject({ ended: 'liftlock: gone.' });
});

test('one that does not pass ends the wait with its own words when the time is over', async () => {
  expect(await waited(0.01, late)).toMatchObject({ ended: 'liftlock: throttled.' });
  expect(await waited(0.01, undefined)).toMatchObject({ ended: EXIT.timedOut });
});
