import { deepFreeze } from '../config/deep-freeze.ts';

/**
 * What JSON says of a value, as DynamoDB keeps it: members that are `undefined` are left out, dates become texts. Nobody can change it any
 * more, so whoever is given it may keep it. What is frozen has been through this before, and is given back.
 */
export function frozenJson<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  return deepFreeze(JSON.parse(JSON.stringify(value)) as Value);
}
