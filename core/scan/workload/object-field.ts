import { type Detector, parameter } from './hit.ts';
import { readable } from './pod-detectors.ts';
import { valuesAt } from './values-at.ts';

/** A field of objects of one kind. */
export const objectField: Detector = ({ group, kind, value }, rules) =>
  rules.flatMap((rule) => {
    if (!parameter(rule, 'kind').includes(kind) || !parameter(rule, 'group').includes(group)) return [];
    return parameter(rule, 'path').flatMap((field) =>
      valuesAt(value, field).map(({ path }) => ({ rule: rule.id, path, evidence: `${readable(path)} is set.` })),
    );
  });
