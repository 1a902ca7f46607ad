import { xmlAttribute } from './scan/xml-text.ts';

export interface JunitCase {
  readonly name: string;
  readonly className: string;
  readonly outcome: 'passed' | 'failures' | 'errors' | 'skipped';
  /** XML. */
  readonly content: string;
}

interface JunitSuite {
  readonly name: string;
  /** RFC 3339. */
  readonly at?: string;
  readonly cases: readonly JunitCase[];
}

/** JUnit XML as CI systems read it. */
export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attribute('name', name)}${counts(all)}>\n${suites.map(suiteXml).join('')}</testsuites>\n`;
}

function suiteXml({ name, at, cases }: JunitSuite): string {
  // The schema of most readers allows no zone and no fraction.
  const timestamp = at === undefined ? '' : attribute('timestamp', at.slice(0, 19));
  const lines = cases.map(({ name, className, content }) => {
    const head = `    <testcase${attribute('classname', className)}${attribute('name', name)} time="0"`;
    return content === '' ? `${head}/>\n` : `${head}>${content}</testcase>\n`;
  });
  return `  <testsuite${attribute('name', name)}${counts(cases)}${timestamp} time="0">\n${lines.join('')}  </testsuite>\n`;
}

function counts(cases: readonly JunitCase[]): string {
  const count = (outcome: JunitCase['outcome']) => String(cases.filter((item) => item.outcome === outcome).length);
  return [
    attribute('tests', String(cases.length)),
    ...(['failures', 'errors', 'skipped'] as const).map((outcome) => attribute(outcome, count(outcome))),
  ].join('');
}

export const attribute = (name: string, value: string): string => ` ${name}="${xmlAttribute(value)}"`;
