import { HOOK_SCHEMA, type HookAnswer, hookAnswer } from '../contracts/hook.ts';
import { parseJson } from '../model/parse-json.ts';
import { withoutSecrets } from './gate-answer.ts';

export const noAnswer = (why: string): HookAnswer => ({ answer: 'none', message: why });

/** What the body of an answer says. Anything but the vocabulary of docs/hooks.md is no answer, and is not repeated. */
export function readHookAnswer(body: string, confidential: readonly string[] = []): HookAnswer {
  const { data } = hookAnswer.safeParse(parseJson(body));
  if (data === undefined)
    return noAnswer(`What it sent is no answer of ${HOOK_SCHEMA}, so it counts for nothing (docs/hooks.md).`);
  const { answer, seconds, message = '' } = data;
  return { answer, seconds, message: withoutSecrets(message, confidential) };
}
