import { z } from 'zod';
import type { ConfigKind } from '../kinds.ts';
import { calendarSchema } from './calendar.ts';
import { fleetSchema } from './fleet.ts';
import { scanWaiverSchema } from './scan-waiver.ts';
import { channelSchema } from './target.ts';
import { upgradePolicySchema } from './upgrade-policy.ts';

/**
 * JSON Schemas (draft 2020-12) of what may be written in each kind, for editors: put `# yaml-language-server: $schema=…/schemas/Fleet.json` on the
 * first line of a file. `liftlock validate` checks more.
 */
export function jsonSchemas(): Readonly<Record<ConfigKind, object>> {
  return {
    Fleet: jsonSchemaOf('Fleet', fleetSchema, 'input'),
    UpgradePolicy: jsonSchemaOf('UpgradePolicy', upgradePolicySchema, 'input'),
    Calendar: jsonSchemaOf('Calendar', calendarSchema, 'input'),
    Channel: jsonSchemaOf('Channel', channelSchema, 'input'),
    ScanWaiver: jsonSchemaOf('ScanWaiver', scanWaiverSchema, 'input'),
  };
}

/** The text of `schemas/<kind>.json`. */
export function jsonSchemaText(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** `input` describes what a person writes, where fields with a default are optional. `output` describes what Liftlock writes. */
export function jsonSchemaOf(title: string, schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return { $schema, title, ...rest };
}
