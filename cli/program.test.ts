import { runInProcess } from '../test/material/cli/run-in-process.ts';
import type { Verbs } from './command/verb.ts';
import { FLEET_VERBS } from './fleet-verbs.ts';
import { LOCAL_VERBS } from './local-verbs.ts';
import { OFFLINE_VERBS } from './offline-verbs.ts';
import { OTHER_VERBS } from './other-verbs.ts';

const verbs: Verbs = { ...LOCAL_VERBS, ...FLEET_VERBS, ...OFFLINE_VERBS, ...OTHER_VERBS };
const wordsOf = (verb: string): string[] => verb.split(' ').filter((word) => !/^[<[]/.test(word));

test.each(Object.keys(verbs))('%s is found by its words, and helps with its own description', async (verb) => {
  const { code, out } = await runInProcess([...wordsOf(verb), '--help']);
  expect([code, out.replaceAll(/\s+/g, ' ')]).toEqual([0, expect.stringContaining(verbs[verb]?.description ?? '?')]);
  expect(out).toMatch(new RegExp(`^Usage: liftlock ${wordsOf(verb).join(' ')}`));
});

test('what does nothing itself has verbs that belong to it', () => {
  const idle = Object.keys(verbs).filter((verb) => verbs[verb]?.load === undefined);
  const lonely = idle.filter((verb) => !Object.keys(verbs).some((other) => other.startsWith(`${verb} `)));
  expect([idle.length > 0, lonely]).toEqual([true, []]);
});
