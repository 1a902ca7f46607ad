import { parseConfig } from '../../../core/config/parse-config.ts';
import type { ConfigObject } from '../../../core/config/types.ts';

export const apiVersion = 'liftlock/v1alpha1';

/** Config as plain JSON, as a user would write it. */
export type Document = Readonly<Record<string, unknown>>;

/** Parses documents with the parser of config files, in an order in which they may be applied. Throws `InvalidInput` with every error. */
export function parseDocuments(documents: readonly Document[], now: Date): readonly ConfigObject[] {
  const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  const { fleet, policies, calendars, channels, errors } = parseConfig([{ path: 'synthetic.yaml', text }], { now });
  if (fleet === undefined || errors.length > 0) {
    const message = errors.map((error) => `${error.path}: ${error.message}`).join('\n');
    throw Object.assign(new Error(message || 'the synthetic config has no Fleet'), { name: 'InvalidInput' });
  }
  return [fleet, ...calendars, ...channels, ...policies];
}
