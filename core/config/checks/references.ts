import { didYouMean } from '../did-you-mean.ts';
import type { DocumentPath } from '../issue.ts';
import { objectName } from '../schema/names.ts';
import { builtInChannels } from '../schema/target.ts';
import { fieldOf, listOf, type Report } from './check.ts';

/** The names of the Calendars and Channels that are written beside a policy, valid or not; what is no text names nothing. */
export interface WrittenNames {
  readonly calendars: readonly unknown[];
  readonly channels: readonly unknown[];
}

const isName = (name: unknown): name is string => objectName.safeParse(name).success;

/**
 * Calendars and channels that a policy names and that are not there. The files alone cannot tell what is applied already, so that there it
 * is a warning; together with what is in force it is an error, since nothing could start.
 */
export function checkReferences(
  document: unknown,
  written: WrittenNames,
  references: 'warn' | 'require' | 'ignore',
  report: Report,
): void {
  if (references === 'ignore') return;
  const calendars = written.calendars.filter(isName);
  const channels = [...Object.keys(builtInChannels), ...written.channels.filter(isName)];
  const channel = ['spec', 'target', 'channel'];
  tell('Channel', fieldOf(document, ...channel), channels, channel);
  for (const [index, wave] of listOf(fieldOf(document, 'spec', 'waves')).entries()) {
    const path = ['spec', 'waves', index, 'calendar'];
    const calendar = fieldOf(wave, 'calendar');
    if (Array.isArray(calendar))
      for (const [at, name] of calendar.entries()) tell('Calendar', name, calendars, [...path, at]);
    else tell('Calendar', calendar, calendars, path);
  }

  function tell(kind: string, name: unknown, known: readonly string[], path: DocumentPath): void {
    // What is no name the schema tells of.
    if (!isName(name) || known.includes(name)) return;
    const meant = didYouMean(name, known);
    const hint = meant === undefined ? `Write or apply the ${kind} "${name}".` : `Did you mean ${meant}?`;
    if (references === 'require') {
      report(
        'error',
        path,
        `there is no ${kind} "${name}", neither here nor in force, so nothing could start. ${hint}`,
      );
    } else {
      const message = `there is no ${kind} "${name}" in these files; unless it is applied already, nothing can start. ${hint}`;
      report('warning', path, message);
    }
  }
}
