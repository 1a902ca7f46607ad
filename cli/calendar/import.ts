import { basename } from 'node:path';
import { apiVersion } from '../../core/config/kinds.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import { objectName } from '../../core/config/schema/names.ts';
import { ImportProblem, importFreezes, nameOf } from '../../core/icalendar/import-freezes.ts';
import { visible } from '../../core/model/visible.ts';
import { EXIT, type ExitCode, invalid } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { yamlOf } from '../output/print.ts';
import { readText } from '../verbs/read-text.ts';

interface ImportOptions {
  readonly name?: string;
  readonly timeZone?: string;
}

/** Prints a Calendar (YAML) whose freezes are the events of an iCalendar file; events that were left out go to stderr. */
export async function importCalendar(session: Session, file: string, options: ImportOptions): Promise<ExitCode> {
  if (options.name !== undefined) checkName(options.name);
  const text = file === '-' ? await session.io.stdin() : await readText(file);
  const shown = file === '-' ? '<stdin>' : file;
  const { title, timeZone, freezes, notes } = imported(text, shown, options.timeZone, session.io.now());
  for (const note of notes) session.io.err(`${visible(`${shown}: ${note}`)}\n`);
  if (freezes.length === 0) session.io.err(`${visible(shown)}: there is no event that freezes anything.\n`);
  const name = options.name ?? nameOf(title ?? basename(file).replace(/\.[^.]*$/, ''), 'imported');
  const document = { apiVersion, kind: 'Calendar', metadata: { name }, spec: { timeZone, freezes } };
  const yaml = await yamlOf(document);
  // The output must be applicable, so it is validated like every file.
  const { errors } = parseConfig([{ path: shown, text: yaml }]);
  if (errors.length > 0) {
    // Their positions are in the output and do not refer to the iCalendar file.
    const told = errors.map(({ message }) => `  ${visible(message)}`);
    throw invalid(`liftlock: ${visible(shown)} gives no valid Calendar:\n${told.join('\n')}`);
  }
  session.io.out(yaml);
  return EXIT.ok;
}

function checkName(name: string): void {
  const [issue] = objectName.safeParse(name).error?.issues ?? [];
  if (issue === undefined) return;
  throw invalid(`liftlock: --name is "${visible(name)}", which ${issue.message}. Write ${nameOf(name, 'imported')}.`);
}

function imported(text: string, file: string, timeZone: string | undefined, now: Date) {
  try {
    return importFreezes(text, timeZone, now);
  } catch (error) {
    if (error instanceof ImportProblem) throw invalid(`liftlock: ${file}: ${error.message}`);
    throw error;
  }
}
