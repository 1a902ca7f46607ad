import { textOf } from '../manifest/manifest-object.ts';
import { type Detector, parameter } from './hit.ts';
import { readable } from './pod-detectors.ts';
import { valuesAt } from './values-at.ts';

/** A field of objects of one kind. */
export const objectField: Detector = ({ group, kind, value }, rules) =>
  rules.flatMap((rule) => {
    if (!parameter(rule, 'kind').includes(kind) || !parameter(rule, 'group').includes(group)) return [];
    return parameter(rule, 'path').flatMap((field) =>
      valuesAt(value, field)
        .filter((found) => isWanted(found.value, parameter(rule, 'values')))
        .map(({ path }) => ({ rule: rule.id, path, evidence: `${readable(path)} is set.` })),
    );
  });

/** Whether a value is one of those that a rule names; any is when it names none. */
const isWanted = (value: unknown, values: readonly string[]): boolean =>
  values.length === 0 ||
  values.some((wanted) =>
    wanted.endsWith('*') ? textOf(value)?.startsWith(wanted.slice(0, -1)) === true : textOf(value) === wanted,
  );
