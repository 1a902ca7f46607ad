import { deepFreeze } from '../config/deep-freeze.ts';

/**
 * A value as JSON, the way DynamoDB keeps it: members that are `undefined` are left out, dates become texts. The result is frozen, so callers may
 * keep and share it. A frozen value has been through this before and is returned as it is: most of what is written was read.
 */
export function frozenJson<Value>(value: Value): Value {
  return frozenCopy(value) as Value;
}

function frozenCopy(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  // Half a character has no canonical JSON, and DynamoDB would keep another one in its place: the record would seem changed.
  if (typeof value === 'string') return value.toWellFormed();
  // Adding 0 makes 0 of −0, since JSON knows no negative zero.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (value === null) return null;
  if (typeof value !== 'object') return undefined;
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item) ?? null));
  return isPlain(value) ? frozenMembers(value) : deepFreeze(JSON.parse(JSON.stringify(value)));
}

/** Whether this function may copy the object itself; JSON handles all others. */
const isPlain = (value: object): value is Record<string, unknown> =>
  Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value) && !Object.hasOwn(value, '__proto__');

function frozenMembers(value: Record<string, unknown>): unknown {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = frozenCopy(value[key]);
    if (member !== undefined) copy[key] = member;
  }
  return Object.freeze(copy);
}
