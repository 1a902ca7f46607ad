import { allowedBy, type ParsedConfig } from '../../core/config/check-config.ts';
import { type ConfigIssue, formatIssue } from '../../core/config/issue.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import { type ConfigFile, readYaml } from '../../core/config/read-yaml.ts';
import { fieldOf } from '../../core/config/sound-fields.ts';
import { visible } from '../../core/model/visible.ts';
import { counted, some } from '../../core/model/words.ts';
import { wayBackLine } from '../../core/policy/way-back-line.ts';
import { worstCaseLines } from '../../core/policy/worst-case.ts';
import { SupportCalendar } from '../../core/version/support-calendar.ts';
import { ApiFailure } from '../client/api-failure.ts';
import { EXIT, type ExitCode, invalid } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { type FileOptions, readConfigFiles } from './config-files.ts';

/** Checks the files themselves, offline. Warnings pass. */
export async function validate(session: Session, options: FileOptions & OutputOption): Promise<ExitCode> {
  const files = await readConfigFiles(session, options);
  const parsed = parseConfig(files, { calendar: SupportCalendar.builtIn(), now: session.io.now() });
  const { errors, warnings, policies } = parsed;
  if (errors.length === 0) documentsOf(parsed);
  const worstCase = policies.flatMap((policy) => worstCaseLines(policy));
  const wayBack = policies.map(wayBackLine);
  const paths = files.map(({ path }) => path);
  const document = { valid: errors.length === 0, files: paths, errors, warnings, worstCase, wayBack };
  await print(session, options.output, document, () => [
    ...[...errors, ...warnings].map((issue) => {
      const text = visible(formatIssue(issue));
      return session.paint(issue.severity === 'error' ? 'red' : 'yellow', text);
    }),
    ...[...worstCase, ...wayBack].map(visible),
  ]);
  const wrong = new Set(errors.map(({ file }) => file)).size;
  const verdict =
    wrong === 0 ? `${counted(files.length, 'file')} valid` : `${wrong} of ${counted(files.length, 'file')} not valid`;
  session.io.err(`${verdict}: ${counted(errors.length, 'error')}, ${counted(warnings.length, 'warning')}.\n`);
  return errors.length === 0 ? EXIT.ok : EXIT.invalid;
}

/** More are not told in a line; `-o json` has all. */
const MOST_FIELDS = 12;

type ApplyOptions = FileOptions & OutputOption & { readonly dryRun?: boolean };

/** Validates here, where lines and columns are known, and sends the parsed documents; the API validates again. */
export async function apply(session: Session, options: ApplyOptions): Promise<ExitCode> {
  const files = await readConfigFiles(session, options);
  const { parsed, options: known } = await parse(session, files);
  for (const issue of [...parsed.errors, ...parsed.warnings]) session.io.err(`${visible(formatIssue(issue))}\n`);
  if (parsed.errors.length > 0) throw invalid('liftlock: nothing was applied. Correct the errors above.');
  const documents = documentsOf(parsed);
  const client = await session.client();
  const query = options.dryRun ? { dryRun: 'true' as const } : {};
  const answer = await client.v1.config.$put({ json: documents, query }).catch((error: unknown) => {
    throw placedRefusal(session, error, (problems) => placeIssues(problems, files, documents, 'error'));
  });
  // Whether something has ended is judged by the API's clock, which its answer tells.
  const timed = parseConfig(files, { ...known, now: client.time ?? session.io.now() }).warnings.filter(
    ({ message }) => !parsed.warnings.some((one) => one.message === message),
  );
  for (const issue of timed) session.io.err(`${visible(formatIssue(issue))}\n`);
  const told = [...parsed.warnings, ...timed].map(({ message }) => message);
  // Warnings from the files alone were already shown with their lines.
  const news = answer.warnings.filter((warning) => !told.some((message) => warning.endsWith(message)));
  for (const warning of placeIssues(news, files, documents, 'warning')) session.io.err(`${visible(warning)}\n`);
  return print(session, options.output, answer, () =>
    answer.items.map(({ kind, name, change, fields = [] }) => {
      const which = fields.length === 0 ? '' : `: ${some(fields, MOST_FIELDS)}`;
      return visible(`${kind.toLowerCase()}/${name} ${change}${answer.dryRun ? ' (dry run)' : ''}${which}`);
    }),
  );
}

/** A refusal of the API with its problems at their places; any other error unchanged. */
function placedRefusal(session: Session, error: unknown, place: (problems: readonly string[]) => string[]): unknown {
  const problems = error instanceof ApiFailure ? error.details.problems : undefined;
  if (!Array.isArray(problems)) return error;
  for (const problem of place(problems.map(String))) session.io.err(`${visible(problem)}\n`);
  return invalid('liftlock: nothing was applied. Correct the errors above.');
}

/** Fails with exit code 2 where there is none: the command before a pipe may have failed. */
function documentsOf({ fleet, policies, calendars, channels, waivers }: ParsedConfig) {
  const documents = [...(fleet === undefined ? [] : [fleet]), ...policies, ...calendars, ...channels, ...waivers];
  if (documents.length === 0) throw invalid('liftlock: there is no config in what was given.');
  return documents;
}

/** The Fleet in force may allow private hosts, so it is requested where every error is about a host. */
async function parse(session: Session, files: readonly ConfigFile[]) {
  // References to applied documents are checked by the API, and so is what depends on the time.
  const options = { calendar: SupportCalendar.builtIn(), references: 'ignore' } as const;
  const parsed = parseConfig(files, options);
  const namesHost = ({ path }: { path: string }) => /\b(urls\[\d+\]|url|webhook)$/.test(path);
  if (parsed.errors.length === 0 || !parsed.errors.every(namesHost)) return { parsed, options };
  const { spec } = await (await session.client()).v1.fleet.$get();
  if (spec === null) return { parsed, options };
  const allowing = { ...options, ...allowedBy(spec) };
  return { parsed: parseConfig(files, allowing), options: allowing };
}

/** The API's messages about the sent documents: `document 1:1:1375: warning: spec.waves[2].approval: …`, or without line and severity. */
const SAID =
  /^document (\d+)(?::\d+:\d+)?: (?:(warning|error): )?((?:spec|metadata)(?:\.[\w-]+|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*): /;

/**
 * Moves the API's messages to their places in the files, because the API saw one line of JSON. `sent`: the documents in the order in which they were
 * sent. Messages about none of them stay unchanged.
 */
export function placeIssues(
  said: readonly string[],
  files: readonly ConfigFile[],
  sent: readonly unknown[],
  severity: ConfigIssue['severity'],
): string[] {
  const written = files.flatMap((file) => readYaml(file).documents);
  return said.map((text) => {
    const [whole, number, told, path] = SAID.exec(text) ?? [];
    const about = sent[Number(number) - 1];
    if (whole === undefined || path === undefined || about === undefined) return text;
    const named = (value: unknown) => [fieldOf(value, 'kind'), fieldOf(value, 'metadata', 'name')].join(' ');
    const document = written.find(({ value }) => named(value) === named(about));
    if (document === undefined) return text;
    const issue = document.issue(
      told === undefined ? severity : told === 'error' ? 'error' : 'warning',
      partsOf(path),
      text.slice(whole.length),
    );
    return formatIssue(issue);
  });
}

/** The reverse of `formatPath`. */
function partsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([\w-]+)/g)].map(([, index, quoted, name]) =>
    index === undefined ? ((quoted === undefined ? name : (JSON.parse(`"${quoted}"`) as string)) ?? '') : Number(index),
  );
}
