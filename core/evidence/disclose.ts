import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { given } from '../model/given.ts';
import { personOf } from '../model/principal.ts';
import type { AuditItem } from '../ports/table.ts';
import { isIntact } from '../store/audit.ts';
import type { EvidenceItem } from './evidence-document.ts';

/**
 * An item as an evidence file shows it: without request bodies, and with pseudonyms for people where that is asked for. It depends on the item alone,
 * so that whoever has the anchored item gets the same result and can prove that nothing else was changed.
 * @param salt of the pseudonyms; undefined = people have their names
 */
export function disclose(item: AuditItem, salt?: string): EvidenceItem {
  const { principal, detail } = item;
  const bare = withoutBodies(detail);
  const pseudonym = (name: string): string => `person-${sha256Hex(`${salt}\n${personIn(name)}`).slice(0, 10)}`;
  const people = salt === undefined ? undefined : { pseudonym, ...namesIn({ principal, detail }) };
  const shown = {
    ...item,
    ...(people === undefined ? { detail: bare } : withPseudonyms({ principal, detail: bare }, people)),
  };
  if (canonicalJson(shown) === canonicalJson(item)) return item;
  return { ...shown, withheld: sha256Hex(canonicalJson(shown)) } as EvidenceItem;
}

/** Whether an item of a file is unchanged in itself. The item's own hash cannot prove an item with withheld parts. */
export function isAsDisclosed({ withheld, ...shown }: EvidenceItem): boolean {
  return withheld === undefined ? isIntact(shown) : withheld === sha256Hex(canonicalJson(shown));
}

/** Removes the input of Liftlock's calls except for the token by which CloudTrail knows the call. */
function withoutBodies(value: unknown): unknown {
  return mapped(value, (object) => {
    const { call } = object;
    if (!isObject(call) || !isObject(call.input)) return object;
    const { clientRequestToken } = call.input;
    return { ...object, call: { ...call, input: given({ clientRequestToken }) } };
  });
}

interface People {
  readonly pseudonym: (name: string) => string;
  /** Names that look like any other text. They are only replaced in an item that also has them as the name of an acting person. */
  readonly names: ReadonlySet<string>;
  /** A pattern stands for several people and names none. */
  readonly patterns: ReadonlySet<string>;
}

/** One person has one pseudonym, however the name is written, so that two people who agreed remain two. */
const personIn = (name: string): string => personOf(name.replace(/^(\w+):\*\//, '$1:/')) ?? name;

const NAMES_PEOPLE = /^(?:principal|by|[a-z]+By)$/;
/** Roles, users and people in the forms of IAM and Liftlock, and e-mail addresses. */
const PERSON =
  /(?:arn:aws[a-z-]*:(?:iam|sts)::(?:\d{12}|\*):(?:user|role|assumed-role|federated-user)\/[\w+=,.@/-]*[\w+=@-])|(?:(?:sso|role|user|federated):(?:\d*|\*)\/[\w+=,.@/-]*[\w+=@-])|(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})/g;

function namesIn(value: unknown): Omit<People, 'pseudonym'> {
  const names = new Set<string>();
  const patterns = new Set<string>();
  mapped(value, (object) => {
    for (const [key, value] of Object.entries(object)) {
      // Lists of who may approve, break the glass or waive. A policy may contain bare names.
      const listed = key === 'from' && Array.isArray(value) ? value : NAMES_PEOPLE.test(key) ? [value] : [];
      for (const name of listed) {
        if (typeof name !== 'string' || personOf(name) === undefined) continue;
        (/[*?][^/]*$/.test(name) ? patterns : names).add(name);
      }
    }
    return object;
  });
  return { names, patterns };
}

function withPseudonyms<Value>(value: Value, people: People): Value {
  if (typeof value === 'string') return redacted(value, people) as Value;
  if (Array.isArray(value)) return value.map((one) => withPseudonyms(one, people)) as Value;
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, one]) => [redacted(key, people), withPseudonyms(one, people)]);
  return Object.fromEntries(members) as Value;
}

function redacted(text: string, { pseudonym, names, patterns }: People): string {
  if (patterns.has(text)) return text;
  let result = names.has(text) ? pseudonym(text) : text.replaceAll(PERSON, pseudonym);
  for (const name of names) {
    // A reason begins with the name of its author.
    if (result.startsWith(`${name}: `)) result = `${pseudonym(name)}${result.slice(name.length)}`;
  }
  return result;
}

type Plain = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same value with each object in it mapped, outer objects first. */
function mapped(value: unknown, map: (object: Plain) => Plain): unknown {
  if (Array.isArray(value)) return value.map((one) => mapped(one, map));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(map(value)).map(([key, one]) => [key, mapped(one, map)]));
}
