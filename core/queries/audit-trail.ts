import type { AuditItem, Table } from '../ports/table.ts';
import { firstBreak } from '../store/audit.ts';
import { type Page, type PageRequest, pageOf } from './page.ts';

/** A subject's record, oldest first, and whether its chain of hashes holds. */
export interface AuditTrail extends Page<AuditItem> {
  readonly subject: string;
  /** Null when the whole chain holds. */
  readonly break: { readonly sequence: number; readonly problem: string } | null;
}

export async function loadAuditTrail(table: Table, subject: string, request: PageRequest): Promise<AuditTrail> {
  const items = await table.auditOf(subject);
  const page = pageOf(items, (item) => String(item.sequence).padStart(12, '0'), request);
  return { subject, break: firstBreak(items) ?? null, ...page };
}
