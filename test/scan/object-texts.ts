interface Named {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export const apiVersionOf = ({ group, version }: Named): string => (group === '' ? version : `${group}/${version}`);

/** The ways in which the same object is written. */
export function textsOf(named: Named): Readonly<Record<'YAML' | 'a JSON List', string>> {
  const object = { apiVersion: apiVersionOf(named), kind: named.kind, metadata: { name: 'thing' } };
  return {
    YAML: `apiVersion: ${object.apiVersion}\nkind: ${object.kind}\nmetadata:\n  name: thing\n`,
    'a JSON List': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [object] }),
  };
}
