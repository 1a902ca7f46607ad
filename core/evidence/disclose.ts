import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';
import { given } from '../model/given.ts';
import { personOf } from '../model/principal.ts';
import type { AuditItem } from '../ports/table.ts';
import { isIntact } from '../store/audit.ts';
import type { EvidenceItem } from './evidence-document.ts';

/**
 * An item as an evidence file shows it: request bodies are never in it, and people stand as pseudonyms where that is asked for. It depends on the
 * item alone, so whoever has the anchored item finds the same and can tell that nothing else was changed.
 *
 * @param salt of the pseudonyms; undefined = people stand as they are
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

/** Whether an item of a file is in itself as it was put there; what was withheld cannot be judged by its own hash. */
export function isAsDisclosed({ withheld, ...shown }: EvidenceItem): boolean {
  return withheld === undefined ? isIntact(shown) : withheld === sha256Hex(canonicalJson(shown));
}

/** The input of a call that Liftlock made stays out, but for the token by which CloudTrail knows that call. */
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
  /** Names that read like any other word: they are looked for in the item that has them under a name of a person's act. */
  readonly names: ReadonlySet<string>;
  /** What stands for several people names none. */
  readonly patterns: ReadonlySet<string>;
}

/** One person has one pseudonym, however the name is written: in a file of pseudonyms, too, two who agreed have to be two. */
const personIn = (name: string): string => personOf(name.replace(/^(\w+):\*\//, '$1:/')) ?? name;

const NAMES_PEOPLE = /^(?:principal|by|[a-z]+By)$/;
/** Roles, users and people as IAM and Liftlock write them, and addresses of mail. */
const PERSON =
  /(?:arn:aws[a-z-]*:(?:iam|sts)::(?:\d{12}|\*):(?:user|role|assumed-role|federated-user)\/[\w+=,.@/-]*[\w+=@-])|(?:(?:sso|role|user|federated):(?:\d*|\*)\/[\w+=,.@/-]*[\w+=@-])|(?:[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})/g;

function namesIn(value: unknown): Omit<People, 'pseudonym'> {
  const names = new Set<string>();
  const patterns = new Set<string>();
  mapped(value, (object) => {
    for (const [key, value] of Object.entries(object)) {
      // Who may approve, break the glass or waive: a policy may write them by their bare names.
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
    // A reason begins with who gave it.
    if (result.startsWith(`${name}: `)) result = `${pseudonym(name)}${result.slice(name.length)}`;
  }
  return result;
}

type Plain = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same with each object in it mapped, the outer ones first. */
function mapped(value: unknown, map: (object: Plain) => Plain): unknown {
  if (Array.isArray(value)) return value.map((one) => mapped(one, map));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(map(value)).map(([key, one]) => [key, mapped(one, map)]));
}
