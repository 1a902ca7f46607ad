import { BlockList, isIP } from 'node:net';
import { arnParts } from '../policy/arn.ts';
import { asText, globMatches } from '../policy/glob.ts';

/** Whether an address is in a range in CIDR notation, or equals a single address. Undefined for text that is no range. */
function isInRange(address: string, range: string): boolean | undefined {
  const [network = '', bits] = range.split('/');
  const version = isIP(network);
  const all = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? all : Number(bits);
  if (version === 0 || !/^\d+$/.test(bits ?? '0') || prefix > all) return undefined;
  // Versions do not mix: an IPv4 address is in no range of IPv6.
  if (isIP(address) !== version) return false;
  const list = new BlockList();
  const type = version === 6 ? 'ipv6' : 'ipv4';
  list.addSubnet(network, prefix, type);
  return list.check(address, type);
}

/** Compares a value of the request with a pattern of the policy; undefined when one of them is not of the operator's type. */
type Compare = (value: string, pattern: string) => boolean | undefined;

export interface Operator {
  readonly compare: Compare;
  /** Holds when no value of the policy matches, instead of when one does. */
  readonly negated: boolean;
}

const lowerCase = (text: string) => text.toLowerCase();
const equal: Compare = (value, pattern) => value === asText(pattern);
const equalWithoutCase: Compare = (value, pattern) => lowerCase(value) === lowerCase(asText(pattern));
const like: Compare = (value, pattern) => globMatches(pattern, value);

/** Compares part by part: a wildcard stays within its part, and `ArnEquals` has wildcards like `ArnLike`. */
const arn: Compare = (value, pattern) => {
  const parts = arnParts(value);
  const patterns = arnParts(pattern);
  if (parts === undefined || patterns === undefined) return undefined;
  return patterns.every((part, at) => globMatches(part, parts[at] ?? ''));
};

const bool: Compare = (value, pattern) => {
  const wanted = lowerCase(asText(pattern));
  return wanted === 'true' || wanted === 'false' ? lowerCase(value) === wanted : undefined;
};

const ip: Compare = (value, pattern) => (isIP(value) === 0 ? undefined : isInRange(value, asText(pattern)));

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** ISO 8601, or seconds since 1970. */
function instantOf(text: string): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  return /^\d{4}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}

type Order = (value: number, limit: number) => boolean;
const ordered =
  (read: (text: string) => number, order: Order): Compare =>
  (value, pattern) => {
    const [left, right] = [read(value), read(asText(pattern))];
    return Number.isNaN(left) || Number.isNaN(right) ? undefined : order(left, right);
  };

const orders: Readonly<Record<string, Order>> = {
  LessThan: (value, limit) => value < limit,
  LessThanEquals: (value, limit) => value <= limit,
  GreaterThan: (value, limit) => value > limit,
  GreaterThanEquals: (value, limit) => value >= limit,
};

function family(name: string, read: (text: string) => number): [string, Operator][] {
  const same = ordered(read, (left, right) => left === right);
  return [
    ...both(`${name}Equals`, `${name}NotEquals`, same),
    ...Object.entries(orders).map(([order, is]): [string, Operator] => [
      `${name}${order}`,
      { compare: ordered(read, is), negated: false },
    ]),
  ];
}

function both(positive: string, negative: string, compare: Compare): [string, Operator][] {
  return [
    [positive, { compare, negated: false }],
    [negative, { compare, negated: true }],
  ];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, without `Null`. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...both('StringEquals', 'StringNotEquals', equal),
  ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', equalWithoutCase),
  ...both('StringLike', 'StringNotLike', like),
  ...both('ArnEquals', 'ArnNotEquals', arn),
  ...both('ArnLike', 'ArnNotLike', arn),
  ...both('IpAddress', 'NotIpAddress', ip),
  ...family('Numeric', numberOf),
  ...family('Date', instantOf),
  ['Bool', { compare: bool, negated: false }],
  ['BinaryEquals', { compare: equal, negated: false }],
]);

/** The parts of `ForAnyValue:StringLikeIfExists`. */
export interface OperatorUse {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
  readonly operator: Operator | 'Null';
}

const USES: ReadonlyMap<string, OperatorUse> = new Map(
  ([undefined, 'ForAllValues', 'ForAnyValue'] as const).flatMap((set): [string, OperatorUse][] =>
    [...OPERATORS].flatMap(([name, operator]): [string, OperatorUse][] => {
      const full = set === undefined ? name : `${set}:${name}`;
      return [
        [full, { set, ifExists: false, operator }],
        [`${full}IfExists`, { set, ifExists: true, operator }],
      ];
    }),
  ),
);

/** The operator of a policy; undefined when AWS has none with that name. Names are case-sensitive, so a misspelt one is a mistake. */
export function operatorNamed(name: string): OperatorUse | undefined {
  return name === 'Null' ? { set: undefined, ifExists: false, operator: 'Null' } : USES.get(name);
}
