import { fieldOf } from './checks/check.ts';
import { type ConfigDocument, issueAt, WHOLE } from './config-document.ts';

/** A document that was sent as JSON, under a name that people know it by: its issues tell paths, and no lines. */
export function sentDocument(name: string, sent: unknown): ConfigDocument {
  const value: unknown = JSON.parse(JSON.stringify(sent) ?? 'null');
  return {
    file: name,
    value,
    issue: (severity, path, message) => issueAt({ file: name, ...WHOLE }, severity, path, message),
    sourceOf(path) {
      const found = fieldOf(value, ...path);
      return typeof found === 'object' || found === undefined ? undefined : String(found);
    },
  };
}

/** Whether checks that go down into a document might exhaust their stack. A hundred levels are far above any real config. */
export const isTooDeep = (value: unknown, levels = 100): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isTooDeep(member, levels - 1)));
