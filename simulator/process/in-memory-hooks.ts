import { HOOK_SCHEMA, type HookRequest, hookExecutionName } from '../../core/contracts/hook.ts';
import {
  type HookExecution,
  noAnswer,
  readHookAnswer,
  readHookExecution,
  receiverName,
} from '../../core/policy/hook-answer.ts';
import type { Hooks } from '../../core/ports/outside.ts';

/** What a receiver sends back, as text; it may be anything. */
export type HookReceiverHere = (request: HookRequest) => string | Promise<string>;

/**
 * Hooks that are answered in this process, by URL or ARN. One that nobody answers says go: a rehearsal has no network. What answers for a state
 * machine is called once for each execution, and its output is what it has returned by the time that somebody looks.
 */
export function createInMemoryHooks(receivers: ReadonlyMap<string, HookReceiverHere>): Hooks {
  const executions = new Map<string, HookExecution>();
  return {
    async ask(receiver, _, request) {
      const id = 'webhook' in receiver ? receiver.webhook : receiverName(receiver);
      const answer = receivers.get(id) ?? (() => JSON.stringify({ schema: HOOK_SCHEMA, answer: 'go' }));
      // What is sent is text, of which nothing of ours is left that somebody could change.
      const sent = async () => answer(JSON.parse(JSON.stringify(request)) as HookRequest);
      if ('stateMachine' in receiver) {
        const name = hookExecutionName(request);
        const known = executions.get(`${id} ${name}`);
        if (known !== undefined) return readHookExecution(name, known);
        const become = (next: HookExecution) => executions.set(`${id} ${name}`, next);
        become({ status: 'RUNNING' });
        void sent().then(
          (output) => become({ status: 'SUCCEEDED', output }),
          (error: Error) => become({ status: 'FAILED', error: error.name, cause: error.message }),
        );
        return readHookExecution(name, { status: 'RUNNING' });
      }
      try {
        return readHookAnswer(await sent());
      } catch {
        return noAnswer('It did not answer.');
      }
    },
  };
}
