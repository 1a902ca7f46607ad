import type { ASTNode } from '@marcbachmann/cel-js';
import { LONGEST_LIST } from './environment.ts';

/** Why a text is no condition, without a full stop, and the index of the place, counted from 0. */
export interface ExpressionProblem {
  readonly message: string;
  readonly offset: number;
  /** An unknown name with the known ones, for a hint. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
}

/** All functions that expressions may call, with what they do. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  size: 'how many characters or entries: cluster.nodegroups.size(), size(cluster.name)',
  startsWith: 'cluster.name.startsWith("prod-")',
  endsWith: 'cluster.name.endsWith("-eu")',
  contains: 'cluster.name.contains("shared")',
  lowerAscii: 'the text in lower case',
  glob: 'glob(cluster.name, "prod-*-eu"): * stands for any text, nothing else is special',
  has: 'whether a field or a label is there: has(cluster.labels.team)',
  all: 'cluster.nodegroups.all(n, n.version == cluster.version)',
  exists: 'cluster.addons.exists(a, a.name == "vpc-cni")',
  exists_one: 'whether it holds for exactly one entry',
  filter: 'the entries for which it holds: cluster.nodegroups.filter(n, n.status == "ACTIVE").size()',
  map: 'something of each entry: "vpc-cni" in cluster.addons.map(a, a.name)',
  orValue: 'instead of what is missing: cluster.labels.?team.orValue("none")',
  hasValue: 'whether it is there: cluster.labels.?team.hasValue()',
  timestamp: 'a point in time: cluster.createdAt < timestamp("2026-01-01T00:00:00Z")',
  int: 'a whole number out of text: int(cluster.labels.tier) > 2',
  double: 'a number out of text',
  string: 'text out of a number',
};

const LOOPS = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/** A step takes about 40 ns. */
const MOST_STEPS = 1_000_000;

/**
 * Why an expression that can be parsed is refused, or undefined. Only listed functions may be called. Lists are not joined, so that none grows.
 * Nested loops are counted with lists of the maximum length, as in the Kubernetes API server.
 */
export function refusalOf(ast: ASTNode, when: 'before types are known' | 'with types'): ExpressionProblem | undefined {
  let steps = 0;
  let refusal: ExpressionProblem | undefined;
  const walk = (node: ASTNode, times: number): void => {
    const message = refusedNode(node, when);
    if (message !== undefined) refusal ??= { message, offset: node.start };
    if (refusal !== undefined) return;
    steps += times * (comparesLists(node) ? LONGEST_LIST : 1);
    const isLoop = node.op === 'rcall' && LOOPS.has(calledName(node) ?? '');
    const [receiver, ...inner] = childrenOf(node);
    if (receiver !== undefined) walk(receiver, times);
    for (const child of inner) walk(child, isLoop ? times * LONGEST_LIST : times);
  };
  walk(ast, 1);
  if (refusal !== undefined || steps <= MOST_STEPS) return refusal;
  return {
    message: 'this could take too long: it has loops in loops over whole lists. Compare fewer things',
    offset: 0,
  };
}

function refusedNode(node: ASTNode, when: 'before types are known' | 'with types'): string | undefined {
  const called = calledName(node);
  if (called !== undefined && !Object.hasOwn(FUNCTIONS, called)) return unknownFunction(called);
  if (when === 'with types' && node.op === '+' && isListLike(node)) {
    return 'lists cannot be joined here: look at one after the other';
  }
  return undefined;
}

/** `in` reads every entry, and so does the comparison of two lists. */
function comparesLists(node: ASTNode): boolean {
  if (node.op === 'in') return true;
  return (node.op === '==' || node.op === '!=') && childrenOf(node).some(isListLike);
}

/** Also true for a value whose type is unknown. */
const isListLike = (node: ASTNode): boolean =>
  /^(?:list|map|dyn)/.test(String((node as { checkedType?: unknown }).checkedType ?? ''));

function unknownFunction(name: string): string {
  const instead = name === 'matches' ? ': regular expressions can take for ever. Use glob(text, "a*b") instead' : '';
  return `the function ${name} is not available here${instead}. Available: ${Object.keys(FUNCTIONS).join(', ')}`;
}

const calledName = ({ op, args }: ASTNode): string | undefined =>
  op === 'call' || op === 'rcall' ? String(args[0]) : undefined;

/** The child nodes. For a method call the receiver comes first. */
function childrenOf({ args }: ASTNode): ASTNode[] {
  const flat: unknown[] = Array.isArray(args) ? args.flat(2) : [args];
  return flat.filter((part): part is ASTNode => typeof part === 'object' && part !== null && 'op' in part);
}
