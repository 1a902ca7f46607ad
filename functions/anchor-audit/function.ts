import { z } from 'zod';
import type { AnchorPorts } from '../../core/anchors/anchor-lines.ts';
import { anchorLines } from '../../core/anchors/anchor-lines.ts';
import { sweepAudit } from '../../core/anchors/sweep-audit.ts';
import type { Table } from '../../core/ports/table.ts';
import type { FunctionDefinition } from '../runtime/function-definition.ts';
import { parseOrRefuse } from '../runtime/invalid-input.ts';
import { linesOf, type StreamBatch, streamBatch, tableOf } from './stream-lines.ts';

type Ports = AnchorPorts & { readonly table: Table };

/** What the daily schedule sends. */
const sweep = z.strictObject({ sweep: z.string().regex(/^arn:.*:table\/[^/]+$/, 'is not the ARN of a table') });

/** What became of a batch or a sweep. */
export interface Anchored {
  readonly anchored: number;
  /** Items that were changed or taken out; nobody may, so each is an alarm. */
  readonly tampered: number;
  /** Only of a sweep: items that the stream never brought. */
  readonly late?: number;
}

export const definition: FunctionDefinition<Ports, StreamBatch | z.infer<typeof sweep>, Anchored> = {
  name: 'anchor-audit',
  parse: (event) => parseOrRefuse(z.union([streamBatch, sweep]), event, 'The batch'),
  async run(ports, input, log) {
    if ('sweep' in input) {
      const { late, differing } = await sweepAudit(ports, input.sweep);
      for (const item of differing) log('An item of the audit is not what was anchored.', { item });
      return { anchored: late, tampered: differing.length, late };
    }
    const lines = linesOf(input);
    const anchored = await anchorLines(ports, tableOf(input), lines);
    const changes = lines.flatMap((line) => ('changed' in line ? [line.changed] : []));
    for (const { event, subject, sequence } of changes)
      log('An item of the audit was changed.', { event, item: `${subject}#${sequence}` });
    return { anchored, tampered: changes.length };
  },
  counts: ({ anchored, tampered, late }) => ({
    AuditAnchored: anchored,
    AuditTampered: tampered,
    ...(late === undefined ? {} : { Runs: 1, AuditAnchoredLate: late }),
  }),
};
