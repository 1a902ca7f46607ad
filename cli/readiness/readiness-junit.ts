import type { ReadinessView } from '../../core/queries/list-clusters.ts';
import { attribute, type JunitCase, junitXml } from '../output/junit-xml.ts';
import { xmlText } from '../output/scan/xml-text.ts';

/** JUnit XML with a case for each cluster. A blocked cluster is a failure; an unknown one is an error, so that CI shows it as failed too. */
export const readinessJunit = (items: readonly ReadinessView[]): string =>
  junitXml('liftlock readiness', [{ name: 'readiness', cases: items.map(caseOf) }]);

function caseOf({ cluster, name, reasons, verdict, for: next, version }: ReadinessView): JunitCase {
  const outcome = OUTCOMES[verdict];
  const named = { name: `${name} at ${version} for ${next ?? 'no minor'}`, className: cluster, outcome };
  if (outcome === 'passed') return { ...named, content: '' };
  const element = outcome === 'failures' ? 'failure' : 'error';
  const attributes = `${attribute('type', verdict)}${attribute('message', reasons[0]?.message ?? verdict)}`;
  const text = reasons.map((one) => `${one.code}: ${one.message}`).join('\n');
  return { ...named, content: `<${element}${attributes}>${xmlText(text)}</${element}>` };
}

const OUTCOMES: Readonly<Record<ReadinessView['verdict'], JunitCase['outcome']>> = {
  ready: 'passed',
  readyAfterHops: 'passed',
  blocked: 'failures',
  incomplete: 'errors',
  stale: 'errors',
};
