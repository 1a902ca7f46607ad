import { HOOK_SCHEMA, type HookRequest } from '../../core/contracts/hook.ts';
import { noAnswer, readHookAnswer } from '../../core/policy/hook-answer.ts';
import type { Hooks } from '../../core/ports/outside.ts';

/** What a receiver sends back, as text; it may be anything. */
export type HookReceiverHere = (request: HookRequest) => string | Promise<string>;

/** Hooks that are answered in this process, by URL. One that nobody answers says go: a rehearsal has no network. */
export function createInMemoryHooks(receivers: ReadonlyMap<string, HookReceiverHere>): Hooks {
  return {
    async ask({ webhook }, _, request) {
      const answer = receivers.get(webhook) ?? (() => JSON.stringify({ schema: HOOK_SCHEMA, answer: 'go' }));
      try {
        // What is sent is text, of which nothing of ours is left that somebody could change.
        return readHookAnswer(await answer(JSON.parse(JSON.stringify(request)) as HookRequest));
      } catch {
        return noAnswer('It did not answer.');
      }
    },
  };
}
