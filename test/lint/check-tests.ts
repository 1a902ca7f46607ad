import type { Finding } from './finding.ts';
import { lineOf, nameOf, nodesOf, type SyntaxNode } from './syntax.ts';

const focusedOrSkipped =
  /^(?:(?:it|test|describe)(?:\.concurrent)?\.(?:only|skip|todo|failing)(?:\.each)?|(?:xit|xtest|xdescribe|fit|fdescribe)(?:\.each)?)$/;

/** A focused test hides all others, a skipped one hides itself: both make a green run a lie. */
export function checkTests(file: string, tree: SyntaxNode, text: string): Finding[] {
  const findings: Finding[] = [];
  for (const node of nodesOf(tree)) {
    if (node.type !== 'CallExpression') continue;
    const name = nameOf(node.callee);
    if (name === undefined || !focusedOrSkipped.test(name)) continue;
    findings.push({ file, line: lineOf(node, text), message: `${name} focuses or skips tests. Run them all.` });
  }
  return findings;
}
