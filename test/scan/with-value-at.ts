type Value = Readonly<Record<string, unknown>> | readonly unknown[];

/** A copy of `value` that has something at a path such as `spec.volumes[].gitRepo`; `[]` is the first item. */
export function withValueAt(value: object, path: string, last: string = VALUE): object {
  const steps = path.split('.').flatMap((part) => (part.endsWith('[]') ? [part.slice(0, -2), 0] : [part]));
  return set(value as Value, steps, last) as object;
}

/** What a path ends at: something that is neither empty nor wrong for a field that holds an address. */
const VALUE = '10.0.0.1';

function set(value: unknown, [step, ...rest]: readonly (string | number)[], last: string): unknown {
  if (step === undefined) return last;
  if (typeof step === 'number') {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    list[step] = set(list[step], rest, last);
    return list;
  }
  const map = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  return { ...map, [step]: set(map[step], rest, last) };
}
