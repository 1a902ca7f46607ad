import type { AuditItem } from '../../../core/ports/table.ts';

interface Put {
  readonly TableName?: string;
  readonly Item?: Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;
}

/**
 * The real order in which audit items were written. Virtual time stands still while functions work, so many items have the same time, and the table
 * itself orders only within a subject.
 */
export class AuditOrder {
  readonly #order = new Map<string, number>();

  /** Notes the audit items of a successful TransactWriteItems. */
  note(request: object): void {
    const { TransactItems = [] } = request as { TransactItems?: readonly { readonly Put?: Put }[] };
    for (const { Put } of TransactItems) {
      const { subject, sequence } = Put?.Item ?? {};
      if (subject?.S === undefined || sequence?.N === undefined) continue;
      this.#order.set(`${subject.S}#${sequence.N}`, this.#order.size);
    }
  }

  /** Items of an earlier run have only their times, and come first. */
  sort(items: readonly AuditItem[]): AuditItem[] {
    const of = ({ subject, sequence }: AuditItem): number => this.#order.get(`${subject}#${sequence}`) ?? -1;
    return [...items].sort((a, b) => of(a) - of(b) || byWriting(a, b));
  }
}

/** Sorts by time; within a subject by sequence, since all items of a transaction have the same time. */
function byWriting(a: AuditItem, b: AuditItem): number {
  if (a.subject === b.subject) return a.sequence - b.sequence;
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.subject < b.subject ? -1 : 1;
}
