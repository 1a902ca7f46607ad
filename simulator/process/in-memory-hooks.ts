import { HOOK_SCHEMA, type HookRequest, hookExecutionName } from '../../core/contracts/hook.ts';
import {
  type HookExecution,
  noAnswer,
  readHookAnswer,
  readHookExecution,
  receiverName,
} from '../../core/policy/hook-answer.ts';
import type { Hooks } from '../../core/ports/outside.ts';

/** The answer of a receiver, as any text. */
export type HookReceiverHere = (request: HookRequest) => string | Promise<string>;

/**
 * Hooks that this process answers, by URL or ARN. A hook without a receiver answers go, because a rehearsal has no network. The receiver of a state
 * machine is called once for each execution, and its answer is the output of the execution.
 */
export function createInMemoryHooks(receivers: ReadonlyMap<string, HookReceiverHere>): Hooks {
  const executions = new Map<string, HookExecution>();
  return {
    async ask(receiver, _, request) {
      const id = 'webhook' in receiver ? receiver.webhook : receiverName(receiver);
      const answer = receivers.get(id) ?? (() => JSON.stringify({ schema: HOOK_SCHEMA, answer: 'go' }));
      // The request is sent as text, so that the receiver cannot change the original.
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
