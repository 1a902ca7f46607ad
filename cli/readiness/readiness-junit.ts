import type { ReadinessView } from '../../core/queries/cluster-readiness.ts';
import { xmlAttribute, xmlText } from '../output/scan/xml-text.ts';

/** JUnit XML: a case for each cluster. Who is blocked has failed; of whom nobody knows it is an error, so that it is red too. */
export function readinessJunit(items: readonly ReadinessView[]): string {
  const cases = items.map((item) => ({ item, outcome: OUTCOMES[item.verdict] }));
  const count = (outcome: Outcome) => cases.filter((one) => one.outcome === outcome).length;
  const counts = ` tests="${items.length}" failures="${count('failure')}" errors="${count('error')}" skipped="0"`;
  const lines = cases.map(({ item, outcome }) => {
    const { cluster, name, reasons, verdict, for: next, version } = item;
    const head = `    <testcase${attribute('classname', cluster)}${attribute('name', `${name} at ${version} for ${next ?? 'no minor'}`)} time="0"`;
    if (outcome === 'passed') return `${head}/>\n`;
    const message = reasons[0]?.message ?? verdict;
    const text = reasons.map((one) => `${one.code}: ${one.message}`).join('\n');
    const told = `<${outcome}${attribute('type', verdict)}${attribute('message', message)}>${xmlText(text)}</${outcome}>`;
    return `${head}>${told}</testcase>\n`;
  });
  const suite = `  <testsuite name="readiness"${counts} time="0">\n${lines.join('')}  </testsuite>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="liftlock readiness"${counts}>\n${suite}</testsuites>\n`;
}

type Outcome = 'passed' | 'failure' | 'error';

const OUTCOMES: Readonly<Record<ReadinessView['verdict'], Outcome>> = {
  ready: 'passed',
  readyAfterHops: 'passed',
  blocked: 'failure',
  incomplete: 'error',
  stale: 'error',
};

const attribute = (name: string, value: string): string => ` ${name}="${xmlAttribute(value)}"`;
