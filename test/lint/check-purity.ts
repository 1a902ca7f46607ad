import type { Finding } from './finding.ts';
import { isNode, lineOf, nameOf, nodesOf, type SyntaxNode } from './syntax.ts';

/** What reads the clock, chance, the process or the network: core gets such things as arguments. */
const impure = new Map([
  ['Date.now', 'reads the clock; pass `now` in'],
  ['performance.now', 'reads the clock; pass `now` in'],
  ['Math.random', 'is chance; pass randomness or ids in'],
  ['crypto.randomUUID', 'is chance; pass randomness or ids in'],
  ['crypto.getRandomValues', 'is chance; pass randomness or ids in'],
]);

const impureGlobals = new Map([
  ['process', 'is the process; pass what you need in'],
  ['fetch', 'is I/O; use a port'],
  ['setTimeout', 'is a timer; decide with `now`'],
  ['setInterval', 'is a timer; decide with `now`'],
  ['randomUUID', 'is chance; pass randomness or ids in'],
  ['randomBytes', 'is chance; pass randomness or ids in'],
  ['randomInt', 'is chance; pass randomness or ids in'],
]);

/** Reports the places where a file of core is not pure. */
export function checkPurity(file: string, tree: SyntaxNode, text: string): Finding[] {
  const findings: Finding[] = [];
  for (const node of nodesOf(tree)) {
    const message = impurity(node);
    if (message !== undefined) findings.push({ file, line: lineOf(node, text), message });
  }
  return findings;
}

function impurity(node: SyntaxNode): string | undefined {
  if (node.type === 'MemberExpression') {
    const name = nameOf(node)?.replace(/^globalThis\./, '') ?? '';
    const why = impure.get(name) ?? (name.startsWith('process.') ? impureGlobals.get('process') : undefined);
    return why === undefined ? undefined : `core is pure: ${name} ${why}.`;
  }
  const callee = nameOf(node.callee);
  const given = node.arguments;
  const hasArguments = Array.isArray(given) && given.length > 0;
  if (node.type === 'NewExpression' && callee === 'Date' && !hasArguments) {
    return 'core is pure: new Date() without an argument reads the clock; pass `now` in.';
  }
  if (node.type !== 'CallExpression' || !isNode(node.callee) || callee === undefined) return undefined;
  if (callee === 'Date') return 'core is pure: Date() reads the clock; pass `now` in.';
  const why = impureGlobals.get(callee);
  return why === undefined ? undefined : `core is pure: ${callee} ${why}.`;
}
