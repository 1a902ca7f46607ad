import { noAnswer, readHookAnswer } from '../../core/policy/hook-answer.ts';
import type { Hooks } from '../../core/ports/outside.ts';
import type { AwsReceivers } from './aws-receivers.ts';
import { whyUnanswered } from './gate-reader.ts';
import { bodyOf, callWebhook, type WebhookGatesOptions } from './gates/webhook-gate.ts';
import { inTime } from './pinned-addresses.ts';

export interface HooksOptions extends WebhookGatesOptions {
  readonly receivers: AwsReceivers;
  readonly timeoutMilliseconds?: number;
}

/** The time for one question, including a secret, resolving names, and the answer. It is tried once, since the step asks again. */
const TIMEOUT_MILLISECONDS = 10_000;

/** Asks webhooks by a signed POST, signed as for gates (docs/gates.md, Signatures), and functions and state machines by AWS's own calls. */
export function createHooks(options: HooksOptions): Hooks {
  const { receivers, timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options;
  return {
    async ask(receiver, allowedHosts, request) {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const ask = () => {
        if ('lambda' in receiver) return receivers.askFunction(receiver.lambda, request);
        if ('stateMachine' in receiver) return receivers.askMachine(receiver.stateMachine, request);
        const asked = { method: 'POST', body: JSON.stringify(request), agent: 'liftlock-hook' };
        return callWebhook(options, receiver, asked, allowedHosts, signal, async (response, confidential) => {
          const body = await bodyOf(response);
          return 'problem' in body ? noAnswer(body.problem) : readHookAnswer(body.text, confidential);
        });
      };
      try {
        return await inTime(ask(), signal);
      } catch (error) {
        return noAnswer(whyUnanswered(error, signal, timeoutMilliseconds));
      }
    },
  };
}
