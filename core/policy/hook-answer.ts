import type { z } from 'zod';
import { HOOK_SCHEMA, type HookAnswer, hookAnswer } from '../contracts/hook.ts';
import { cutText } from '../contracts/step-result.ts';
import { parseJson } from '../model/parse-json.ts';
import { counted } from '../model/words.ts';
import type { ExecutionState } from '../ports/executions.ts';
import type { HookJobState } from '../ports/hook-jobs.ts';
import type { HookReceiver } from '../ports/outside.ts';
import { gateName, oneLine, withoutSecrets } from './gate-answer.ts';

/** The name of a hook's receiver in the audit and for people: of a URL only host and path. */
export function receiverName(receiver: HookReceiver): string {
  if ('webhook' in receiver) return gateName(receiver);
  if ('job' in receiver) return `Job of ${receiver.job.image}`;
  return 'lambda' in receiver ? receiver.lambda : receiver.stateMachine;
}

export const noAnswer = (why: string): HookAnswer => ({ answer: 'none', message: why });

/**
 * Reads the body of an answer. Anything outside of the vocabulary of docs/hooks.md is no answer: whoever has written the receiver is told what is wrong
 * with it, and of its text no more is repeated than that takes.
 */
export function readHookAnswer(body: string, confidential: readonly string[] = []): HookAnswer {
  const sent = parseJson(body);
  const { data, error } = hookAnswer.safeParse(sent);
  if (data === undefined) {
    const why =
      body.trim() === '' ? 'it is empty' : sent === undefined ? notJson(body) : wrongIn(sent, error, confidential);
    return noAnswer(`What it sent is no answer of ${HOOK_SCHEMA}: ${why}.`);
  }
  const { answer, seconds, message = '' } = data;
  return { answer, seconds, message: withoutSecrets(message, confidential) };
}

const notJson = (body: string): string => `it is no JSON (${counted(body.length, 'character')})`;

const WANTED: Readonly<Record<PropertyKey, string>> = {
  schema: HOOK_SCHEMA,
  answer: 'go, wait or stop',
  seconds: 'a whole number from 1 to 3600',
  message: 'a text',
} satisfies Record<keyof z.infer<typeof hookAnswer>, string>;

/** The first member that is missing or has another value than it may have, and the first one that no answer has. */
function wrongIn(sent: unknown, { issues }: z.ZodError, confidential: readonly string[]): string {
  const found = issues.find(({ path }) => path.length > 0)?.path[0];
  const [other] = issues.flatMap((one) => (one.code === 'unrecognized_keys' ? one.keys : []));
  if (found === undefined && other === undefined) return `it is ${shortly(sent, confidential)} and no object`;
  const value = found === undefined ? undefined : (sent as Readonly<Record<PropertyKey, unknown>>)[found];
  const is = value === undefined ? 'is missing' : `is ${shortly(value, confidential)}`;
  return [
    ...(found === undefined ? [] : [`its ${String(found)} ${is} and has to be ${WANTED[found]}`]),
    ...(other === undefined ? [] : [`no answer has a member ${shortly(other, confidential)}`]),
  ].join('; ');
}

const MOST_CHARACTERS = 40;

/** A value of somebody else, shortly. */
function shortly(value: unknown, confidential: readonly string[]): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = withoutSecrets(String(value), confidential);
  const short = text.length > MOST_CHARACTERS ? `${cutText(text, MOST_CHARACTERS)}…` : text;
  return typeof value === 'string' ? `“${short}”` : short;
}

/**
 * The answer of a Job: only the exit code of its container counts. A Job that failed otherwise (its image cannot be pulled, its deadline passed) has
 * judged nothing, so it gives no answer.
 */
export function readHookJob({ name, status, message: said }: HookJobState): HookAnswer {
  const message = oneLine(said);
  const words = message === '' ? '' : `: ${message}`;
  if (status === 'running') return { answer: 'wait', message: oneLine(`the Job ${name} is running${words}`) };
  if (status === 'broken') return noAnswer(oneLine(`Its Job ${name} has failed and judged nothing${words}`));
  return { answer: status === 'succeeded' ? 'go' : 'stop', message };
}

/** An execution that was started to answer a hook. */
export type HookExecution = Pick<ExecutionState, 'status' | 'error' | 'cause'> & { readonly output?: string };

/**
 * The answer of an execution. An execution that has failed has judged nothing, so it gives no answer; a person who redrives it in time makes it
 * count. An execution can answer only once, so `wait` is no answer either.
 */
export function readHookExecution(name: string, { status, output = '', error, cause }: HookExecution): HookAnswer {
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE')
    return { answer: 'wait', message: `the execution ${name} is running` };
  if (status !== 'SUCCEEDED') {
    const why = [error, cause].filter((one) => one !== undefined).join(': ');
    return noAnswer(oneLine(`Its execution ${name} has ended as ${status}${why === '' ? '' : `: ${why}`}`));
  }
  const said = readHookAnswer(output);
  return said.answer === 'wait'
    ? noAnswer(`Its execution ${name} has ended with wait, and an execution that has ended says no other word.`)
    : said;
}
