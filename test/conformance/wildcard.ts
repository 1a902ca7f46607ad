import { isJsonObject } from '../../simulator/asl/json/json.ts';

/** Stands in recordings for what is different every time: a whole value, or any run of characters of a text. */
const wildcard = '__ANY__';

/** What AWS tells of an execution since it can be redriven; recordings of before have none of it. */
const newerMembers = new Set(['RedriveCount', 'RedriveStatus', 'RedriveStatusReason']);

function parsedObject(text: string): object | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text that is an object in JSON is compared as such: some recordings were parsed and printed anew, with blanks. */
function textMatches(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  const [left, right] = [parsedObject(expected), parsedObject(actual)];
  if (left !== undefined && right !== undefined) return matches(left, right);
  if (!expected.includes(wildcard)) return false;
  const parts = expected.split(wildcard).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(actual);
}

/** How strictly members of objects are compared: all of them, or only those the expectation names. */
export type Strictness = 'exact' | 'subset';

/** Whether a value is what a recording says, wildcards included. */
export function matches(expected: unknown, actual: unknown, strictness: Strictness = 'exact'): boolean {
  if (expected === wildcard) return true;
  if (typeof expected === 'string') return typeof actual === 'string' && textMatches(expected, actual);
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      expected.length === actual.length &&
      expected.every((item, index) => matches(item, actual[index], strictness))
    );
  }
  if (!isJsonObject(expected)) return expected === actual;
  if (!isJsonObject(actual)) return false;
  const isMore = (key: string): boolean => !(key in expected || newerMembers.has(key));
  if (strictness === 'exact' && Object.keys(actual).some(isMore)) return false;
  return Object.entries(expected).every(([key, value]) => key in actual && matches(value, actual[key], strictness));
}

/** As {@link matches} for two lists in any order: every expected item takes one actual item that no other has taken. */
export function matchesInAnyOrder(expected: readonly unknown[], actual: readonly unknown[]): boolean {
  const left = [...actual];
  return (
    expected.length === actual.length &&
    expected.every((item) => {
      const index = left.findIndex((candidate) => matches(item, candidate));
      if (index < 0) return false;
      left.splice(index, 1);
      return true;
    })
  );
}
