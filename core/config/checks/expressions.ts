import { clusterEnvironment } from '../../expression/cluster-environment.ts';
import type { ExpressionEnvironment } from '../../expression/environment.ts';
import { evidenceEnvironment } from '../../expression/evidence-environment.ts';
import { compilePredicate, type ExpressionProblem } from '../../expression/predicate.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { DocumentPath } from '../issue.ts';
import { fieldOf, listOf, type Report } from './check.ts';

/** Every expression of a policy is compiled and typed here, so that none fails for the first time in the middle of a rollout. */
export function checkExpressions(document: unknown, report: Report): void {
  check(['spec', 'selector', 'when'], clusterEnvironment);
  for (const [index] of listOf(fieldOf(document, 'spec', 'waves')).entries()) {
    check(['spec', 'waves', index, 'selector', 'when'], clusterEnvironment);
    check(['spec', 'waves', index, 'approval', 'autoApproveWhen'], evidenceEnvironment);
  }

  function check<Value>(path: DocumentPath, environment: ExpressionEnvironment<Value>): void {
    const source = fieldOf(document, ...path);
    // What is too long or no text the schema tells of.
    if (typeof source !== 'string' || source === '' || source.length > 2000) return;
    const compiled = compilePredicate(source, environment);
    if (!('problems' in compiled)) return;
    for (const problem of compiled.problems) {
      report('error', path, `${sentence(problem)} ${placeIn(source, problem.offset)}`);
    }
  }
}

function sentence({ message, unknown }: ExpressionProblem): string {
  if (unknown === undefined) return /[.?]$/.test(message) ? message : `${message}.`;
  const meant = didYouMean(unknown.name, unknown.known);
  return `${message}. ${meant === undefined ? `Known here: ${unknown.known.join(', ')}.` : `Did you mean ${meant}?`}`;
}

/** "At character 9: nmae == …", so that the place is found in long expressions too. */
function placeIn(source: string, offset: number): string {
  const rest = source.slice(offset, offset + 24).replace(/\s+/g, ' ');
  return rest.trim() === ''
    ? 'At its end.'
    : `At character ${offset + 1}: ${rest}${source.length > offset + 24 ? '…' : ''}`;
}
