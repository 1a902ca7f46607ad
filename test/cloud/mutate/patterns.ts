import type { Template } from '../../../simulator/cloud/template/assembly.ts';
import type { Fault, Path } from './mutation.ts';
import { type Found, resourcesOf, wordOf } from './resources.ts';

/** One value of one list of an event pattern; the list goes with its only value, since EventBridge takes no empty one. */
export function patternFaults(stack: string, template: Template): Fault[] {
  return resourcesOf(stack, template, 'AWS::Events::Rule').flatMap((rule) =>
    listsIn(rule.properties.EventPattern, []).flatMap(({ at, values }) =>
      values.map((value, number) => faultOf(rule, at, values, value, number)),
    ),
  );
}

function faultOf(rule: Found, at: string[], values: readonly unknown[], value: unknown, number: number): Fault {
  const list: Path = [...rule.path, 'Properties', 'EventPattern', ...at];
  const word = wordOf(value);
  return {
    id: `pattern ${rule.name} ${at.join('.')} ${word}`,
    kind: 'pattern',
    named: [rule.logicalId],
    stack: rule.stack,
    dropped: [values.length === 1 ? list : [...list, number]],
  };
}

interface List {
  readonly at: string[];
  readonly values: readonly unknown[];
}

function listsIn(pattern: unknown, at: string[]): List[] {
  if (Array.isArray(pattern)) return [{ at, values: pattern }];
  if (typeof pattern !== 'object' || pattern === null) return [];
  return Object.entries(pattern).flatMap(([field, value]) => listsIn(value, [...at, field]));
}
