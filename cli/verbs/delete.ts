import { visible } from '../../core/model/visible.ts';
import type { DeletableKind } from '../../core/operations/delete-config.ts';
import { part } from '../client/paths.ts';
import { type ExitCode, invalid } from '../command/failure.ts';
import { NO_REASON, type ReasonOption, type Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { kindOf } from './kind.ts';

const KIND_OF = {
  policies: 'UpgradePolicy',
  calendars: 'Calendar',
  channels: 'Channel',
  waivers: 'ScanWaiver',
} as const satisfies Readonly<Record<string, DeletableKind>>;
const WORDS = Object.keys(KIND_OF) as (keyof typeof KIND_OF)[];

/** Deletes one object of the configuration; the API names what still refers to it. */
export async function deleteObject(
  session: Session,
  word: string,
  name: string,
  { output, reason }: ReasonOption,
): Promise<ExitCode> {
  if (/^fleets?$/i.test(word))
    throw invalid(
      'liftlock: the Fleet is never deleted, since nothing acts without it. To have nothing act: liftlock fleet stop, or apply it with mode: observe. To have another one: liftlock apply -f FILE',
    );
  const kind = KIND_OF[kindOf(word, WORDS)];
  const { v1 } = await session.client();
  const param = { kind, name: part(name) };
  const answer = await v1.config[':kind'][':name'].delete.$post({ param, json: { reason: reason ?? NO_REASON } });
  for (const warning of answer.warnings) session.io.err(`${visible(warning)}\n`);
  return print(session, output, answer, () => [visible(`${kind.toLowerCase()}/${answer.name} deleted`)]);
}
