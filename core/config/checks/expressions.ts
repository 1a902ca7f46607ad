import { clusterEnvironment } from '../../expression/cluster-environment.ts';
import type { ExpressionEnvironment } from '../../expression/environment.ts';
import { evidenceEnvironment } from '../../expression/evidence-environment.ts';
import { compilePredicate } from '../../expression/predicate.ts';
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
    for (const { message, offset } of compiled.problems) {
      const end = /[.?]$/.test(message) ? '' : '.';
      report('error', path, `${message}${end} ${placeIn(source, offset)}`);
    }
  }
}

/** "At character 9: nmae == …", so that the place is found in long expressions too. */
function placeIn(source: string, offset: number): string {
  const rest = source.slice(offset, offset + 24).replace(/\s+/g, ' ');
  return rest.trim() === ''
    ? 'At its end.'
    : `At character ${offset + 1}: ${rest}${source.length > offset + 24 ? '…' : ''}`;
}
