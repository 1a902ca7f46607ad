import { builtInChannels } from '../built-in-channels.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { DocumentPath } from '../issue.ts';
import type { UpgradePolicy } from '../types.ts';
import type { Report } from './check.ts';

/** The names of the Calendars and Channels that are written beside a policy, valid or not; what is no text names nothing. */
export interface WrittenNames {
  readonly calendars: readonly unknown[];
  readonly channels: readonly unknown[];
}

/**
 * Calendars and channels that a policy names and that are not there. The files alone cannot tell what is applied already, so that there it
 * is a warning; together with what is in force it is an error, since nothing could start.
 */
export function checkReferences(
  { spec }: UpgradePolicy,
  written: WrittenNames,
  references: 'warn' | 'require' | 'ignore',
  report: Report,
): void {
  if (references === 'ignore') return;
  const isName = (name: unknown) => typeof name === 'string';
  const calendars = written.calendars.filter(isName);
  const channels = [...Object.keys(builtInChannels), ...written.channels.filter(isName)];
  if (typeof spec.target !== 'string') tell('Channel', spec.target.channel, channels, ['spec', 'target', 'channel']);
  for (const [index, { calendar }] of spec.waves.entries()) {
    for (const [at, name] of [calendar ?? []].flat().entries()) {
      const path = ['spec', 'waves', index, 'calendar', ...(typeof calendar === 'string' ? [] : [at])];
      tell('Calendar', name, calendars, path);
    }
  }

  function tell(kind: string, name: string, known: readonly string[], path: DocumentPath): void {
    if (known.includes(name)) return;
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
