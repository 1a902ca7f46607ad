import { formatIssue } from '../../core/config/issue.ts';
import { visible } from '../../core/model/visible.ts';
import type { Waiver } from '../../core/scan/report/waiver.ts';
import { invalid } from '../failure.ts';
import type { Session } from '../session.ts';
import { readConfigFiles } from '../verbs/config-files.ts';

/** Waivers of files and folders. @throws Failure (2) with everything that is wrong in them, by file, line and column. */
export async function readWaivers(session: Session, paths: readonly string[]): Promise<readonly Waiver[]> {
  if (paths.length === 0) return [];
  const files = await readConfigFiles(session, { filename: paths });
  const { parseWaivers } = await import('../../core/scan/report/parse-waivers.ts');
  const { waivers, errors } = parseWaivers(files, { now: session.io.now() });
  if (errors.length > 0) throw invalid(errors.map((issue) => visible(formatIssue(issue))).join('\n'));
  return waivers;
}
