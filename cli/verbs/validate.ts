import { formatIssue } from '../../core/config/issue.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import { visible } from '../../core/model/visible.ts';
import { worstCaseLines } from '../../core/policy/worst-case.ts';
import { SupportCalendar } from '../../core/version/support-calendar.ts';
import { counted, print } from '../output/print.ts';
import { EXIT, type ExitCode, type Session } from '../verb.ts';
import { type FileOptions, readConfigFiles } from './config-files.ts';

/** Offline: what can be wrong in the files themselves. Warnings pass. */
export async function validate(session: Session, options: FileOptions & { output: string }): Promise<ExitCode> {
  const files = await readConfigFiles(session, options);
  const { errors, warnings, policies } = parseConfig(files, {
    calendar: SupportCalendar.builtIn(),
    now: session.io.now(),
  });
  const worstCase = policies.flatMap(worstCaseLines);
  const document = { valid: errors.length === 0, files: files.map(({ path }) => path), errors, warnings, worstCase };
  await print(session, options.output, document, () => [
    ...[...errors, ...warnings].map((issue) => {
      const text = visible(formatIssue(issue));
      return session.paint(issue.severity === 'error' ? 'red' : 'yellow', text);
    }),
    ...worstCase.map(visible),
  ]);
  const verdict = errors.length === 0 ? 'valid' : 'not valid';
  session.io.err(
    `${counted(files.length, 'file')} ${verdict}: ${counted(errors.length, 'error')}, ${counted(warnings.length, 'warning')}.\n`,
  );
  return errors.length === 0 ? EXIT.ok : EXIT.invalid;
}
