import { fieldOf } from '../../core/config/checks/check.ts';
import { type ConfigIssue, formatIssue } from '../../core/config/issue.ts';
import { type ConfigFile, readYaml } from '../../core/config/read-yaml.ts';

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
