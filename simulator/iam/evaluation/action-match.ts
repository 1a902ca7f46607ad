import { globMatches } from '../policy/glob.ts';
import type { Patterns } from '../policy/policy-document.ts';

/** Actions ignore case: `EKS:describecluster` is `eks:DescribeCluster`. */
function actionMatches(pattern: string, action: string): boolean {
  return globMatches(pattern.toLowerCase(), action.toLowerCase());
}

/** The pattern by which an Action or NotAction element includes the action; undefined if it does not. */
export function matchingAction(element: Patterns, action: string): string | undefined {
  const pattern = element.patterns.find((each) => actionMatches(each, action));
  if (element.negated) return pattern === undefined ? `not ${element.patterns.join(', ')}` : undefined;
  return pattern;
}
