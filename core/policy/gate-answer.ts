import { z } from 'zod';
import type { GateReading } from '../contracts/items/gate.ts';
import { cutText } from '../contracts/step-result.ts';
import { parseJson } from '../model/parse-json.ts';
import type { Gate } from '../ports/outside.ts';

/** What was learned of a gate, without the gate's name. */
export type GateAnswer = Omit<GateReading, 'gate'>;

export const unknown = (message: string): GateAnswer => ({ status: 'unknown', message });

/** The only answers of a webhook that count (docs/gates.md). An answer with other members may mean something else by them, so nobody guesses. */
const answer = z.strictObject({ green: z.boolean(), message: z.string().optional() });

/** Longer messages are cut, since readings are kept with the wave. */
const LONGEST_MESSAGE = 300;

/** Reads the body of an answer. Anything but `{"green": true | false, "message"?: "…"}` counts as unknown, and its text is not repeated. */
export function readAnswer(body: string, confidential: readonly string[] = []): GateAnswer {
  const parsed = answer.safeParse(parseJson(body));
  if (!parsed.success) return unknown('Its answer is not {"green": true} or {"green": false} with at most a message.');
  const { green, message = '' } = parsed.data;
  const said = withoutSecrets(message, confidential);
  const words = said === '' ? '' : `: ${said}`;
  return { status: green ? 'green' : 'red', message: `It answers ${green ? 'green' : 'not green'}${words}.` };
}

/** A message of somebody else in the form that may be kept and shown: in one line, and without the secrets that were sent to them. */
export const withoutSecrets = (message: string, confidential: readonly string[]): string =>
  oneLine(confidential.reduce((text, secret) => text.replaceAll(secret, '[not shown]'), message));

/** A text for people: in one line, and not too long. */
export function oneLine(text: string): string {
  const line = text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length <= LONGEST_MESSAGE ? line : `${cutText(line, LONGEST_MESSAGE - 1)}…`;
}

/**
 * The name of a gate in readings, audit and notifications: the alarm as the policy writes it, or host and path of the URL, since a query may hold a
 * token.
 */
export function gateName(gate: Gate): string {
  if ('alarm' in gate) return gate.alarm;
  if (!URL.canParse(gate.webhook)) return 'a webhook that is no URL';
  const { host, pathname } = new URL(gate.webhook);
  return `${host}${pathname}`;
}
